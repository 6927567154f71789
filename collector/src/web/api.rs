//! The same data as JSON, with the same sessions and the same limits on what a reader may see.

use super::{
    Web,
    download::Download,
    error::WebError,
    i18n::Lang,
    pages::{self, forms::rows_as_json},
    rule,
    viewer::Viewer,
};
use crate::{
    inventory::{DeviceFacts, Unit},
    search::{Answer, Request, SearchError},
    store::{flags::Flag, pages::flags::FlagQuery},
};
use axum::{
    Json, Router,
    extract::{Path, Query},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{io::Write, sync::Arc};
use utoipa::{IntoParams, OpenApi, ToSchema};

const MOST_HITS: usize = 1_000;
const DEFAULT_HITS: usize = 50;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/api/v1/openapi.json", get(document))
        .route("/api/v1/search", get(search))
        .route("/api/v1/units", get(units))
        .route("/api/v1/units/{code}", get(unit))
        .route("/api/v1/devices/{id}", get(device))
        .route("/api/v1/flags", get(flags))
        .route("/api/v1/forms/{form}", get(form))
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Kiemke", description = "Read access with the session of a signed-in user."),
    paths(search, units, unit, device, flags, form),
    components(schemas(UnitBody, FlagBody))
)]
struct Document;

async fn document() -> Response {
    match Document::openapi().to_json() {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => WebError::from(error).into_response(),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words, quoted phrases and filters, e.g. `may quet unit:760 -av:on`.
    q: String,
    /// At most 1000; 50 by default.
    limit: Option<usize>,
    offset: Option<usize>,
}

#[utoipa::path(get, path = "/api/v1/search", params(SearchQuery),
    responses((status = 200, description = "Hits, total, time and facets", body = Object)))]
async fn search(viewer: Viewer, Query(asked): Query<SearchQuery>) -> Result<Json<Answer>, WebError> {
    let request = Request {
        limit: asked.limit.unwrap_or(DEFAULT_HITS).min(MOST_HITS),
        offset: asked.offset.unwrap_or(0),
        scope: viewer.session.unit.clone(),
        typing: false,
        text: asked.q,
    };
    match viewer.web.app.search.search(&request) {
        Err(SearchError::Query(_)) => {
            Err(WebError::Invalid { field: "q", message: "error-query", value: request.text })
        }
        other => Ok(Json(other?)),
    }
}

#[derive(Serialize, ToSchema)]
struct UnitBody {
    code: String,
    parent: Option<String>,
    /// `province`, `department`, `district`, `commune`
    level: &'static str,
    name: String,
    full_name: String,
}

impl From<Unit> for UnitBody {
    fn from(unit: Unit) -> Self {
        Self {
            level: unit.level.as_str(),
            code: unit.code,
            parent: unit.parent,
            name: unit.name,
            full_name: unit.full_name,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UnitsQuery {
    /// The units directly below this one; without it the topmost ones.
    parent: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/units", params(UnitsQuery),
    responses((status = 200, description = "In order of code", body = [UnitBody])))]
async fn units(viewer: Viewer, Query(asked): Query<UnitsQuery>) -> Result<Json<Vec<UnitBody>>, WebError> {
    let units = match (&asked.parent, &viewer.session.unit) {
        (Some(parent), _) => {
            let parent = viewer.unit(parent).await?;
            viewer.store().children(&parent.code, viewer.today()).await?
        }
        (None, Some(own)) => vec![viewer.unit(own).await?],
        (None, None) => viewer.store().root_units(viewer.today()).await?,
    };
    Ok(Json(units.into_iter().map(UnitBody::from).collect()))
}

#[utoipa::path(get, path = "/api/v1/units/{code}", params(("code" = String, Path)),
    responses((status = 200, body = UnitBody), (status = 404, description = "Unknown, or outside what the user may see")))]
async fn unit(viewer: Viewer, Path(code): Path<String>) -> Result<Json<UnitBody>, WebError> {
    Ok(Json(viewer.unit(&code).await?.into()))
}

#[utoipa::path(get, path = "/api/v1/devices/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The derived facts of one computer", body = Object), (status = 404)))]
async fn device(viewer: Viewer, Path(id): Path<String>) -> Result<Json<DeviceFacts>, WebError> {
    let facts = viewer.store().device_facts(&id).await?;
    match facts {
        Some(facts) if viewer.may_see(&facts.unit).await? => Ok(Json(facts)),
        _ => Err(WebError::device(&id)),
    }
}

#[derive(Serialize, ToSchema)]
struct FlagBody {
    rule: String,
    title: String,
    legal_basis: String,
    unit: String,
    device: Option<String>,
    system: Option<String>,
    /// RFC 3339
    since: String,
    #[schema(value_type = Object)]
    evidence: Value,
}

impl FlagBody {
    fn of(l: Lang, flag: Flag) -> Self {
        Self {
            title: rule::title(l, &flag.rule),
            legal_basis: rule::basis(l, &flag.rule),
            rule: flag.rule,
            unit: flag.unit,
            device: flag.device,
            system: flag.system,
            since: flag.since.to_string(),
            evidence: flag.evidence,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FlagsQuery {
    /// This unit and those below it.
    unit: Option<String>,
    /// A rule, or the part before its point.
    rule: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/flags", params(FlagsQuery),
    responses((status = 200, description = "Open flags, the newest first", body = [FlagBody])))]
async fn flags(viewer: Viewer, Query(asked): Query<FlagsQuery>) -> Result<Response, WebError> {
    let unit = viewer.unit_or_top(asked.unit.as_deref()).await?;
    let query = FlagQuery {
        below: unit.as_ref().map(|unit| unit.code.as_str()),
        rule: asked.rule.as_deref(),
        ..FlagQuery::default()
    };
    let l = viewer.l();
    let mut written = Download::new(&viewer.web.app.data)?;
    let mut list = Vec::from(*b"[");
    pages::flags::each(&viewer, &query, |named| {
        written.write_all(&list)?;
        list = Vec::from(*b",\n");
        Ok(serde_json::to_writer(&mut written, &FlagBody::of(l, named.flag))?)
    })
    .await?;
    written.write_all(if list == b"[" { b"[]" } else { b"]" })?;
    written.answer("application/json")
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FormQuery {
    unit: String,
}

#[utoipa::path(get, path = "/api/v1/forms/{form}", params(("form" = String, Path, description = "equipment, network, infrastructure, software"), FormQuery),
    responses((status = 200, description = "Headings and rows; every cell with its provenance", body = Object)))]
async fn form(
    viewer: Viewer,
    Path(form): Path<String>,
    Query(asked): Query<FormQuery>,
) -> Result<Response, WebError> {
    rows_as_json(&viewer, &form, &asked.unit).await
}
