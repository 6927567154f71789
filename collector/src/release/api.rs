//! Serves executables to agents. They are no secret; what they are worth says the signature.

use super::PIECE_BYTES;
use crate::{
    app::App,
    store::{Store, releases::ReleaseRow},
};
use anyhow::Result;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{Stream, stream};
use kiemke_schemas::{
    enrolment::{ApiError, ApiErrorDetail},
    release::{RELEASES_PATH, entity_tag},
};
use std::sync::Arc;

pub fn router(app: Arc<App>) -> Router {
    Router::new().route(&format!("{RELEASES_PATH}/{{version}}/{{target}}"), get(serve)).with_state(app)
}

async fn serve(
    State(app): State<Arc<App>>,
    Path((version, target)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match app.store.release(&version, &target).await {
        Ok(Some(release)) => executable(&app.store, &release, &headers),
        Ok(None) => {
            let message = format!("there is no release {version} for {target}");
            refusal(StatusCode::NOT_FOUND, "release-unknown", message)
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a release could not be read");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the store failed".to_owned())
        }
    }
}

fn refusal(status: StatusCode, code: &str, message: String) -> Response {
    let error = ApiErrorDetail { code: code.to_owned(), message, field: None };
    (status, Json(ApiError { error })).into_response()
}

fn executable(store: &Store, release: &ReleaseRow, headers: &HeaderMap) -> Response {
    let (size, tag) = (release.size, entity_tag(&release.sha256));
    let from = begin(headers, &tag).filter(|from| *from < size);
    let (version, target) = (release.version.clone(), release.target.clone());
    let body = Body::from_stream(pieces(store.clone(), version, target, from.unwrap_or(0)));
    let fields = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, (size - from.unwrap_or(0)).to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, tag),
    ];
    match from {
        Some(from) => {
            let range = [(header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", size - 1))];
            (StatusCode::PARTIAL_CONTENT, fields, range, body).into_response()
        }
        None => (fields, body).into_response(),
    }
}

/// Of `bytes=N-`, where the executable is still the one that `If-Range` names; everything else is answered whole, as
/// RFC 9110 allows.
fn begin(headers: &HeaderMap, tag: &str) -> Option<i64> {
    if headers.get(header::IF_RANGE).is_some_and(|known| known.as_bytes() != tag.as_bytes()) {
        return None;
    }
    let range = headers.get(header::RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok().filter(|from| *from >= 0)
}

/// A piece at a time: many agents may fetch at once.
fn pieces(
    store: Store,
    version: String,
    target: String,
    from: i64,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    stream::try_unfold((store, version, target, from), |(store, version, target, from)| async move {
        let piece = store.release_piece(&version, &target, from, PIECE_BYTES).await?;
        if piece.is_empty() {
            return Ok(None);
        }
        let next = from + i64::try_from(piece.len())?;
        Ok(Some((Bytes::from(piece), (store, version, target, next))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rest_of_an_executable_is_a_range() {
        let begin = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, text.parse().unwrap());
            begin(&headers, "\"a\"")
        };
        assert_eq!(begin("bytes=10-"), Some(10));
        for text in ["bytes=10-20", "bytes=-5", "bytes=1-,3-", "lines=1-", "bytes=x-"] {
            assert_eq!(begin(text), None, "{text}");
        }
    }

    #[test]
    fn the_rest_of_another_executable_is_none() {
        let begin = |tag: &str| {
            let fields = [(header::RANGE, "bytes=10-"), (header::IF_RANGE, tag)];
            begin(&HeaderMap::from_iter(fields.map(|(name, value)| (name, value.parse().unwrap()))), "\"a\"")
        };
        assert_eq!(begin("\"a\""), Some(10));
        assert_eq!(begin("\"b\""), None);
    }
}
