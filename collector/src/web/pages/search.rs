//! The search page: what is found, what it can be narrowed by, and the same as a file.

use super::csv::{Csv, cut_note};
use crate::{
    search::{Answer, FacetCount, Forgiven, MAX_LISTED, QueryError, Request, SearchError},
    web::{
        Web,
        error::{WebError, is_htmx},
        format, html,
        i18n::Lang,
        page::{Page, Section},
        rule,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{
    Router,
    extract::Query,
    http::{HeaderMap, HeaderValue},
    response::Response,
    routing::get,
};
use std::{collections::BTreeMap, sync::Arc};

mod hit;

use hit::HitView;

const PAGE: usize = 50;
const FACETS_SHOWN: usize = 8;

/// Filters that a facet sets in the address, beside what is typed.
const FACETS: [&str; 6] = ["unit", "kind", "os", "av", "isp", "flag"];

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/search", get(show)).route("/search.csv", get(export))
}

/// The state of the page, as the address holds it.
#[derive(Debug, Clone)]
struct Asked {
    q: String,
    chosen: BTreeMap<&'static str, String>,
    /// From 1.
    page: usize,
    /// The last word is the start of one: it was found as it was typed.
    typing: bool,
}

impl Asked {
    fn new(mut parameters: BTreeMap<String, String>) -> Self {
        let mut take = |name: &str| parameters.remove(name).filter(|value| !value.trim().is_empty());
        Self {
            q: take("q").unwrap_or_default(),
            page: take("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
            typing: take("typing").is_some(),
            chosen: FACETS.into_iter().filter_map(|facet| Some((facet, take(facet)?))).collect(),
        }
    }

    /// What is typed stands last: its last word may go on.
    fn text(&self) -> String {
        let filters = self.chosen.iter().map(|(facet, value)| match value.contains(char::is_whitespace) {
            true => format!("{facet}:\"{}\"", value.replace('"', " ")),
            false => format!("{facet}:{value}"),
        });
        filters.chain([self.q.clone()]).collect::<Vec<_>>().join(" ")
    }

    fn address(&self, path: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        query.extend_pairs(&self.chosen);
        if self.typing && !self.q.is_empty() {
            query.append_pair("typing", "1");
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    fn toggled(&self, facet: &'static str, value: &str) -> Self {
        let mut other = self.at(1);
        if other.chosen.get(facet).is_some_and(|chosen| chosen == value) {
            other.chosen.remove(facet);
        } else {
            other.chosen.insert(facet, value.to_owned());
        }
        other
    }

    fn at(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    fn offset(&self) -> usize {
        (self.page - 1).saturating_mul(PAGE)
    }

    fn unfiltered(&self) -> Self {
        Self { chosen: BTreeMap::new(), ..self.at(1) }
    }
}

struct FacetView {
    name: String,
    values: Vec<FacetValue>,
}

struct FacetValue {
    href: String,
    text: String,
    count: String,
    pressed: bool,
}

/// A page behind the last one that is listed.
struct Beyond {
    told: String,
    last: String,
    last_told: String,
}

#[derive(Template)]
#[template(path = "pages/search_results.html")]
struct Results {
    l: Lang,
    total: String,
    took: String,
    hits: Vec<HitView>,
    facets: Vec<FacetView>,
    forgiven: Option<String>,
    error: Option<String>,
    csv: String,
    previous: Option<String>,
    next: Option<String>,
    range: String,
    beyond: Option<Beyond>,
    any_chosen: bool,
    clear: String,
}

#[derive(Template)]
#[template(path = "pages/search.html")]
struct SearchPage {
    page: Page,
    q: String,
    hidden: Vec<(&'static str, String)>,
    results: Results,
}

async fn show(
    viewer: Viewer,
    headers: HeaderMap,
    Query(parameters): Query<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let fragment = is_htmx(&headers);
    let asked = Asked::new(parameters);
    let asked = Asked { typing: asked.typing || fragment, ..asked };
    let results = match answer(&viewer, &asked, PAGE) {
        Ok(answer) => results(&viewer, &asked, answer),
        Err(SearchError::Query(error)) => refused(viewer.l(), &asked, &error),
        Err(error) => return Err(error.into()),
    };
    if fragment {
        let mut response = html(&results);
        if let Ok(here) = HeaderValue::from_str(&asked.address("/search")) {
            response.headers_mut().insert("hx-replace-url", here);
        }
        return Ok(response);
    }
    let l = viewer.l();
    let page = SearchPage {
        hidden: asked.chosen.iter().map(|(facet, value)| (*facet, value.clone())).collect(),
        results,
        page: viewer.page(Section::Search, l.t("nav-search")),
        q: asked.q,
    };
    Ok(html(&page))
}

fn answer(viewer: &Viewer, asked: &Asked, limit: usize) -> Result<Answer, SearchError> {
    viewer.web.app.search.search(&Request {
        text: asked.text(),
        typing: asked.typing,
        limit,
        offset: asked.offset(),
        scope: viewer.session.unit.clone(),
    })
}

fn results(viewer: &Viewer, asked: &Asked, answer: Answer) -> Results {
    let l = viewer.l();
    let total = usize::try_from(answer.total).unwrap_or(usize::MAX);
    let offset = asked.offset();
    let end = offset.saturating_add(answer.hits.len());
    Results {
        l,
        total: format::count(total),
        took: format!("{:.1}", answer.took_ms).replace('.', ","),
        facets: facets(l, asked, &answer),
        hits: answer.hits.iter().map(|hit| HitView::new(l, hit)).collect(),
        forgiven: forgiven(l, &answer.forgiven),
        error: None,
        csv: asked.at(1).address("/search.csv"),
        previous: (asked.page > 1 && end > offset).then(|| asked.at(asked.page - 1).address("/search")),
        next: (end > offset && end < total.min(MAX_LISTED))
            .then(|| asked.at(asked.page + 1).address("/search")),
        range: format!("{}–{}", format::count(offset + 1), format::count(end)),
        beyond: (end == offset && total > 0).then(|| beyond(l, asked, total)),
        any_chosen: !asked.chosen.is_empty(),
        clear: asked.unfiltered().address("/search"),
    }
}

fn beyond(l: Lang, asked: &Asked, total: usize) -> Beyond {
    let last = total.min(MAX_LISTED).div_ceil(PAGE);
    let numbers = [("page", format::count(asked.page).into()), ("last", format::count(last).into())];
    let cut = (total > MAX_LISTED).then(|| l.with("search-listed-only", "n", format::count(MAX_LISTED)));
    let told = [Some(l.args("search-beyond", numbers)), cut];
    Beyond {
        told: told.into_iter().flatten().collect::<Vec<_>>().join(" "),
        last: asked.at(last).address("/search"),
        last_told: l.with("search-to-page", "page", format::count(last)),
    }
}

/// A query that cannot be read: what is wrong with it, in the reader's language.
fn refused(l: Lang, asked: &Asked, error: &QueryError) -> Results {
    let text = match error {
        QueryError::UnknownFilter { name } => l.with("query-unknown-filter", "name", name),
        QueryError::MissingValue { filter, example } => {
            l.args("query-missing-value", [("filter", (*filter).into()), ("example", (*example).into())])
        }
        QueryError::UnknownValue { filter, value, allowed } => l.args(
            "query-unknown-value",
            [
                ("filter", (*filter).into()),
                ("value", value.as_str().into()),
                ("allowed", allowed.as_str().into()),
            ],
        ),
        QueryError::TooManyWords(count) => l.n("query-too-many-words", *count),
    };
    Results {
        error: Some(text),
        l,
        total: "0".into(),
        took: "0".into(),
        hits: Vec::new(),
        facets: Vec::new(),
        forgiven: None,
        csv: asked.address("/search.csv"),
        previous: None,
        next: None,
        range: String::new(),
        beyond: None,
        any_chosen: !asked.chosen.is_empty(),
        clear: asked.unfiltered().address("/search"),
    }
}

fn forgiven(l: Lang, forgiven: &[Forgiven]) -> Option<String> {
    if forgiven.is_empty() {
        return None;
    }
    let words = forgiven.iter().map(|word| format!("{} → {}", word.typed, word.used.join(", ")));
    Some(l.with("search-forgiven", "words", words.collect::<Vec<_>>().join("; ")))
}

fn facets(l: Lang, asked: &Asked, answer: &Answer) -> Vec<FacetView> {
    let facets = &answer.facets;
    let all: [(&'static str, &[FacetCount]); 6] = [
        ("unit", &facets.unit),
        ("kind", &facets.kind),
        ("os", &facets.os),
        ("av", &facets.av),
        ("isp", &facets.isp),
        ("flag", &facets.flag),
    ];
    let shown =
        all.into_iter().filter(|(facet, counts)| !counts.is_empty() || asked.chosen.contains_key(facet));
    shown
        .map(|(facet, counts)| FacetView {
            name: l.t(&format!("facet-{facet}")),
            values: counts
                .iter()
                .take(FACETS_SHOWN)
                .map(|count| facet_value(l, asked, facet, count))
                .collect(),
        })
        .collect()
}

fn facet_value(l: Lang, asked: &Asked, facet: &'static str, count: &FacetCount) -> FacetValue {
    let value: &str = &count.value;
    let text = match facet {
        "unit" => count.name.as_deref().unwrap_or(value).to_owned(),
        "kind" => l.or_code("kind-", value),
        "av" => l.or_code("protection-", value),
        "flag" => rule::title(l, value),
        _ => value.to_owned(),
    };
    // As it is counted: a printer that is no multifunction device.
    let filter = if facet == "kind" { format!("={value}") } else { value.to_owned() };
    FacetValue {
        href: asked.toggled(facet, &filter).address("/search"),
        text,
        count: format::number(i64::try_from(count.count).unwrap_or(i64::MAX)),
        pressed: asked.chosen.get(facet).is_some_and(|chosen| *chosen == filter),
    }
}

async fn export(
    viewer: Viewer,
    Query(parameters): Query<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let asked = Asked::new(parameters);
    let answer = match answer(&viewer, &asked.at(1), MAX_LISTED) {
        Err(SearchError::Query(_)) => {
            return Err(WebError::Invalid { field: "q", message: "error-query", value: asked.text() });
        }
        other => other?,
    };
    let l = viewer.l();
    let mut csv = Csv::new(&viewer)?;
    csv.row(["facet-kind", "name", "unit", "unit-code", "identity"].map(|key| l.t(key)))?;
    let (listed, total) = (answer.hits.len(), usize::try_from(answer.total).unwrap_or(usize::MAX));
    for hit in answer.hits {
        csv.row([l.or_code("kind-", &hit.kind), hit.title, hit.unit_path, hit.unit, hit.id])?;
    }
    if let Some(note) = cut_note(l, listed, total) {
        csv.row([note, String::new(), String::new(), String::new(), String::new()])?;
    }
    csv.answer("tim-kiem.csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        Asked::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn facets_stand_before_what_is_typed() {
        let asked = asked(&[("q", "may qu"), ("os", "Windows 7"), ("unit", "760"), ("evil", "x")]);
        assert_eq!(asked.text(), "os:\"Windows 7\" unit:760 may qu");
        assert_eq!(asked.address("/search"), "/search?q=may+qu&os=Windows+7&unit=760");
    }

    #[test]
    fn what_was_found_while_typing_is_found_again_by_every_address() {
        let typed = asked(&[("q", "may qu"), ("typing", "1")]);
        assert_eq!(typed.address("/search.csv"), "/search.csv?q=may+qu&typing=1");
        assert_eq!(typed.at(2).address("/search"), "/search?q=may+qu&typing=1&page=2");
        assert_eq!(
            typed.toggled("kind", "scanner").address("/search"),
            "/search?q=may+qu&kind=scanner&typing=1"
        );
    }

    #[test]
    fn a_second_click_takes_a_facet_away_and_starts_from_the_top() {
        let first = asked(&[("q", "x"), ("page", "2")]).toggled("kind", "printer");
        assert_eq!(first.address("/search"), "/search?q=x&kind=printer");
        assert_eq!(first.toggled("kind", "printer").address("/search"), "/search?q=x");
    }
}
