//! What a person may do with a device.

use crate::{
    date,
    inventory::device::{DeviceState, SecurityCheck},
    store::{
        checks::{CheckSubject, NewCheck},
        devices::DeviceRow,
    },
    web::{Web, error::WebError, session::Role, viewer::Viewer},
};
use axum::{
    Form, Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use jiff::civil::Date;
use kiemke_schemas::{DeviceId, command::Body};
use serde::Deserialize;
use std::sync::Arc;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/devices/{id}/move", post(move_to))
        .route("/devices/{id}/check", post(check))
        .route("/devices/{id}/state", post(set_state))
        .route("/devices/{id}/ask-full", post(ask_full))
}

/// Which acts the page offers.
pub struct Allowed {
    pub suspend: bool,
    pub resume: bool,
    pub revoke: bool,
    pub retire: bool,
    pub ended: bool,
    pub has_agent: bool,
    pub unit: String,
    pub today: String,
}

pub fn allowed(viewer: &Viewer, row: &DeviceRow) -> Option<Allowed> {
    if !viewer.may_edit() {
        return None;
    }
    let state = DeviceState::parse(&row.state)?;
    Some(Allowed {
        suspend: state.may_become(DeviceState::Suspended),
        resume: state.may_become(DeviceState::Active),
        revoke: state.may_become(DeviceState::Revoked),
        retire: state.may_become(DeviceState::Retired),
        ended: matches!(state, DeviceState::Revoked | DeviceState::Retired),
        has_agent: row.report_key.is_some(),
        unit: row.unit_code.clone(),
        today: viewer.today().to_string(),
    })
}

fn done(id: &str) -> Response {
    Redirect::to(&format!("/devices/{id}")).into_response()
}

async fn editable(viewer: &Viewer, id: &str) -> Result<DeviceRow, WebError> {
    viewer.require(Role::Editor)?;
    super::device(viewer, id).await
}

#[derive(Deserialize)]
struct Move {
    unit: String,
}

async fn move_to(
    viewer: Viewer,
    Path(id): Path<String>,
    Form(asked): Form<Move>,
) -> Result<Response, WebError> {
    editable(&viewer, &id).await?;
    let code = asked.unit.trim().to_owned();
    let unit = viewer.unit(&code).await.map_err(|error| match error {
        WebError::NotFound { .. } => WebError::Invalid { field: "unit", message: "error-unit", value: code },
        other => other,
    })?;
    viewer.store().move_device(&id, &unit.code, &viewer.session.user).await?;
    viewer.web.app.device_changed(&id).await?;
    viewer.web.app.derivation.wake.notify_one();
    Ok(done(&id))
}

#[derive(Deserialize)]
struct Check {
    checked_on: String,
    checked_by: String,
    document: String,
    valid_until: String,
}

fn date(field: &'static str, text: &str) -> Result<Date, WebError> {
    date::parse(text).map_err(|_| WebError::Invalid { field, message: "error-date", value: text.to_owned() })
}

fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

async fn check(
    viewer: Viewer,
    Path(id): Path<String>,
    Form(asked): Form<Check>,
) -> Result<Response, WebError> {
    editable(&viewer, &id).await?;
    let checked_on = date("checked_on", &asked.checked_on)?;
    if checked_on > viewer.today() {
        return Err(WebError::Invalid {
            field: "checked_on",
            message: "error-date-future",
            value: asked.checked_on,
        });
    }
    let valid_until = filled(&asked.valid_until).map(|text| date("valid_until", text)).transpose()?;
    let checked_by = filled(&asked.checked_by).ok_or_else(|| WebError::Invalid {
        field: "checked_by",
        message: "error-checked-by",
        value: String::new(),
    })?;
    let check = SecurityCheck {
        checked_on,
        checked_by: checked_by.to_owned(),
        document: filled(&asked.document).map(str::to_owned),
        valid_until,
    };
    let new = NewCheck { kind: CheckSubject::Device, subject: id.clone(), check };
    viewer.store().record_checks(&[new], &viewer.session.user).await?;
    viewer.web.app.derivation.wake.notify_one();
    Ok(done(&id))
}

#[derive(Deserialize)]
struct NewState {
    state: String,
    reason: String,
}

async fn set_state(
    viewer: Viewer,
    Path(id): Path<String>,
    Form(asked): Form<NewState>,
) -> Result<Response, WebError> {
    let row = editable(&viewer, &id).await?;
    let invalid = || WebError::Invalid { field: "state", message: "error-state", value: asked.state.clone() };
    let state = DeviceState::parse(&asked.state).ok_or_else(invalid)?;
    if !row.state()?.may_become(state) {
        return Err(invalid());
    }
    let reason = filled(&asked.reason).unwrap_or_default();
    viewer.store().set_device_state(&id, state, reason, &viewer.session.user).await?;
    viewer.web.app.device_changed(&id).await?;
    viewer.web.app.derivation.wake.notify_one();
    Ok(done(&id))
}

async fn ask_full(viewer: Viewer, Path(id): Path<String>) -> Result<Response, WebError> {
    editable(&viewer, &id).await?;
    let device: DeviceId = id.parse()?;
    viewer.store().enqueue_command(&device, &Body::SendFull, &viewer.session.user).await?;
    viewer.web.app.wake_outbox(&id);
    Ok(done(&id))
}
