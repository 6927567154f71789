use super::csv::Csv;
use crate::{
    inventory::Unit,
    store::pages::flags::{FlagQuery, NamedFlag},
    web::{
        Web,
        error::WebError,
        evidence,
        format::{self, When},
        html,
        i18n::Lang,
        page::{Page, Section},
        rule,
        tone::{Tone, Toned},
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{Router, extract::Query, response::Response, routing::get};
use serde::Deserialize;
use std::sync::Arc;

mod flag;

/// Of one rule on the page; the export has them all.
const SHOWN_OF_A_RULE: i64 = 100;
/// Read at once for an export.
const PIECE: i64 = 1_000;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/flags", get(show)).route("/flags.csv", get(export)).merge(flag::routes())
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    unit: Option<String>,
    /// A rule, or the part before its point.
    rule: Option<String>,
    closed: Option<String>,
    /// Without the units below.
    only: Option<String>,
}

/// One flag as a row.
pub struct FlagView {
    pub href: String,
    pub title: Toned,
    pub subject: String,
    pub subject_href: Option<String>,
    pub unit: String,
    pub unit_name: String,
    pub evidence: String,
    pub since: When,
    pub closed: Option<When>,
    /// By whom, why, and until when.
    pub acknowledged: Option<String>,
}

impl FlagView {
    pub fn new(viewer: &Viewer, named: NamedFlag) -> Self {
        let l = viewer.l();
        let flag = named.flag;
        let unit_name = named.unit_name.unwrap_or_else(|| flag.unit.clone());
        let (subject, subject_href) = match (flag.device, flag.system) {
            (Some(id), _) => (named.host_name.unwrap_or_else(|| id.clone()), Some(format!("/devices/{id}"))),
            (None, Some(system)) => (system, None),
            (None, None) => (l.t("flag-of-unit"), None),
        };
        Self {
            href: format!("/flags/{}", flag.id),
            title: Toned::new(Tone::of_rule(&flag.rule), rule::title(l, &flag.rule)),
            acknowledged: named.acknowledged.and_then(|known| flag::told(viewer, &known)),
            subject,
            subject_href,
            unit_name,
            evidence: evidence::text(l, &flag.evidence),
            since: When::new(l, flag.since, viewer.now),
            closed: When::maybe(l, flag.closed_at, viewer.now),
            unit: flag.unit,
        }
    }
}

struct Group {
    rule: String,
    title: Toned,
    basis: String,
    count: String,
    flags: Vec<FlagView>,
    more: i64,
}

struct RuleChip {
    href: String,
    text: String,
    pressed: bool,
}

#[derive(Template)]
#[template(path = "pages/flags.html")]
struct FlagsPage {
    page: Page,
    unit: Option<(String, String)>,
    total: String,
    closed: bool,
    chips: Vec<RuleChip>,
    groups: Vec<Group>,
    toggle_closed: String,
    without_unit: String,
    csv: String,
}

/// Of whom: the unit asked for with or without those below it, or what the reader may see.
fn query<'a>(asked: &'a Asked, unit: Option<&'a Unit>) -> FlagQuery<'a> {
    let code = unit.map(|unit| unit.code.as_str());
    let (below, unit) = if asked.only.is_some() { (None, code) } else { (code, None) };
    FlagQuery { below, unit, closed: asked.closed.is_some(), ..FlagQuery::default() }
}

/// Every flag that the query means, piece by piece.
pub async fn each(
    viewer: &Viewer,
    query: &FlagQuery<'_>,
    mut take: impl FnMut(NamedFlag) -> Result<(), WebError>,
) -> Result<(), WebError> {
    let mut mark = None;
    loop {
        let (flags, last) = viewer.store().flags_after(query, mark, PIECE, viewer.today()).await?;
        if last.is_none() {
            return Ok(());
        }
        mark = last;
        flags.into_iter().try_for_each(&mut take)?;
    }
}

fn is_asked(asked: Option<&str>, rule: &str) -> bool {
    asked.is_none_or(|asked| {
        asked.is_empty()
            || asked == rule
            || rule.strip_prefix(asked).is_some_and(|rest| rest.starts_with('.'))
    })
}

fn address(asked: &Asked, path: &str, unit: Option<&str>, rule: Option<&str>, closed: bool) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let only = asked.only.as_deref();
    let closed = closed.then_some("1");
    for (name, value) in [("unit", unit), ("rule", rule), ("closed", closed), ("only", only)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

async fn show(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let unit = viewer.unit_or_top(asked.unit.as_deref()).await?;
    let query = query(&asked, unit.as_ref());
    let counts = viewer.store().flag_counts(&query, viewer.today()).await?;
    let l = viewer.l();
    let closed = asked.closed.is_some();
    let (code, rule) = (asked.unit.as_deref(), asked.rule.as_deref());
    let chips = chips(l, &asked, &counts);
    let (mut groups, mut total) = (Vec::new(), 0);
    for (id, count) in counts.iter().filter(|(id, _)| is_asked(rule, id)) {
        groups.push(group(&viewer, query, id, *count).await?);
        total += count;
    }
    groups.sort_by_key(|group| std::cmp::Reverse(Tone::of_rule(&group.rule)));
    let page = FlagsPage {
        unit: unit
            .as_ref()
            .filter(|_| code.is_some())
            .map(|unit| (unit.code.clone(), unit.full_name.clone())),
        total: format::number(total),
        closed,
        chips,
        groups,
        toggle_closed: address(&asked, "/flags", code, rule, !closed),
        without_unit: address(&Asked::default(), "/flags", None, rule, closed),
        csv: address(&asked, "/flags.csv", code, rule, closed),
        page: viewer.page(Section::Flags, l.t("nav-flags")),
    };
    Ok(html(&page))
}

fn chips(l: Lang, asked: &Asked, counts: &[(String, i64)]) -> Vec<RuleChip> {
    let closed = asked.closed.is_some();
    let chip = |rule: Option<&str>, text: String| RuleChip {
        href: address(asked, "/flags", asked.unit.as_deref(), rule, closed),
        text,
        pressed: asked.rule.as_deref().unwrap_or_default() == rule.unwrap_or_default(),
    };
    let rules = counts.iter().map(|(rule, count)| {
        chip(Some(rule), format!("{} ({})", rule::title(l, rule), format::number(*count)))
    });
    [chip(None, l.t("flags-all-rules"))].into_iter().chain(rules).collect()
}

async fn group(viewer: &Viewer, query: FlagQuery<'_>, rule: &str, count: i64) -> Result<Group, WebError> {
    let l = viewer.l();
    let query = FlagQuery { rule: Some(rule), ..query };
    let flags = viewer.store().flags_page(&query, SHOWN_OF_A_RULE, viewer.today()).await?;
    Ok(Group {
        title: Toned::new(Tone::of_rule(rule), rule::title(l, rule)),
        basis: rule::basis(l, rule),
        count: format::number(count),
        more: (count - SHOWN_OF_A_RULE).max(0),
        flags: flags.into_iter().map(|flag| FlagView::new(viewer, flag)).collect(),
        rule: rule.to_owned(),
    })
}

async fn export(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let unit = viewer.unit_or_top(asked.unit.as_deref()).await?;
    let rule = asked.rule.as_deref().filter(|rule| !rule.is_empty());
    let query = FlagQuery { rule, ..query(&asked, unit.as_ref()) };
    let l = viewer.l();
    let mut csv = Csv::new(&viewer)?;
    csv.row(HEADS.map(|key| l.t(key)))?;
    each(&viewer, &query, |named| csv.row(cells(&viewer, named))).await?;
    csv.answer("canh-bao.csv")
}

const HEADS: [&str; 9] = [
    "flag-rule",
    "flag-rule-id",
    "unit",
    "unit-code",
    "flag-subject",
    "flag-since",
    "flag-evidence",
    "flag-basis",
    "flag-acknowledged",
];

fn cells(viewer: &Viewer, named: NamedFlag) -> [String; 9] {
    let rule = named.flag.rule.clone();
    let view = FlagView::new(viewer, named);
    let subject = if view.subject_href.is_some() { view.subject } else { String::new() };
    let basis = rule::basis(viewer.l(), &rule);
    let acknowledged = view.acknowledged.unwrap_or_default();
    [
        view.title.text,
        rule,
        view.unit_name,
        view.unit,
        subject,
        view.since.exact,
        view.evidence,
        basis,
        acknowledged,
    ]
}

#[cfg(test)]
mod tests {
    use super::is_asked;

    #[test]
    fn a_rule_is_asked_by_its_name_or_its_group() {
        assert!(is_asked(None, "internet.single-line"));
        assert!(is_asked(Some("internet"), "internet.single-line"));
        assert!(is_asked(Some("internet.single-line"), "internet.single-line"));
        assert!(!is_asked(Some("inter"), "internet.single-line"));
        assert!(!is_asked(Some("endpoint"), "internet.single-line"));
    }
}
