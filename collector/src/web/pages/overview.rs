//! Which of my units fail, why, and what is to be done next.

use crate::web::{
    Web,
    error::WebError,
    html,
    page::{Page, Section},
    pages::flags::FlagView,
    viewer::Viewer,
};
use crate::{inventory::Unit, store::pages::flags::FlagQuery};
use askama::Template;
use axum::{Router, extract::Query, response::Response, routing::get};
use serde::Deserialize;
use std::sync::Arc;

mod criteria;
mod figures;
mod heat;
mod known;

use figures::Figure;
use heat::{HeatRow, Order};
use known::Known;

const NEWEST_FLAGS: i64 = 8;
/// Below this many rows, units without data are shown among the others.
const SHOW_ALL_BELOW: usize = 40;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/", get(show)).merge(figures::routes())
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    unit: Option<String>,
    sort: Option<String>,
    dir: Option<String>,
    empty: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/overview.html")]
struct OverviewPage {
    page: Page,
    crumbs: Vec<Crumb>,
    heading: String,
    figures: Vec<Figure>,
    /// Where the needs come from, and the page that lists them.
    needs: Option<(String, String)>,
    columns: Vec<Column>,
    rows: Vec<HeatRow>,
    hidden: usize,
    show_hidden: String,
    flags: Vec<FlagView>,
    all_flags: String,
    has_data: bool,
}

pub struct Crumb {
    pub href: String,
    pub text: String,
}

impl Crumb {
    pub fn of_unit(unit: Unit) -> Self {
        Self { href: format!("/units/{}", unit.code), text: unit.full_name }
    }
}

struct Column {
    text: String,
    title: String,
    href: String,
    sort: Option<&'static str>,
    numeric: bool,
}

async fn show(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let tree = viewer.tree().await?;
    let known = Known::load(&viewer).await?;
    let chosen = match viewer.unit_or_top(asked.unit.as_deref()).await? {
        Some(unit) => Some(unit),
        None if asked.unit.is_none() => tree.common(known.codes()).cloned(),
        None => None,
    };
    let code = chosen.as_ref().map(|unit| unit.code.as_str());
    let order = Order::parse(asked.sort.as_deref(), asked.dir.as_deref());
    let sums = tree.sums(&known.by_unit);
    let mut rows = heat::rows(&viewer, &tree, &known.by_unit, &sums, code);
    order.apply(&mut rows);
    let total = rows.len();
    if total > SHOW_ALL_BELOW && asked.empty.is_none() {
        rows.retain(|row| row.has_data);
    }
    let whole = heat::whole(&known.by_unit, &sums, code, &tree);
    let query = FlagQuery { below: code, ..FlagQuery::default() };
    let flags = viewer.store().flags_page(&query, NEWEST_FLAGS, viewer.today()).await?;
    let l = viewer.l();
    let page = OverviewPage {
        crumbs: crumbs(&viewer, code).await?,
        heading: chosen.as_ref().map_or_else(|| l.t("whole-country"), |unit| unit.full_name.clone()),
        figures: figures::figures(l, &whole, code),
        needs: code.map(|code| (format!("/figures/needs?unit={code}"), format!("/procurement?unit={code}"))),
        columns: columns(&viewer, code, order),
        hidden: total - rows.len(),
        show_hidden: address(code, order, true),
        rows,
        flags: flags.into_iter().map(|flag| FlagView::new(&viewer, flag)).collect(),
        all_flags: code.map_or_else(|| "/flags".to_owned(), |code| format!("/flags?unit={code}")),
        has_data: !known.by_unit.is_empty(),
        page: viewer.page(Section::Overview, l.t("nav-overview")),
    };
    Ok(html(&page))
}

async fn crumbs(viewer: &Viewer, code: Option<&str>) -> Result<Vec<Crumb>, WebError> {
    let mut crumbs = Vec::new();
    if viewer.session.unit.is_none() {
        crumbs.push(Crumb { href: "/?unit=".into(), text: viewer.l().t("whole-country") });
    }
    if let Some(code) = code {
        let path: Vec<Unit> = viewer.path_to(code).await?;
        crumbs.extend(
            path.iter()
                .map(|unit| Crumb { href: format!("/?unit={}", unit.code), text: unit.full_name.clone() }),
        );
    }
    Ok(crumbs)
}

fn address(code: Option<&str>, order: Order, empty: bool) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("unit", code.unwrap_or_default());
    if let Some((sort, dir)) = order.parameters() {
        query.append_pair("sort", sort).append_pair("dir", dir);
    }
    if empty {
        query.append_pair("empty", "1");
    }
    format!("/?{}", query.finish())
}

fn columns(viewer: &Viewer, code: Option<&str>, order: Order) -> Vec<Column> {
    let l = viewer.l();
    let column = |key: &'static str, numeric: bool| Column {
        text: l.t(&format!("column-{key}")),
        title: l.t(&format!("column-{key}-title")),
        href: address(code, order.toggled(key), false),
        sort: order.aria(key),
        numeric,
    };
    let criteria = criteria::ALL.iter().map(|criterion| column(criterion.key, false));
    [column("unit", false), column("computers", true)].into_iter().chain(criteria).collect()
}
