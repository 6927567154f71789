use crate::{
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
use std::{collections::BTreeMap, sync::Arc};

const MOST: i64 = 5_000;
/// Of one rule on the page; the export has them all.
const SHOWN_OF_A_RULE: usize = 100;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/flags", get(show)).route("/flags.csv", get(export))
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
    pub title: Toned,
    pub subject: String,
    pub subject_href: Option<String>,
    pub unit: String,
    pub unit_name: String,
    pub evidence: String,
    pub since: When,
    pub closed: Option<When>,
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
            title: Toned::new(Tone::of_rule(&flag.rule), rule::title(l, &flag.rule)),
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
    more: usize,
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
    capped: bool,
    closed: bool,
    chips: Vec<RuleChip>,
    groups: Vec<Group>,
    toggle_closed: String,
    without_unit: String,
    csv: String,
}

async fn flags(
    viewer: &Viewer,
    asked: &Asked,
) -> Result<(Option<crate::inventory::Unit>, Vec<NamedFlag>), WebError> {
    let unit = viewer.unit_or_top(asked.unit.as_deref()).await?;
    let below = unit.as_ref().map(|unit| unit.code.as_str());
    let query = FlagQuery { below, closed: asked.closed.is_some(), limit: MOST, ..FlagQuery::default() };
    let mut found = viewer.store().flags_page(&query, viewer.today()).await?;
    if asked.only.is_some() {
        found.retain(|named| Some(named.flag.unit.as_str()) == below);
    }
    Ok((unit, found))
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
    let (unit, found) = flags(&viewer, &asked).await?;
    let l = viewer.l();
    let capped = found.len() as i64 == MOST;
    let mut by_rule = BTreeMap::<String, Vec<NamedFlag>>::new();
    for named in found {
        by_rule.entry(named.flag.rule.clone()).or_default().push(named);
    }
    let closed = asked.closed.is_some();
    let (code, rule) = (asked.unit.as_deref(), asked.rule.as_deref());
    let chips = chips(l, &asked, &by_rule);
    by_rule.retain(|id, _| is_asked(rule, id));
    let total: usize = by_rule.values().map(Vec::len).sum();
    let mut groups: Vec<Group> =
        by_rule.into_iter().map(|(rule, flags)| group(&viewer, rule, flags)).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(Tone::of_rule(&group.rule)));
    let page = FlagsPage {
        unit: unit.filter(|_| code.is_some()).map(|unit| (unit.code, unit.full_name)),
        total: format::count(total),
        capped,
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

fn chips(l: Lang, asked: &Asked, by_rule: &BTreeMap<String, Vec<NamedFlag>>) -> Vec<RuleChip> {
    let closed = asked.closed.is_some();
    let chip = |rule: Option<&str>, text: String| RuleChip {
        href: address(asked, "/flags", asked.unit.as_deref(), rule, closed),
        text,
        pressed: asked.rule.as_deref().unwrap_or_default() == rule.unwrap_or_default(),
    };
    let rules = by_rule.iter().map(|(rule, flags)| {
        chip(Some(rule), format!("{} ({})", rule::title(l, rule), format::count(flags.len())))
    });
    [chip(None, l.t("flags-all-rules"))].into_iter().chain(rules).collect()
}

fn group(viewer: &Viewer, rule: String, flags: Vec<NamedFlag>) -> Group {
    let l = viewer.l();
    let count = flags.len();
    Group {
        title: Toned::new(Tone::of_rule(&rule), rule::title(l, &rule)),
        basis: rule::basis(l, &rule),
        count: format::count(count),
        flags: flags.into_iter().take(SHOWN_OF_A_RULE).map(|flag| FlagView::new(viewer, flag)).collect(),
        more: count.saturating_sub(SHOWN_OF_A_RULE),
        rule,
    }
}

async fn export(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let (_, found) = flags(&viewer, &asked).await?;
    let l = viewer.l();
    let mut csv = super::csv::Csv::new();
    let heads = [
        "flag-rule",
        "flag-rule-id",
        "unit",
        "unit-code",
        "flag-subject",
        "flag-since",
        "flag-evidence",
        "flag-basis",
    ];
    csv.row(heads.map(|key| l.t(key)))?;
    for named in found.into_iter().filter(|named| is_asked(asked.rule.as_deref(), &named.flag.rule)) {
        let rule = named.flag.rule.clone();
        let view = FlagView::new(&viewer, named);
        let subject = if view.subject_href.is_some() { view.subject } else { String::new() };
        let basis = rule::basis(l, &rule);
        csv.row([
            view.title.text,
            rule,
            view.unit_name,
            view.unit,
            subject,
            view.since.exact,
            view.evidence,
            basis,
        ])?;
    }
    csv.answer("canh-bao.csv")
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
