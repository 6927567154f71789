//! One file a page: its handler, its view and its test; the template stands beside it.

pub mod administration;
mod csv;
pub mod device;
pub mod flags;
pub mod forms;
pub mod login;
pub mod overview;
pub mod procurement;
pub mod search;
pub mod units;

use super::Web;
use axum::Router;
use std::sync::Arc;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .merge(overview::routes())
        .merge(search::routes())
        .merge(units::routes())
        .merge(device::routes())
        .merge(flags::routes())
        .merge(forms::routes())
        .merge(procurement::routes())
        .merge(administration::routes())
        .merge(login::signed_in_routes())
}
