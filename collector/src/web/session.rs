//! Who is asking: sessions, roles and the unit a user is restricted to.

use super::{Web, error::WebError, i18n::Lang};
pub use crate::store::users::Role;

use crate::store::pages::sessions::SessionRow;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use data_encoding::BASE64URL_NOPAD;
use jiff::{Span, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The prefix makes browsers insist on Secure, on Path=/ and on no Domain.
pub const COOKIE: &str = "__Host-kiemke";
pub const LANGUAGE_COOKIE: &str = "kiemke-language";
pub const HOURS: i64 = 12;

#[derive(Debug, Clone)]
pub struct Session {
    pub user: String,
    pub role: Role,
    /// Code of the unit whose subtree is all this user sees.
    pub unit: Option<String>,
    pub lang: Lang,
    pub csrf: String,
}

impl Session {
    pub fn of_row(row: SessionRow) -> Option<Self> {
        Some(Self {
            role: Role::parse(&row.role)?,
            lang: Lang::parse(&row.language).unwrap_or(Lang::Vi),
            user: row.user_name,
            unit: row.unit_code,
            csrf: row.csrf,
        })
    }

    pub fn require(&self, role: Role) -> Result<(), WebError> {
        if self.role >= role { Ok(()) } else { Err(WebError::Forbidden) }
    }
}

/// 256 random bits for a cookie or a form.
pub fn secret() -> String {
    BASE64URL_NOPAD.encode(&rand::random::<[u8; 32]>())
}

pub fn hash_of(id: &str) -> Vec<u8> {
    Sha256::digest(id.as_bytes()).to_vec()
}

pub fn ends_at(now: Timestamp) -> Timestamp {
    now.checked_add(Span::new().hours(HOURS)).unwrap_or(now)
}

pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then(|| value.to_owned()))
}

/// `Set-Cookie` for the session; without an id it is taken away.
pub fn set_cookie(name: &str, id: Option<&str>) -> String {
    let life = if id.is_some() { HOURS * 3600 } else { 0 };
    format!("{name}={}; Path=/; Max-Age={life}; HttpOnly; Secure; SameSite=Strict", id.unwrap_or_default())
}

/// Vietnamese unless chosen: browsers in Vietnamese offices often ask for English.
pub fn chosen_language(headers: &HeaderMap) -> Lang {
    cookie(headers, LANGUAGE_COOKIE).and_then(|code| Lang::parse(&code)).unwrap_or(Lang::Vi)
}

/// Puts the session into the request where the cookie names a live one, and into the answer, for
/// [`super::error::render`].
pub async fn identify(
    State(web): State<Arc<Web>>,
    mut request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let session = match cookie(request.headers(), COOKIE) {
        Some(id) => web.app.store.session(&hash_of(&id), Timestamp::now()).await?,
        None => None,
    };
    let Some(session) = session.and_then(Session::of_row) else {
        let lang = chosen_language(request.headers());
        request.extensions_mut().insert(lang);
        return Ok(next.run(request).await);
    };
    request.extensions_mut().insert(session.lang);
    request.extensions_mut().insert(session.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(session);
    Ok(response)
}

/// In front of everything that needs a signed-in user.
pub async fn require(request: Request, next: Next) -> Result<Response, WebError> {
    if request.extensions().get::<Session>().is_none() {
        return Err(WebError::NotSignedIn);
    }
    Ok(next.run(request).await)
}

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or(WebError::NotSignedIn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; __Host-kiemke=secret; b=2".parse().unwrap());
        assert_eq!(cookie(&headers, COOKIE).as_deref(), Some("secret"));
        assert_eq!(cookie(&headers, "kiemke"), None);
    }

    #[test]
    fn roles_are_ordered() {
        assert!(Role::Administrator > Role::Editor && Role::Editor > Role::Reader);
    }
}
