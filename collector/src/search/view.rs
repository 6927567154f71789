//! One state of the index, ready to be searched.

use super::{
    answer::{Answer, Facets, Forgiven, Hit},
    collect::{Found, HitCollector},
    error::SearchError,
    forgive::forgive,
    highlight::Highlighter,
    language::{Filter, Query, Term},
    plan::{Forgiveness, Planner},
    schema::{Fields, Stored},
    table::{Dictionary, SegmentTable},
};
use crate::text::label;
use std::{collections::HashMap, sync::Arc, time::Instant};
use tantivy::{Searcher, SegmentReader, TantivyDocument, index::SegmentId, schema::Value};

#[derive(Debug, Clone, Default)]
pub struct Request {
    pub text: String,
    /// The end of the text is still being written.
    pub typing: bool,
    pub limit: usize,
    pub offset: usize,
    /// Only what lies in this unit and below: for users who may see no more.
    pub scope: Option<String>,
}

/// Hits further down than this are not listed: a person narrows the search instead.
pub const MAX_LISTED: usize = 10_000;

pub struct View {
    pub searcher: Searcher,
    tables: Vec<Arc<SegmentTable>>,
    dictionary: Arc<Dictionary>,
}

impl View {
    /// Decodes the segments that `before` does not know yet.
    pub fn new(searcher: Searcher, before: Option<&Self>) -> tantivy::Result<Self> {
        let known: HashMap<SegmentId, &Arc<SegmentTable>> = before.map(Self::known).unwrap_or_default();
        let mut dictionary = before.map(|view| view.dictionary.clone()).unwrap_or_default();
        let mut tables = Vec::new();
        for segment in searcher.segment_readers() {
            tables.push(match known.get(&segment.segment_id()) {
                Some(table) => (*table).clone(),
                None => Arc::new(SegmentTable::read(segment, Arc::make_mut(&mut dictionary))?),
            });
        }
        Ok(Self { searcher, tables, dictionary })
    }

    fn known(&self) -> HashMap<SegmentId, &Arc<SegmentTable>> {
        self.searcher.segment_readers().iter().map(SegmentReader::segment_id).zip(&self.tables).collect()
    }

    pub fn is_of(&self, searcher: &Searcher) -> bool {
        self.searcher.generation() == searcher.generation()
    }

    pub fn answer(&self, request: &Request, fields: &Fields) -> Result<Answer, SearchError> {
        let started = Instant::now();
        let query = Query::parse(&request.text, request.typing)?;
        let mut forgiveness = Forgiveness::new();
        let mut found = self.find(&query, request, fields, &forgiveness)?;
        if found.counts.total == 0 {
            forgiveness = forgive(&query, &self.searcher, fields)?;
            if !forgiveness.is_empty() {
                found = self.find(&query, request, fields, &forgiveness)?;
            }
        }
        if found.counts.total == 0 {
            forgiveness.clear();
        }
        let hits = self.hits(&found, request.offset, fields, &Highlighter::new(&query, &forgiveness))?;
        Ok(Answer {
            hits,
            total: found.counts.total,
            facets: Facets::new(&found.counts, &self.dictionary),
            forgiven: forgiveness.into_iter().map(|(typed, used)| Forgiven { typed, used }).collect(),
            took_ms: started.elapsed().as_secs_f64() * 1e3,
        })
    }

    fn find(
        &self,
        query: &Query,
        request: &Request,
        fields: &Fields,
        forgiveness: &Forgiveness,
    ) -> Result<Found, SearchError> {
        let planner = Planner { fields, forgiveness };
        let planned = planner.plan(query, request.scope.as_deref())?;
        let limit = if request.limit == 0 {
            0
        } else {
            (request.offset.saturating_add(request.limit)).min(MAX_LISTED)
        };
        let collector = HitCollector {
            tables: &self.tables,
            dictionary: &self.dictionary,
            limit,
            depth: counted_depth(query, request.scope.as_deref(), &self.dictionary),
            title_words: &planner.title_words(query),
            title: fields.title,
            kinds: Planner::kinds_named(query),
            units_last: !query.names_something(),
        };
        Ok(self.searcher.search(&planned, &collector)?)
    }

    fn hits(
        &self,
        found: &Found,
        offset: usize,
        fields: &Fields,
        highlighter: &Highlighter,
    ) -> Result<Vec<Hit>, SearchError> {
        let mut hits = Vec::new();
        for (address, score) in found.top.iter().zip(&found.scores).skip(offset) {
            let document: TantivyDocument = self.searcher.doc(*address)?;
            let stored =
                document.get_first(fields.stored).and_then(|value| value.as_str()).unwrap_or_default();
            let stored: Stored = serde_json::from_str(stored)?;
            hits.push(Hit::new(stored, *score, highlighter));
        }
        Ok(hits)
    }
}

/// Units are counted one step below the unit searched in; the districts where it is none.
fn counted_depth(query: &Query, scope: Option<&str>, dictionary: &Dictionary) -> usize {
    let filtered =
        query.clauses.iter().filter(|clause| !clause.excluded).filter_map(|clause| match &clause.term {
            Term::Filter { filter: Filter::Unit, value, .. } => Some(value.as_str()),
            _ => None,
        });
    let depths = filtered.chain(scope).filter_map(|unit| dictionary.depths.get(label(unit).as_str()));
    depths.max().copied().unwrap_or(0) + 1
}
