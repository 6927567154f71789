//! Who may log in: made, given another role or unit, disabled, given a new password.

use super::whole_system;
use crate::{
    app::users,
    store::users::{Role, UserChange, UserRow},
    web::{
        Web,
        error::WebError,
        html,
        page::{Page, Section},
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{
    Form, Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use std::sync::Arc;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/administration/users", post(add))
        .route("/administration/users/{name}", get(show).post(change))
        .route("/administration/users/{name}/password", post(reset_password))
}

pub struct RoleChoice {
    pub code: &'static str,
    pub text: String,
    pub chosen: bool,
}

pub fn roles(viewer: &Viewer, chosen: &str) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        code: role.as_str(),
        text: viewer.l().t(&format!("role-{}", role.as_str())),
        chosen: role.as_str() == chosen,
    };
    Role::ALL.map(choice).into()
}

#[derive(Template)]
#[template(path = "pages/administration_user.html")]
struct UserPage {
    page: Page,
    name: String,
    roles: Vec<RoleChoice>,
    unit: String,
    disabled: bool,
    /// Nobody locks themselves out.
    own: bool,
}

#[derive(Template)]
#[template(path = "pages/administration_password.html")]
struct PasswordPage {
    page: Page,
    name: String,
    password: String,
}

async fn known(viewer: &Viewer, name: &str) -> Result<UserRow, WebError> {
    let users = viewer.store().users().await?;
    let found = users.into_iter().find(|user| user.name == name);
    found.ok_or_else(|| WebError::NotFound { what: "user", id: name.to_owned() })
}

async fn show(viewer: Viewer, Path(name): Path<String>) -> Result<Response, WebError> {
    whole_system(&viewer)?;
    let user = known(&viewer, &name).await?;
    let page = UserPage {
        roles: roles(&viewer, &user.role),
        unit: user.unit_code.unwrap_or_default(),
        disabled: user.disabled_at.is_some(),
        own: name == viewer.session.user,
        page: viewer.page(Section::Administration, name.clone()),
        name,
    };
    Ok(html(&page))
}

#[derive(Deserialize)]
struct Wanted {
    role: String,
    unit: String,
    disabled: Option<String>,
}

fn role(text: &str) -> Result<Role, WebError> {
    let invalid = || WebError::Invalid { field: "role", message: "error-role", value: text.to_owned() };
    Role::parse(text).ok_or_else(invalid)
}

/// Empty: every unit.
async fn unit(viewer: &Viewer, text: &str) -> Result<Option<String>, WebError> {
    let code = text.trim();
    if code.is_empty() {
        return Ok(None);
    }
    match viewer.store().unit(code, viewer.today()).await? {
        Some(unit) => Ok(Some(unit.code)),
        None => Err(WebError::Invalid { field: "unit", message: "error-unit", value: code.to_owned() }),
    }
}

async fn change(
    viewer: Viewer,
    Path(name): Path<String>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, WebError> {
    whole_system(&viewer)?;
    known(&viewer, &name).await?;
    if name == viewer.session.user {
        return Err(WebError::Invalid { field: "name", message: "error-own-account", value: name });
    }
    let change = UserChange {
        role: Some(role(&wanted.role)?),
        unit: Some(unit(&viewer, &wanted.unit).await?),
        disabled: Some(wanted.disabled.is_some()),
    };
    users::change(&viewer.web.app, &name, &change, &viewer.session.user).await?;
    Ok(Redirect::to("/administration").into_response())
}

#[derive(Deserialize)]
struct NewUser {
    name: String,
    role: String,
    unit: String,
}

async fn add(viewer: Viewer, Form(wanted): Form<NewUser>) -> Result<Response, WebError> {
    whole_system(&viewer)?;
    let name = wanted.name.trim();
    let invalid = |message| WebError::Invalid { field: "name", message, value: name.to_owned() };
    if !users::is_name(name) {
        return Err(invalid("error-user-name"));
    }
    if users::is_reserved(name) {
        return Err(invalid("error-user-reserved"));
    }
    if known(&viewer, name).await.is_ok() {
        return Err(invalid("error-user-known"));
    }
    let (role, unit) = (role(&wanted.role)?, unit(&viewer, &wanted.unit).await?);
    let password = users::add(&viewer.web.app, name, role, unit.as_deref(), &viewer.session.user).await?;
    Ok(shown_once(viewer, name.to_owned(), password))
}

async fn reset_password(viewer: Viewer, Path(name): Path<String>) -> Result<Response, WebError> {
    whole_system(&viewer)?;
    known(&viewer, &name).await?;
    let password = users::reset_password(&viewer.web.app, &name, &viewer.session.user).await?;
    Ok(shown_once(viewer, name, password))
}

/// The answer to the form itself: a password stands in no address.
fn shown_once(viewer: Viewer, name: String, password: String) -> Response {
    let title = viewer.l().with("password-of", "name", &name);
    let page = Page { once: true, ..viewer.page(Section::Administration, title) };
    html(&PasswordPage { page, name, password })
}
