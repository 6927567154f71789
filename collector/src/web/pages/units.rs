//! The tree of units, and one unit with everything it owns.

use crate::web::{
    Web,
    error::WebError,
    format, html,
    i18n::Lang,
    page::{Page, Section},
    tree::UnitTree,
    viewer::Viewer,
};
use askama::Template;
use axum::{Router, extract::Query, response::Response, routing::get};
use serde::Deserialize;
use std::{
    collections::{BTreeSet, HashMap},
    ops::AddAssign,
    sync::Arc,
};

mod lines;
mod neighbours;
mod router_lines;
mod settings;
mod token;
mod unit;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/units", get(show))
        .route("/units/rows", get(rows_below))
        .merge(unit::routes())
        .merge(token::routes())
        .merge(settings::routes())
}

#[derive(Debug, Clone, Default)]
struct UnitCounts {
    /// Workstations and laptops.
    computers: i64,
    servers: i64,
    of_unknown_kind: i64,
    peripherals: i64,
    flags: i64,
}

impl UnitCounts {
    fn is_empty(&self) -> bool {
        self.computers + self.servers + self.of_unknown_kind == 0
    }
}

impl AddAssign<&Self> for UnitCounts {
    fn add_assign(&mut self, other: &Self) {
        self.computers += other.computers;
        self.servers += other.servers;
        self.of_unknown_kind += other.of_unknown_kind;
        self.peripherals += other.peripherals;
        self.flags += other.flags;
    }
}

struct UnitRow {
    code: String,
    parent: String,
    name: String,
    depth: usize,
    has_children: bool,
    open: bool,
    computers: String,
    /// How many more, of which nobody knows what they are.
    of_unknown_kind: Option<String>,
    servers: String,
    peripherals: String,
    flags: String,
    flagged: bool,
    empty: bool,
}

#[derive(Template)]
#[template(path = "pages/units.html")]
struct UnitsPage {
    page: Page,
    rows: Vec<UnitRow>,
    total: String,
    open: String,
    no_units: bool,
}

#[derive(Template)]
#[template(path = "pages/units_rows.html")]
struct UnitRows {
    l: Lang,
    rows: Vec<UnitRow>,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    open: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Below {
    parent: String,
    depth: usize,
}

async fn counts(viewer: &Viewer) -> Result<HashMap<String, UnitCounts>, WebError> {
    let mut counts = HashMap::<String, UnitCounts>::new();
    let store = viewer.store();
    let since = viewer.days_ago(viewer.web.app.thresholds().device_counts_days);
    for group in store.device_groups(since, viewer.now).await? {
        let unit = counts.entry(group.unit_code).or_default();
        *match group.kind.as_str() {
            "workstation" | "laptop" => &mut unit.computers,
            "server" => &mut unit.servers,
            _ => &mut unit.of_unknown_kind,
        } += group.devices;
    }
    for (code, peripherals) in store.peripheral_counts().await? {
        counts.entry(code).or_default().peripherals = peripherals;
    }
    for group in store.flag_groups(viewer.now).await? {
        counts.entry(group.unit_code).or_default().flags += group.open_now;
    }
    Ok(counts)
}

async fn show(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let tree = viewer.tree().await?;
    let own = counts(&viewer).await?;
    let open: BTreeSet<String> = match &asked.open {
        Some(codes) => codes.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        None => opened_by_default(&tree, &own),
    };
    let sums = tree.sums(&own);
    let mut rows = Vec::new();
    let l = viewer.l();
    push_rows(l, &Counted { tree: &tree, sums: &sums }, &open, None, 0, &mut rows);
    let page = UnitsPage {
        total: format::count(tree.len()),
        no_units: rows.is_empty(),
        rows,
        open: open.into_iter().collect::<Vec<_>>().join(","),
        page: viewer.page(Section::Units, l.t("nav-units")),
    };
    Ok(html(&page))
}

/// Down to where the units with data part.
fn opened_by_default(tree: &UnitTree, own: &HashMap<String, UnitCounts>) -> BTreeSet<String> {
    let with_data = own.iter().filter(|(_, counts)| !counts.is_empty());
    match tree.common(with_data.map(|(code, _)| code.as_str())) {
        Some(common) => tree.upwards(&common.code).map(|unit| unit.code.clone()).collect(),
        None => tree
            .children(None)
            .first()
            .filter(|_| tree.len() < 40)
            .map(|u| u.code.clone())
            .into_iter()
            .collect(),
    }
}

struct Counted<'a> {
    tree: &'a UnitTree,
    sums: &'a HashMap<String, UnitCounts>,
}

fn push_rows(
    l: Lang,
    counted: &Counted<'_>,
    open: &BTreeSet<String>,
    parent: Option<&str>,
    depth: usize,
    rows: &mut Vec<UnitRow>,
) {
    let Counted { tree, sums } = counted;
    // Units with data first: among 63 provinces a reader looks for their own.
    let mut children = tree.children(parent);
    children.sort_by_key(|unit| sums.get(&unit.code).is_none_or(UnitCounts::is_empty));
    for unit in children {
        let counts = sums.get(&unit.code).cloned().unwrap_or_default();
        let is_open = open.contains(&unit.code);
        let dash = |count: i64| if count == 0 { "–".to_owned() } else { format::number(count) };
        rows.push(UnitRow {
            code: unit.code.clone(),
            parent: parent.unwrap_or_default().to_owned(),
            name: unit.full_name.clone(),
            depth,
            has_children: tree.has_children(&unit.code),
            open: is_open,
            computers: dash(counts.computers),
            of_unknown_kind: (counts.of_unknown_kind > 0)
                .then(|| l.n("heat-unknown-kind", counts.of_unknown_kind)),
            servers: dash(counts.servers),
            peripherals: dash(counts.peripherals),
            flags: dash(counts.flags),
            flagged: counts.flags > 0,
            empty: counts.is_empty(),
        });
        if is_open {
            push_rows(l, counted, open, Some(&unit.code), depth + 1, rows);
        }
    }
}

/// The rows below one that a reader opens.
async fn rows_below(viewer: Viewer, Query(asked): Query<Below>) -> Result<Response, WebError> {
    let parent = viewer.unit(&asked.parent).await?;
    let tree = UnitTree::new(viewer.store().subtree(&parent.code, viewer.today()).await?);
    let sums = tree.sums(&counts(&viewer).await?);
    let mut rows = Vec::new();
    push_rows(
        viewer.l(),
        &Counted { tree: &tree, sums: &sums },
        &BTreeSet::new(),
        Some(&parent.code),
        asked.depth.saturating_add(1).min(16),
        &mut rows,
    );
    Ok(html(&UnitRows { l: viewer.l(), rows }))
}
