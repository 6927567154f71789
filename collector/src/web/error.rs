//! Everything that can go wrong in a request, told as a page or as JSON in the reader's language.

use super::{
    i18n::Lang,
    page::{self, Page},
    session::{self, Session},
};
use askama::Template;
use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use kiemke_schemas::enrolment::{ApiError, ApiErrorDetail};
use std::sync::Arc;

const MOST_OF_A_REASON: usize = 4096;

/// Not a `std::error::Error`, so that `?` turns every other error into an internal one.
#[derive(Debug)]
pub enum WebError {
    NotSignedIn,
    Forbidden,
    Csrf,
    NotFound {
        what: &'static str,
        id: String,
    },
    Invalid {
        field: &'static str,
        message: &'static str,
        value: String,
    },
    /// A declared value; the field is one of the catalogue, told by its name.
    Declared {
        field: String,
        message: &'static str,
        value: String,
    },
    /// The parameters or fields of a request are not what its address takes.
    Unreadable {
        field: String,
        message: &'static str,
    },
    Method,
    TooLarge,
    /// The unit that all this reader may see ended.
    UnitEnded(String),
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
            Self::Forbidden | Self::Csrf | Self::UnitEnded(_) => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Invalid { .. } | Self::Declared { .. } | Self::Unreadable { .. } => StatusCode::BAD_REQUEST,
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
            Self::Invalid { message, .. }
            | Self::Declared { message, .. }
            | Self::Unreadable { message, .. } => (*message).into(),
            Self::Method => "method".into(),
            Self::UnitEnded(_) => "unit-ended".into(),
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
                    "flag" => "error-what-flag",
                    "user" => "error-what-user",
                    _ => "error-what-page",
                });
                l.args("error-not-found", [("what", what.into()), ("id", id.as_str().into())])
            }
            Self::Invalid { message, value, .. } if value.trim().is_empty() => l.t(message),
            Self::Invalid { message, value, .. } => {
                l.args("error-invalid", [("message", l.t(message).into()), ("value", value.as_str().into())])
            }
            Self::Declared { field, message, value } => {
                let texts = [("field", l.field(field).into()), ("message", l.t(message).into())];
                format!("{}: {value}", l.args("error-of-field", texts))
            }
            Self::Unreadable { field, message } => l.with(message, "field", field),
            Self::Method => l.t("error-method"),
            Self::UnitEnded(code) => l.with("error-unit-ended", "unit", code),
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
            Self::Invalid { .. } | Self::Declared { .. } => "error-invalid-hint",
            Self::Unreadable { .. } => "error-unreadable-hint",
            Self::Method => "error-method-hint",
            Self::UnitEnded(_) => "error-unit-ended-hint",
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
    /// What was filled in waits there.
    of_form: bool,
}

struct Asked {
    path: String,
    here: String,
    json: bool,
    htmx: bool,
    get: bool,
    /// Of the cookie; a session may say otherwise.
    lang: Lang,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self {
            json: path.starts_with("/api/"),
            htmx: is_htmx(request.headers()),
            get: request.method() == axum::http::Method::GET,
            here: page::here(request.method(), request.uri()),
            lang: session::chosen_language(request.headers()),
            path,
        }
    }
}

pub fn is_htmx(headers: &HeaderMap) -> bool {
    headers.get("hx-request").is_some_and(|value| value == "true")
}

/// Outside of everything that can fail: whatever a handler, an extractor or a layer answers, the reader gets
/// a page in their language, and a program JSON.
pub async fn render(request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    let reader = response.extensions().get::<Session>().cloned();
    match response.extensions().get::<Arc<WebError>>().cloned() {
        Some(error) => answer(&error, asked, reader.as_ref()),
        None if is_bare(&response) => answer(&of_bare(response).await, asked, reader.as_ref()),
        None => response,
    }
}

/// An error that nobody made a page or JSON of.
fn is_bare(response: &Response) -> bool {
    let status = response.status();
    let mime = response.headers().get(header::CONTENT_TYPE).and_then(|mime| mime.to_str().ok());
    (status.is_client_error() || status.is_server_error())
        && mime.is_none_or(|mime| mime.starts_with("text/plain"))
        && !response.headers().contains_key("hx-redirect")
}

async fn of_bare(response: Response) -> WebError {
    let status = response.status();
    let body = to_bytes(response.into_body(), MOST_OF_A_REASON).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    match status {
        StatusCode::NOT_FOUND => WebError::NotFound { what: "page", id: String::new() },
        StatusCode::METHOD_NOT_ALLOWED => WebError::Method,
        StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge,
        status if status.is_client_error() => unreadable(&text),
        _ => WebError::Internal(Arc::new(anyhow::anyhow!("{status}: {text}"))),
    }
}

/// `Failed to deserialize query string: missing field `unit``, or `…: limit: invalid digit found in string`
fn unreadable(text: &str) -> WebError {
    let named =
        text.split('`').nth(1).or_else(|| text.split(": ").nth(1).filter(|_| text.matches(": ").count() > 1));
    let message = match text {
        text if text.contains("missing field") => "error-field-missing",
        text if text.contains("duplicate field") => "error-field-twice",
        _ if named.is_some() => "error-field-unreadable",
        _ => "error-unreadable",
    };
    WebError::Unreadable { field: named.unwrap_or_default().to_owned(), message }
}

fn answer(error: &WebError, asked: Asked, reader: Option<&Session>) -> Response {
    if let WebError::Internal(cause) = error {
        tracing::error!(path = asked.path, cause = format!("{cause:#}"), "request failed");
    }
    let l = reader.map_or(asked.lang, |reader| reader.lang);
    if asked.json {
        return json(error, l);
    }
    if matches!(error, WebError::NotSignedIn) {
        return to_login(&asked);
    }
    let title = error.title(l);
    let of_form = !asked.get && error.status() == StatusCode::BAD_REQUEST;
    let back = match reader {
        Some(_) if of_form => asked.here.clone(),
        Some(_) => "/".into(),
        None => "/login".into(),
    };
    let page = Page::new(reader, Some(&l), asked.here).titled(title.clone());
    let page = ErrorPage { page, title, hint: error.hint(l), back, of_form };
    (error.status(), super::html(&page)).into_response()
}

fn json(error: &WebError, l: Lang) -> Response {
    let field = match error {
        WebError::Invalid { field, .. } => Some((*field).to_owned()),
        WebError::Declared { field, .. } => Some(field.clone()),
        WebError::Unreadable { field, .. } => Some(field.clone()).filter(|field| !field.is_empty()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_extractor_says_becomes_a_text_with_its_field() {
        for (said, field, message) in [
            ("Failed to deserialize query string: missing field `form`", "form", "error-field-missing"),
            ("Failed to deserialize query string: duplicate field `unit`", "unit", "error-field-twice"),
            (
                "Failed to deserialize query string: limit: invalid digit found in string",
                "limit",
                "error-field-unreadable",
            ),
            ("Form requests must have `Content-Type: x`", "Content-Type: x", "error-field-unreadable"),
            ("", "", "error-unreadable"),
        ] {
            let error = unreadable(said);
            let WebError::Unreadable { field: found, message: key } = &error else { panic!("{error:?}") };
            assert_eq!((found.as_str(), *key), (field, message), "{said}");
        }
    }
}
