//! The web interface: pages rendered on the server, a JSON API with the same sessions, and no request to
//! any other host.

mod api;
mod assets;
mod csrf;
mod download;
mod error;
mod evidence;
mod facts;
mod format;
mod headers;
mod i18n;
mod limit;
mod page;
mod pages;
mod rule;
mod session;
mod tone;
mod tree;
mod viewer;

#[cfg(test)]
mod tests;

use crate::app::App;
use askama::Template;
use axum::{
    Router,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower_http::{compression::CompressionLayer, limit::RequestBodyLimitLayer};

const MAX_BODY_BYTES: usize = 1024 * 1024;
const VERIFICATIONS_AT_ONCE: usize = 2;

/// What handlers share.
pub struct Web {
    pub app: Arc<App>,
    pub login_limit: limit::LoginLimit,
    /// Of passwords, at once.
    pub verifications: Arc<Semaphore>,
}

/// Everything a browser sees. The API of agents (`/api/v1/enrol`, …) is merged beside it.
pub fn router(app: Arc<App>) -> Router {
    let verifications = Arc::new(Semaphore::new(VERIFICATIONS_AT_ONCE));
    let web = Arc::new(Web { app, login_limit: limit::LoginLimit::default(), verifications });
    let guarded =
        pages::routes().merge(api::routes()).layer(from_fn(csrf::enforce)).layer(from_fn(session::require));
    let dynamic = Router::new()
        .merge(pages::login::routes())
        .merge(guarded)
        .fallback(|| async { error::WebError::NotFound { what: "page", id: String::new() } })
        .layer(from_fn_with_state(web.clone(), session::identify))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(from_fn(error::render))
        .layer(CompressionLayer::new());
    Router::new()
        .route("/assets/{hash}/{name}", get(assets::serve))
        .merge(dynamic)
        .layer(from_fn(headers::add))
        .with_state(web)
}

/// A rendered template; one that fails is our bug and is told as such.
fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "template failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
