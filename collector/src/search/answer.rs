use super::{
    collect::Counts,
    highlight::{Highlighter, Marked, Match, snippet},
    kind::Kind,
    schema::Stored,
    table::{Dictionary, Names},
};
use serde::{Serialize, Serializer};
use std::sync::Arc;

#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    pub hits: Vec<Hit>,
    pub total: u64,
    pub took_ms: f64,
    pub facets: Facets,
    /// Not empty where nothing matched as typed and typos were forgiven.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forgiven: Vec<Forgiven>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    pub device: Option<String>,
    pub unit: String,
    pub kind: String,
    pub id: String,
    pub title: String,
    pub unit_path: String,
    /// Words of the query that the title, or the name of its own unit, holds.
    pub score: u8,
    #[serde(skip)]
    pub key: String,
    #[serde(skip)]
    pub marked_title: Marked,
    #[serde(skip)]
    pub marked_unit_path: Marked,
    /// What else matched.
    #[serde(skip_serializing_if = "Marked::is_empty")]
    pub snippet: Marked,
    /// Whether the query names its kind.
    #[serde(skip)]
    pub kind_matched: bool,
    /// All of them, matched or not.
    #[serde(skip)]
    pub facts: Vec<Marked>,
    /// What matched beside title, path and facts.
    #[serde(skip)]
    pub matches: Vec<Match>,
}

impl Hit {
    pub fn new(stored: Stored, score: u8, highlighter: &Highlighter) -> Self {
        let facts: Vec<Marked> = stored.facts.iter().map(|fact| highlighter.mark(fact)).collect();
        let matches = highlighter.matches(&stored.things, &stored.text);
        Self {
            marked_title: highlighter.mark(&stored.title),
            marked_unit_path: highlighter.mark(&stored.unit_path),
            snippet: snippet(&facts, &matches),
            kind_matched: Kind::parse(&stored.kind).is_some_and(|kind| highlighter.names(kind)),
            facts,
            matches,
            device: stored.device,
            unit: stored.unit,
            kind: stored.kind,
            id: stored.id,
            title: stored.title,
            unit_path: stored.unit_path,
            score,
            key: stored.key,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forgiven {
    pub typed: String,
    pub used: Vec<String>,
}

/// Over all hits, most hits first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    pub unit: Vec<FacetCount>,
    pub kind: Vec<FacetCount>,
    pub os: Vec<FacetCount>,
    pub av: Vec<FacetCount>,
    pub isp: Vec<FacetCount>,
    pub flag: Vec<FacetCount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// What a filter of the facet's name takes.
    #[serde(serialize_with = "as_text")]
    pub value: Arc<str>,
    /// Where a person reads something else than the value: the name of a unit.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_optional_text")]
    pub name: Option<Arc<str>>,
    pub count: u64,
}

fn as_text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn as_optional_text<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}

impl Facets {
    pub fn new(counts: &Counts, dictionary: &Dictionary) -> Self {
        let values = |counts: &[u64]| facet(counts, &dictionary.values, |_| None);
        let unit_name = |id: usize| dictionary.unit_names.get(id).cloned();
        Self {
            unit: facet(&counts.units, &dictionary.units, unit_name),
            kind: values(&counts.kinds),
            os: values(&counts.systems),
            av: values(&counts.protections),
            isp: values(&counts.isps),
            flag: values(&counts.flags),
        }
    }
}

fn facet(counts: &[u64], names: &Names, name: impl Fn(usize) -> Option<Arc<str>>) -> Vec<FacetCount> {
    let met = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let row = |(id, count): (usize, &u64)| FacetCount {
        value: names.name(id).clone(),
        name: name(id),
        count: *count,
    };
    let mut rows: Vec<FacetCount> = met.map(row).collect();
    rows.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    rows
}
