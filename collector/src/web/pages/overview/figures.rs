//! The four figures above the table.

use super::known::UnitKnown;
use crate::{
    app::plan,
    web::{Web, error::WebError, format, html, i18n::Lang, viewer::Viewer},
};
use askama::Template;
use axum::{Router, extract::Query, response::Response, routing::get};
use serde::Deserialize;
use std::sync::Arc;

/// Below this share a bar is drawn as a warning.
const LOW_PERMILLE: i64 = 900;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/figures/needs", get(needs))
}

pub struct Figure {
    pub name: String,
    pub value: String,
    pub of: Option<String>,
    pub permille: Option<i64>,
    pub note: String,
    pub trend: Option<Trend>,
    pub href: String,
}

pub struct Trend {
    pub class: &'static str,
    pub text: String,
}

impl Figure {
    pub fn low(&self) -> bool {
        self.permille.is_some_and(|share| share < LOW_PERMILLE)
    }

    fn share(name: String, good: i64, all: i64, note: String, trend: Trend, href: String) -> Self {
        Self {
            name,
            value: format::number(good),
            of: Some(format::number(all)),
            permille: (all > 0).then(|| good * 1000 / all),
            note,
            trend: Some(trend),
            href,
        }
    }
}

/// Of a figure that is not yet that old nothing is told.
fn trend(l: Lang, now: i64, then: Option<i64>) -> Trend {
    let Some(then) = then else {
        return Trend { class: "", text: l.t("trend-none") };
    };
    let (sign, class) = match now - then {
        0 => return Trend { class: "", text: l.t("trend-same") },
        1.. => ("+", "kk-up"),
        _ => ("−", "kk-down"),
    };
    let change = format!("{sign}{}", format::number((now - then).abs()));
    Trend { class, text: l.with("trend-changed", "change", change) }
}

fn search(code: Option<&str>, facet: &str, value: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(code.map(|code| ("unit", code))).append_pair(facet, value);
    format!("/search?{}", query.finish())
}

/// What is counted at once; the needs follow when they are computed.
pub fn figures(l: Lang, known: &UnitKnown, code: Option<&str>) -> Vec<Figure> {
    vec![reporting(l, known, code), lines(l, known, code), protected(l, known, code)]
}

fn reporting(l: Lang, known: &UnitKnown, code: Option<&str>) -> Figure {
    Figure::share(
        l.t("figure-reporting"),
        known.alive,
        known.devices(),
        l.n("figure-reporting-note", known.servers),
        trend(l, known.alive, known.then.alive),
        search(code, "kind", "device"),
    )
}

fn lines(l: Lang, known: &UnitKnown, code: Option<&str>) -> Figure {
    let unit = code.map_or_else(String::new, |code| format!("unit={code}&"));
    Figure::share(
        l.t("figure-lines"),
        known.units_good_lines,
        known.units_with_data,
        l.n("figure-lines-note", known.units_with_data - known.units_with_lines),
        trend(l, known.units_good_lines, known.then.good_lines),
        format!("/flags?{unit}rule=internet"),
    )
}

fn protected(l: Lang, known: &UnitKnown, code: Option<&str>) -> Figure {
    let bad = known.flags("endpoint.no-protection") + known.flags("endpoint.protection-off");
    let good = (known.protection_known() - bad).max(0);
    Figure::share(
        l.t("figure-protected"),
        good,
        known.devices(),
        l.n("figure-protected-note", known.protection_unknown),
        trend(l, good, known.then.protected),
        search(code, "av", "on"),
    )
}

#[derive(Debug, Deserialize)]
struct Asked {
    unit: String,
}

#[derive(Template)]
#[template(path = "pages/overview_needs.html")]
struct Needs {
    value: Option<String>,
    unknown: String,
    note: String,
}

/// Needs are computed from every inventory below a unit: the page does not wait for it.
async fn needs(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let unit = viewer.unit(&asked.unit).await?;
    let rows = plan::subtree_needs(&viewer.web.app, &unit, viewer.now).await?;
    let amounts = rows.iter().filter(|row| row.need.quantity > 0).map(|row| row.need.amount);
    let (priced, unpriced): (Vec<_>, Vec<_>) = amounts.partition(Option::is_some);
    let total = priced.iter().copied().flatten().fold(0_u64, u64::saturating_add);
    let l = viewer.l();
    // Needs without any price are not needs of 0 đồng, nor are none.
    let known = !priced.is_empty();
    Ok(html(&Needs {
        value: known.then(|| format::number(i64::try_from(total).unwrap_or(i64::MAX))),
        unknown: l.t(if unpriced.is_empty() { "need-none" } else { "figure-needs-unpriced" }),
        note: l.n("figure-needs-note", unpriced.len()),
    }))
}
