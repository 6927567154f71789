//! One flag, and that somebody knows of it: what is being done, by whom, until when.

use super::FlagView;
use crate::{
    date,
    store::pages::flags::{Acknowledgement, NamedFlag},
    web::{
        Web,
        error::WebError,
        format, html,
        page::{Page, Section},
        rule,
        session::Role,
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
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;

const LONGEST_NOTE: usize = 1_000;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/flags/{id}", get(show))
        .route("/flags/{id}/acknowledge", post(acknowledge))
        .route("/flags/{id}/acknowledge/clear", post(clear))
}

#[derive(Template)]
#[template(path = "pages/flag.html")]
struct FlagPage {
    page: Page,
    id: String,
    flag: FlagView,
    rule: String,
    basis: String,
    known: bool,
    note: String,
    until: String,
    today: String,
    may_edit: bool,
}

/// `None` where it holds no more.
pub fn told(viewer: &Viewer, known: &Acknowledgement) -> Option<String> {
    let l = viewer.l();
    if known.until.is_some_and(|until| until < viewer.today()) {
        return None;
    }
    let parts = [("by", known.by.as_str().into()), ("note", known.note.as_str().into())];
    let text = l.args("flag-acknowledged-by", parts);
    Some(match known.until {
        Some(until) => format!("{text} {}", l.with("flag-acknowledged-until", "date", format::date(until))),
        None => text,
    })
}

/// Outside of what the reader may see it is unknown.
async fn named(viewer: &Viewer, id: &str) -> Result<NamedFlag, WebError> {
    let found = viewer.store().named_flag(id, viewer.today()).await?;
    match found {
        Some(named) if viewer.may_see(&named.flag.unit).await? => Ok(named),
        _ => Err(WebError::NotFound { what: "flag", id: id.to_owned() }),
    }
}

async fn show(viewer: Viewer, Path(id): Path<String>) -> Result<Response, WebError> {
    let named = named(&viewer, &id).await?;
    let l = viewer.l();
    let known = named.acknowledged.clone();
    let rule = named.flag.rule.clone();
    let until = known.as_ref().and_then(|known| known.until);
    let page = FlagPage {
        may_edit: viewer.may_edit() && named.flag.closed_at.is_none(),
        basis: rule::basis(l, &rule),
        flag: FlagView::new(&viewer, named),
        known: known.is_some(),
        note: known.map(|known| known.note).unwrap_or_default(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        today: viewer.today().to_string(),
        page: viewer.page(Section::Flags, rule::title(l, &rule)),
        rule,
        id,
    };
    Ok(html(&page))
}

#[derive(Deserialize)]
struct Wanted {
    note: String,
    until: String,
}

impl Wanted {
    fn read(&self, today: Date) -> Result<(&str, Option<Date>), WebError> {
        let invalid =
            |field, message, value: &str| WebError::Invalid { field, message, value: value.to_owned() };
        let note = self.note.trim();
        let plain = !note.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r'));
        if note.is_empty() || note.chars().count() > LONGEST_NOTE || !plain {
            return Err(invalid("note", "error-flag-note", note));
        }
        let until = match self.until.trim() {
            "" => None,
            text => Some(date::parse(text).map_err(|_| invalid("until", "error-date", text))?),
        };
        match until {
            Some(day) if day < today => Err(invalid("until", "error-flag-until", &self.until)),
            until => Ok((note, until)),
        }
    }
}

async fn acknowledge(
    viewer: Viewer,
    Path(id): Path<String>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    named(&viewer, &id).await?;
    let asked = wanted.read(viewer.today())?;
    viewer.store().acknowledge_flag(&id, Some(asked), &viewer.session.user).await?;
    Ok(Redirect::to(&format!("/flags/{id}")).into_response())
}

async fn clear(viewer: Viewer, Path(id): Path<String>) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    named(&viewer, &id).await?;
    viewer.store().acknowledge_flag(&id, None, &viewer.session.user).await?;
    Ok(Redirect::to(&format!("/flags/{id}")).into_response())
}
