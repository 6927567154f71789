//! One unit: its lines, computers, peripherals, flags, declarations and history.

use super::{
    lines::{self, LineGroup},
    neighbours::NeighboursView,
    router_lines::{self, RouterLineView},
    settings::SwitchedOn,
};
use crate::{
    inventory::{DeviceFacts, Unit, UnitInventory, counting::View},
    store::{
        declarations::DeclarationRow,
        pages::flags::FlagQuery,
        time,
        tokens::{EnrolmentToken, TokenState},
    },
    web::{
        Web,
        error::WebError,
        facts::{self, DeviceLine, PeripheralLine},
        format::{self, When},
        html,
        i18n::Lang,
        page::{Page, Section},
        pages::{flags::FlagView, forms, overview::Crumb},
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{Router, extract::Path, response::Response, routing::get};
use std::{collections::HashMap, sync::Arc};

const MOST_FLAGS: i64 = 200;
const HISTORY_SHOWN: usize = 50;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/units/{code}", get(show))
}

struct DeclaredRow {
    system: String,
    field: String,
    value: String,
    by: String,
    on: String,
    recorded: Option<When>,
}

struct TokenRow {
    id: String,
    uses: String,
    expires: String,
    by: String,
}

#[derive(Template)]
#[template(path = "pages/unit.html")]
struct UnitPage {
    page: Page,
    crumbs: Vec<Crumb>,
    unit: Unit,
    level: String,
    children: Vec<Crumb>,
    row: forms::UnitRow,
    groups: Vec<LineGroup>,
    router_lines: Vec<RouterLineView>,
    switched_on: SwitchedOn,
    neighbours: Option<NeighboursView>,
    devices: Vec<DeviceLine>,
    peripherals: Vec<PeripheralLine>,
    flags: Vec<FlagView>,
    flag_count: String,
    declarations: Vec<DeclaredRow>,
    history: Vec<DeclaredRow>,
    tokens: Vec<TokenRow>,
    may_edit: bool,
}

async fn show(viewer: Viewer, Path(code): Path<String>) -> Result<Response, WebError> {
    let unit = viewer.unit(&code).await?;
    let (store, l) = (viewer.store(), viewer.l());
    let inventory = viewer.inventory(&unit).await?;
    let view = View { inventory: &inventory, thresholds: &viewer.web.app.thresholds(), now: viewer.now };
    let children = store.children(&code, viewer.today()).await?;
    let own = FlagQuery { unit: Some(&code), ..FlagQuery::default() };
    let flags = store.flags_page(&own, MOST_FLAGS, viewer.today()).await?;
    let counts = store.flag_counts(&own, viewer.today()).await?;
    let page = UnitPage {
        crumbs: viewer.path_to(&code).await?.into_iter().map(Crumb::of_unit).collect(),
        level: l.or_code("level-", unit.level.as_str()),
        children: children.into_iter().map(Crumb::of_unit).collect(),
        row: forms::unit_row(&viewer, &inventory),
        groups: lines::groups(&viewer, view).await?,
        router_lines: router_lines::views(l, view),
        switched_on: SwitchedOn::of(&viewer, &code).await?,
        neighbours: NeighboursView::of(l, view),
        devices: inventory.devices.iter().map(|facts| DeviceLine::new(&viewer, &inventory, facts)).collect(),
        peripherals: peripherals(&viewer, &inventory),
        flag_count: format::number(counts.iter().map(|(_, count)| count).sum()),
        flags: flags.into_iter().map(|flag| FlagView::new(&viewer, flag)).collect(),
        declarations: declarations(l, &inventory),
        history: changes(&viewer, store.declaration_history(&code).await?)?,
        tokens: tokens(&viewer, &code).await?,
        may_edit: viewer.may_edit(),
        page: viewer.page(Section::Units, unit.full_name.clone()),
        unit,
    };
    Ok(html(&page))
}

fn peripherals(viewer: &Viewer, inventory: &UnitInventory) -> Vec<PeripheralLine> {
    let names: HashMap<&str, &DeviceFacts> =
        inventory.devices.iter().map(|facts| (facts.device.as_str(), facts)).collect();
    let host = |id: &str| names.get(id).map_or_else(|| id.to_owned(), |facts| facts::name(facts));
    let mut things: Vec<_> = inventory.peripherals.iter().collect();
    things.sort_by(|a, b| (a.kind, &a.name, &a.serial).cmp(&(b.kind, &b.name, &b.serial)));
    things.into_iter().map(|thing| PeripheralLine::new(viewer, thing, host)).collect()
}

fn declarations(l: Lang, inventory: &UnitInventory) -> Vec<DeclaredRow> {
    let mut rows = Vec::new();
    for (system, fields) in &inventory.declarations.0 {
        rows.extend(fields.iter().map(|(field, declared)| DeclaredRow {
            system: system.clone(),
            field: l.field(field),
            value: declared.value.clone(),
            by: declared.declared_by.clone(),
            on: format::date(declared.declared_on),
            recorded: None,
        }));
    }
    rows
}

fn changes(viewer: &Viewer, rows: Vec<DeclarationRow>) -> Result<Vec<DeclaredRow>, WebError> {
    let l = viewer.l();
    let shown = rows.into_iter().take(HISTORY_SHOWN).map(|row| {
        Ok(DeclaredRow {
            field: l.field(&row.field),
            value: row.value.unwrap_or_else(|| l.t("withdrawn")),
            on: format::date(time::parse_date(&row.declared_on)?),
            recorded: Some(When::new(l, time::parse(&row.recorded_at)?, viewer.now)),
            system: row.system,
            by: row.declared_by,
        })
    });
    shown.collect()
}

async fn tokens(viewer: &Viewer, unit: &str) -> Result<Vec<TokenRow>, WebError> {
    if !viewer.may_edit() {
        return Ok(Vec::new());
    }
    let usable = |token: &EnrolmentToken| token.unit == unit && token.state(viewer.now) == TokenState::Valid;
    let tokens = viewer.store().tokens().await?.into_iter().filter(usable);
    Ok(tokens
        .map(|token| TokenRow {
            uses: format!("{} / {}", format::number(token.uses_left), format::number(token.uses_total)),
            expires: token.expires_at.map_or_else(String::new, format::time),
            by: viewer.l().actor(&token.created_by),
            id: token.id,
        })
        .collect())
}
