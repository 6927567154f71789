//! What is switched on for a unit: shown on its page, changed by administrators on one of its own.

mod form;

use crate::{
    inventory::Unit,
    remote,
    settings::unit::UnitSettings,
    web::{
        Web,
        error::WebError,
        facts, html,
        i18n::Lang,
        page::{Page, Section},
        pages::overview::Crumb,
        session::Role,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{
    Form, Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use form::{Fields, Row};
use kiemke_schemas::settings::{SnmpRole, SnmpTarget};
use std::sync::Arc;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/units/{code}/settings", get(show).post(set))
        .route("/units/{code}/settings/clear", post(clear))
}

/// One thing that is switched on.
pub struct On {
    pub text: String,
    /// The unit above says so.
    pub inherited: bool,
}

/// The agent that polls and sweeps for one network.
pub struct ElectedAgent {
    pub href: String,
    pub name: String,
    pub network: String,
    pub obeys: bool,
}

/// For the unit's page.
pub struct SwitchedOn {
    pub items: Vec<On>,
    pub elected: Vec<ElectedAgent>,
    pub may_change: bool,
}

impl SwitchedOn {
    pub async fn of(viewer: &Viewer, unit: &str) -> Result<Self, WebError> {
        let own = own(viewer, unit).await?;
        let app = &viewer.web.app;
        let whole = remote::effective(&app.store, &app.vault, unit, viewer.now).await?.without_secrets();
        Ok(Self {
            items: items(viewer.l(), &own, &whole),
            elected: elected(viewer, unit).await?,
            may_change: viewer.session.role >= Role::Administrator,
        })
    }
}

/// Without credentials.
async fn own(viewer: &Viewer, unit: &str) -> Result<UnitSettings, WebError> {
    let mut kept = viewer.store().unit_settings(&[unit.to_owned()]).await?;
    Ok(kept.remove(unit).and_then(|kept| kept.settings).unwrap_or_default())
}

fn items(l: Lang, own: &UnitSettings, whole: &UnitSettings) -> Vec<On> {
    let mut items = Vec::new();
    let mut add = |text: String, is_own: bool| items.push(On { text, inherited: !is_own });
    for target in whole.snmp.iter().flatten() {
        add(target_text(l, target), own.snmp.is_some());
    }
    for (key, whole, own) in [
        ("settings-neighbours", whole.neighbours, own.neighbours),
        ("settings-sweep", whole.sweep, own.sweep),
        ("settings-mdns", whole.mdns, own.mdns),
    ] {
        if whole == Some(true) {
            add(l.t(key), own.is_some());
        }
    }
    for url in whole.echo_urls.iter().flatten() {
        add(l.with("settings-echo-asked", "url", url), own.echo_urls.is_some());
    }
    for target in whole.latency_targets.iter().flatten() {
        add(l.with("settings-latency-of", "target", target), own.latency_targets.is_some());
    }
    if let Some(seconds) = whole.report_interval_seconds {
        add(l.n("settings-report-every", i64::from(seconds)), own.report_interval_seconds.is_some());
    }
    items
}

fn target_text(l: Lang, target: &SnmpTarget) -> String {
    let key = match target.role {
        SnmpRole::Router => "settings-poll-router",
        SnmpRole::Printer => "settings-poll-printer",
    };
    let host = l.or_code("settings-host-", &target.host.to_string());
    let version = target.credentials.version();
    l.args(
        key,
        [("host", host.into()), ("port", target.port.to_string().into()), ("version", version.into())],
    )
}

async fn elected(viewer: &Viewer, unit: &str) -> Result<Vec<ElectedAgent>, WebError> {
    let elected = viewer.store().elected(unit).await?;
    let ids: Vec<String> = elected.iter().map(|one| one.device.clone()).collect();
    let sent = viewer.store().sent_settings(&ids).await?;
    let mut shown = Vec::new();
    for one in elected {
        let known = viewer.store().device_facts(&one.device).await?;
        let obeys = sent.get(&one.device).is_some_and(|sent| sent.in_force == Some(sent.counter));
        shown.push(ElectedAgent {
            href: format!("/devices/{}", one.device),
            name: known.map_or_else(|| one.device.clone(), |known| facts::name(&known)),
            network: one.network,
            obeys,
        });
    }
    Ok(shown)
}

#[derive(Template)]
#[template(path = "pages/unit_settings.html")]
struct SettingsPage {
    page: Page,
    crumbs: Vec<Crumb>,
    unit: Unit,
    fields: Fields,
    rows: Vec<Row>,
    inherited: Vec<On>,
    has_own: bool,
}

async fn show(viewer: Viewer, Path(code): Path<String>) -> Result<Response, WebError> {
    viewer.require(Role::Administrator)?;
    let unit = viewer.unit(&code).await?;
    let (l, app) = (viewer.l(), viewer.web.app.clone());
    let own = own(&viewer, &code).await?;
    let whole = remote::effective(&app.store, &app.vault, &code, viewer.now).await?.without_secrets();
    let page = SettingsPage {
        crumbs: viewer.path_to(&code).await?.into_iter().map(Crumb::of_unit).collect(),
        fields: Fields::of(l, &own),
        rows: form::rows(&own),
        inherited: items(l, &own, &whole).into_iter().filter(|item| item.inherited).collect(),
        has_own: own != UnitSettings::default(),
        page: viewer.page(Section::Units, l.with("settings-title", "unit", &unit.full_name)),
        unit,
    };
    Ok(html(&page))
}

async fn set(
    viewer: Viewer,
    Path(code): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    viewer.require(Role::Administrator)?;
    let unit = viewer.unit(&code).await?;
    let settings = form::read(&pairs)?;
    remote::set(&viewer.web.app, &unit.code, Some(settings), &viewer.session.user)
        .await
        .map_err(form::refused)?;
    Ok(Redirect::to(&format!("/units/{code}#settings")).into_response())
}

async fn clear(viewer: Viewer, Path(code): Path<String>) -> Result<Response, WebError> {
    viewer.require(Role::Administrator)?;
    let unit = viewer.unit(&code).await?;
    remote::set(&viewer.web.app, &unit.code, None, &viewer.session.user).await?;
    Ok(Redirect::to(&format!("/units/{code}#settings")).into_response())
}
