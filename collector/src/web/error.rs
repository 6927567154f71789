//! Everything that can go wrong in a request, told as a page or as JSON in the reader's language.

use super::{i18n::Lang, page::Page};
use askama::Template;
use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use kiemke_schemas::enrolment::{ApiError, ApiErrorDetail};
use std::sync::Arc;

/// Not a `std::error::Error`, so that `?` turns every other error into an internal one.
#[derive(Debug)]
pub enum WebError {
    NotSignedIn,
    Forbidden,
    Csrf,
    NotFound { what: &'static str, id: String },
    Invalid { field: &'static str, message: &'static str, value: String },
    TooLarge,
    Internal(Arc<anyhow::Error>),
}

impl<E: Into<anyhow::Error>> From<E> for WebError {
    fn from(error: E) -> Self {
        Self::Internal(Arc::new(error.into()))
    }
}

impl WebError {
    pub fn unit(code: &str) -> Self {
        Self::NotFound { what: "unit", id: code.to_owned() }
    }

    pub fn device(id: &str) -> Self {
        Self::NotFound { what: "device", id: id.to_owned() }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::Csrf => StatusCode::FORBIDDEN,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Stable, for programs.
    fn code(&self) -> String {
        match self {
            Self::NotSignedIn => "not-signed-in".into(),
            Self::Forbidden => "forbidden".into(),
            Self::Csrf => "csrf".into(),
            Self::NotFound { what, .. } => format!("{what}-unknown"),
            Self::Invalid { message, .. } => (*message).into(),
            Self::TooLarge => "too-large".into(),
            Self::Internal(_) => "internal".into(),
        }
    }

    fn title(&self, l: Lang) -> String {
        match self {
            Self::NotSignedIn => l.t("error-not-signed-in"),
            Self::Forbidden => l.t("error-forbidden"),
            Self::Csrf => l.t("error-csrf"),
            Self::NotFound { what, id } => {
                let what = l.t(match *what {
                    "unit" => "error-what-unit",
                    "device" => "error-what-device",
                    _ => "error-what-page",
                });
                l.args("error-not-found", [("what", what.into()), ("id", id.as_str().into())])
            }
            Self::Invalid { message, value, .. } => {
                l.args("error-invalid", [("message", l.t(message).into()), ("value", value.as_str().into())])
            }
            Self::TooLarge => l.t("error-too-large"),
            Self::Internal(_) => l.t("error-internal"),
        }
    }

    fn hint(&self, l: Lang) -> String {
        l.t(match self {
            Self::NotSignedIn => "error-not-signed-in-hint",
            Self::Forbidden => "error-forbidden-hint",
            Self::Csrf => "error-csrf-hint",
            Self::NotFound { .. } => "error-not-found-hint",
            Self::Invalid { .. } => "error-invalid-hint",
            Self::TooLarge => "error-too-large-hint",
            Self::Internal(_) => "error-internal-hint",
        })
    }
}

/// Rendered by [`render`], which knows the language and what the reader's program takes.
impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: String,
    hint: String,
    back: String,
}

struct Asked {
    lang: Lang,
    path: String,
    json: bool,
    htmx: bool,
    get: bool,
    page: Page,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let page = Page::bare(request);
        Self {
            lang: page.l,
            json: path.starts_with("/api/"),
            htmx: is_htmx(request.headers()),
            get: request.method() == axum::http::Method::GET,
            path,
            page,
        }
    }
}

pub fn is_htmx(headers: &HeaderMap) -> bool {
    headers.get("hx-request").is_some_and(|value| value == "true")
}

pub async fn render(request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    match response.extensions().get::<Arc<WebError>>().cloned() {
        Some(error) => answer(&error, asked),
        None => response,
    }
}

fn answer(error: &WebError, asked: Asked) -> Response {
    if let WebError::Internal(cause) = error {
        tracing::error!(path = asked.path, cause = format!("{cause:#}"), "request failed");
    }
    if asked.json {
        return json(error, asked.lang);
    }
    if matches!(error, WebError::NotSignedIn) {
        return to_login(&asked);
    }
    let l = asked.lang;
    let title = error.title(l);
    let back = if asked.page.signed_in() { "/" } else { "/login" }.to_owned();
    let page = ErrorPage { page: asked.page.titled(title.clone()), title, hint: error.hint(l), back };
    (error.status(), super::html(&page)).into_response()
}

fn json(error: &WebError, l: Lang) -> Response {
    let field = match error {
        WebError::Invalid { field, .. } => Some((*field).to_owned()),
        _ => None,
    };
    let detail = ApiErrorDetail { code: error.code(), message: error.title(l), field };
    (error.status(), Json(ApiError { error: detail })).into_response()
}

fn to_login(asked: &Asked) -> Response {
    let next = if asked.get && !asked.htmx { asked.path.as_str() } else { "/" };
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    let address = format!("/login?{query}");
    if !asked.htmx {
        return Redirect::to(&address).into_response();
    }
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    if let Ok(value) = HeaderValue::from_str(&address) {
        response.headers_mut().insert("hx-redirect", value);
    }
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}
