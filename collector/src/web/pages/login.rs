use crate::{
    identity::password,
    store::pages::sessions::LoginRow,
    web::{
        Web, csrf,
        error::WebError,
        html,
        i18n::Lang,
        page::{Notice, Page},
        session::{self, Session},
    },
};
use askama::Template;
use axum::{
    Extension, Form, Router,
    extract::{ConnectInfo, OriginalUri, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::{net::SocketAddr, sync::Arc};

/// Ties the login form to the browser it was sent to.
const FORM_COOKIE: &str = "__Host-kiemke-login";
/// Verified for unknown names, so that they take as long as known ones.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/login", get(show).post(sign_in)).route("/session", get(alive))
}

pub fn signed_in_routes() -> Router<Arc<Web>> {
    Router::new().route("/logout", post(sign_out)).route("/language", post(set_language))
}

#[derive(Template)]
#[template(path = "pages/login.html")]
struct LoginPage {
    page: Page,
    next: String,
    name: String,
    other_language: String,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    next: Option<String>,
    language: Option<String>,
}

#[derive(Deserialize)]
struct Login {
    csrf: String,
    name: String,
    password: String,
    next: String,
}

/// A path of ours; anything else would let a link send the reader elsewhere after signing in.
fn own_path(next: &str) -> &str {
    let elsewhere = next.starts_with("//") || next.contains('\\') || next.chars().any(char::is_control);
    if next.starts_with('/') && !elsewhere { next } else { "/" }
}

fn set_cookie(value: &str) -> AppendHeaders<Option<(header::HeaderName, HeaderValue)>> {
    AppendHeaders(HeaderValue::from_str(value).ok().map(|value| (header::SET_COOKIE, value)))
}

fn language_cookie(lang: Lang) -> String {
    format!("{}={}; Path=/; Max-Age=31536000; Secure; SameSite=Strict", session::LANGUAGE_COOKIE, lang.code())
}

/// 204 where the session cookie is live. A link from another site comes without a Strict cookie; the login
/// page asks here whether there is one after all.
async fn alive(session: Option<Extension<Session>>) -> StatusCode {
    if session.is_some() { StatusCode::NO_CONTENT } else { StatusCode::OK }
}

async fn show(
    session: Option<Extension<Session>>,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let next = own_path(asked.next.as_deref().unwrap_or("/")).to_owned();
    if session.is_some() {
        return Redirect::to(&next).into_response();
    }
    let chosen = asked.language.as_deref().and_then(Lang::parse);
    let mut page = Page::new(None, Some(&chosen.unwrap_or(lang)), uri.to_string());
    let token = session::cookie(&headers, FORM_COOKIE).unwrap_or_else(session::secret);
    page.csrf.clone_from(&token);
    let language = chosen.map(language_cookie).unwrap_or_default();
    (set_cookie(&form_cookie(&token)), set_cookie(&language), render(page, next, String::new()))
        .into_response()
}

fn form_cookie(token: &str) -> String {
    format!("{FORM_COOKIE}={token}; Path=/; HttpOnly; Secure; SameSite=Strict")
}

fn render(page: Page, next: String, name: String) -> Response {
    let other = if page.l == Lang::Vi { Lang::En } else { Lang::Vi };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", &next)
        .append_pair("language", other.code())
        .finish();
    let title = page.l.t("login-title");
    html(&LoginPage { page: page.titled(title), next, name, other_language: format!("/login?{query}") })
}

async fn sign_in(
    State(web): State<Arc<Web>>,
    Extension(lang): Extension<Lang>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(login): Form<Login>,
) -> Result<Response, WebError> {
    let cookie = session::cookie(&headers, FORM_COOKIE).unwrap_or_default();
    if cookie.is_empty() || !csrf::equal(&cookie, &login.csrf) {
        return Err(WebError::Csrf);
    }
    let now = Timestamp::now();
    let address = peer.map(|Extension(ConnectInfo(peer))| peer.ip());
    let next = own_path(&login.next).to_owned();
    let refuse = |status: StatusCode, text: String| {
        let mut page = Page::new(None, Some(&lang), "/login".into());
        page.csrf.clone_from(&login.csrf);
        page.notice = Some(Notice { tone: "danger", text });
        Ok((status, render(page, next.clone(), login.name.clone())).into_response())
    };
    if let Err(minutes) = web.login_limit.attempt(&login.name, address, now) {
        return refuse(StatusCode::TOO_MANY_REQUESTS, lang.n("login-too-many", minutes));
    }
    match verified(&web, &login).await? {
        None => refuse(StatusCode::UNAUTHORIZED, lang.t("login-wrong")),
        Some(user) => {
            web.login_limit.succeeded(&login.name, address);
            let id = session::secret();
            let (hash, ends) = (session::hash_of(&id), session::ends_at(now));
            web.app.store.start_session(&hash, &user.name, &session::secret(), now, ends).await?;
            let cookie = session::set_cookie(session::COOKIE, Some(&id));
            let gone = session::set_cookie(FORM_COOKIE, None);
            Ok((set_cookie(&cookie), set_cookie(&gone), Redirect::to(&next)).into_response())
        }
    }
}

async fn verified(web: &Web, login: &Login) -> Result<Option<LoginRow>, WebError> {
    let user = web.app.store.login_of(&login.name).await?;
    let hash = user.as_ref().map_or_else(|| NOBODY.to_owned(), |user| user.password_hash.clone());
    let given = login.password.clone();
    // A verification takes 19 MiB: a burst of strangers waits in line.
    let turn = web.verifications.clone().acquire_owned().await?;
    let right = tokio::task::spawn_blocking(move || {
        let _until_done = turn;
        password::verify(&given, &hash)
    })
    .await?;
    Ok(user.filter(|_| right))
}

async fn sign_out(State(web): State<Arc<Web>>, headers: HeaderMap) -> Result<Response, WebError> {
    if let Some(id) = session::cookie(&headers, session::COOKIE) {
        web.app.store.end_session(&session::hash_of(&id)).await?;
    }
    let gone = session::set_cookie(session::COOKIE, None);
    Ok((set_cookie(&gone), Redirect::to("/login")).into_response())
}

#[derive(Deserialize)]
struct LanguageChoice {
    language: String,
    next: String,
}

async fn set_language(
    State(web): State<Arc<Web>>,
    session: Session,
    Form(choice): Form<LanguageChoice>,
) -> Result<Response, WebError> {
    let lang = Lang::parse(&choice.language).ok_or_else(|| WebError::Invalid {
        field: "language",
        message: "error-language",
        value: choice.language.clone(),
    })?;
    web.app.store.set_user_language(&session.user, lang.code()).await?;
    Ok((set_cookie(&language_cookie(lang)), Redirect::to(own_path(&choice.next))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        assert_eq!(own_path("/units/760?tab=lines"), "/units/760?tab=lines");
        for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "x", "", "/\t/evil"] {
            assert_eq!(own_path(elsewhere), "/", "{elsewhere:?}");
        }
    }

    #[test]
    fn the_hash_for_nobody_parses() {
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODY).is_ok());
    }
}
