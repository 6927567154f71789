//! The web interface.

use crate::app::App;
use axum::Router;
use std::sync::Arc;

/// Everything a browser sees. The API of agents is merged beside it.
pub fn router(_app: Arc<App>) -> Router {
    Router::new()
}
