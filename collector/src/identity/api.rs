//! The HTTPS API of agents: enrol, units that a token covers, renew, echo.

use super::{directory::Directory, enrolment, keys, refusal::Refusal, renewal};
use crate::{app::App, store::devices::DeviceRow};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, State, rejection::JsonRejection},
    routing::{get, post},
};
use jiff::Timestamp;
use kiemke_schemas::{
    enrolment::{
        COVERED_UNITS_PATH, CoveredUnitsRequest, CoveredUnitsResponse, ECHO_PATH, ENROL_PATH, EchoResponse,
        EnrolRequest, EnrolResponse, RENEW_PATH, RenewResponse,
    },
    envelope::MAX_PACKED_BYTES,
};
use std::{net::SocketAddr, sync::Arc};

/// Where agents find the broker and how often they report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    pub mqtt_host: Option<String>,
    pub mqtt_port: u16,
    pub report_interval_seconds: u32,
}

#[derive(Clone)]
struct Api {
    app: Arc<App>,
    welcome: Arc<Welcome>,
}

pub fn router(app: Arc<App>, welcome: Welcome) -> Router {
    Router::new()
        .route(ENROL_PATH, post(enrol))
        .route(COVERED_UNITS_PATH, post(covered_units))
        .route(RENEW_PATH, post(renew))
        .route(ECHO_PATH, get(echo))
        .layer(DefaultBodyLimit::max(MAX_PACKED_BYTES))
        .with_state(Api { app, welcome: Arc::new(welcome) })
}

async fn enrol(
    State(Api { app, welcome }): State<Api>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Result<Json<EnrolRequest>, JsonRejection>,
) -> Result<Json<EnrolResponse>, Refusal> {
    let Json(request) = request.map_err(|error| Refusal::field("request", "body", error.body_text()))?;
    let enrolled = enrolment::enrol(&app.store, &app.authority, &request, Some(peer.ip()), Timestamp::now())
        .await
        .inspect_err(|refusal| tracing::warn!(%peer, code = refusal.code(), %refusal, "enrolment refused"))?;
    take_over(&app.directory, &enrolled.row)?;
    if let Some(old) = &enrolled.replaced {
        if let Some(row) = app.store.device(&old.id).await? {
            take_over(&app.directory, &row)?;
        }
        tracing::info!(device = enrolled.row.id, continues = old.id, "a reinstalled computer goes on");
    }
    tracing::info!(%peer, device = enrolled.row.id, unit = enrolled.row.unit_code, "device enrolled");
    let device = enrolled.row.id.parse().map_err(anyhow::Error::from)?;
    Ok(Json(EnrolResponse {
        device,
        unit: enrolled.row.unit_code,
        certificate: enrolled.certificate.pem,
        ca: app.authority.pem().to_owned(),
        collector_key: keys::public_text(&app.command_key),
        mqtt_host: welcome.mqtt_host.clone(),
        mqtt_port: welcome.mqtt_port,
        report_interval_seconds: welcome.report_interval_seconds,
        release_key: app.store.release_key().await?,
    }))
}

async fn covered_units(
    State(Api { app, .. }): State<Api>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Result<Json<CoveredUnitsRequest>, JsonRejection>,
) -> Result<Json<CoveredUnitsResponse>, Refusal> {
    let Json(request) = request.map_err(|error| Refusal::field("request", "body", error.body_text()))?;
    let units = enrolment::covered_units(&app.store, &request.token, Timestamp::now()).await.inspect_err(
        |refusal| tracing::warn!(%peer, code = refusal.code(), %refusal, "units of a token refused"),
    )?;
    Ok(Json(CoveredUnitsResponse { units }))
}

fn take_over(directory: &Directory, row: &DeviceRow) -> Result<(), Refusal> {
    Ok(directory.put(row)?)
}

async fn renew(
    State(Api { app, .. }): State<Api>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Result<Json<RenewResponse>, Refusal> {
    let (row, certificate) =
        renewal::renew(&app.store, &app.authority, &app.directory, &body, Timestamp::now())
            .await
            .inspect_err(
                |refusal| tracing::warn!(%peer, code = refusal.code(), %refusal, "renewal refused"),
            )?;
    take_over(&app.directory, &row)?;
    tracing::info!(%peer, device = row.id, "certificate renewed");
    Ok(Json(RenewResponse { certificate: certificate.pem, ca: app.authority.pem().to_owned() }))
}

async fn echo(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> Json<EchoResponse> {
    Json(EchoResponse { address: peer.ip().to_canonical() })
}
