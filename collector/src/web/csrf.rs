//! No request that changes something is obeyed without the token of its session, whatever handler it meets.

use super::{error::WebError, session::Session};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, Method},
    middleware::Next,
    response::Response,
};
use subtle::ConstantTimeEq;

pub const FIELD: &str = "csrf";
pub const HEADER: &str = "x-csrf-token";
const MAX_FORM_BYTES: usize = 256 * 1024;

/// Sessions are checked here; the login form has its own token, since nobody has a session yet.
pub async fn enforce(request: Request, next: Next) -> Result<Response, WebError> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(next.run(request).await);
    }
    let Some(session) = request.extensions().get::<Session>().cloned() else {
        return Err(WebError::NotSignedIn);
    };
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_FORM_BYTES).await.map_err(|_| WebError::TooLarge)?;
    let sent = token(&parts.headers, &bytes);
    if !sent.is_some_and(|sent| equal(&sent, &session.csrf)) {
        return Err(WebError::Csrf);
    }
    Ok(next.run(Request::from_parts(parts, Body::from(bytes))).await)
}

fn token(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if let Some(value) = headers.get(HEADER) {
        return value.to_str().ok().map(str::to_owned);
    }
    url::form_urlencoded::parse(body).find(|(name, _)| name == FIELD).map(|(_, value)| value.into_owned())
}

pub fn equal(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_read_from_header_or_form() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers, b"a=1&csrf=x%2Dy"), Some("x-y".into()));
        assert_eq!(token(&headers, b"a=1"), None);
        headers.insert(HEADER, "z".parse().unwrap());
        assert_eq!(token(&headers, b"csrf=x"), Some("z".into()));
        assert!(equal("abc", "abc") && !equal("abc", "abd") && !equal("abc", "ab"));
    }
}
