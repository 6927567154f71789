//! From the query language to a query of the index.

use super::{
    document::ProtectionStatus,
    kind::{Kind, allowed_kinds, kinds_meant, kinds_named},
    language::{Clause, Filter, Query, QueryError, Term as Wanted},
    schema::{Fields, MAX_INDEXED_START, MIN_NAME_PART, joined, name_parts},
};
use crate::text::{fold, label, tokens};
use std::{collections::BTreeMap, ops::Bound};
use tantivy::{
    Term,
    query::{
        AllQuery, BooleanQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, PhraseQuery, Query as IndexQuery,
        TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

type BoxedQuery = Box<dyn IndexQuery>;

/// Words that stand for a mistyped one, by the mistyped one.
pub type Forgiveness = BTreeMap<String, Vec<String>>;

pub struct Planner<'a> {
    pub fields: &'a Fields,
    pub forgiveness: &'a Forgiveness,
}

impl Planner<'_> {
    pub fn plan(&self, query: &Query, scope: Option<&str>) -> Result<BoxedQuery, QueryError> {
        let mut clauses: Vec<(Occur, BoxedQuery)> = Vec::new();
        for clause in &query.clauses {
            let parts = self.clause(clause)?;
            if clause.excluded {
                clauses.push((Occur::MustNot, all(parts)));
            } else {
                clauses.extend(parts.into_iter().map(|part| (Occur::Must, part)));
            }
        }
        if let Some(unit) = scope {
            clauses.push((Occur::Must, term(self.fields.unit, &label(unit))));
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(if clauses.len() == 1 { clauses.remove(0).1 } else { Box::new(BooleanQuery::new(clauses)) })
    }

    /// The words wanted that name a kind; a hit of that kind comes first.
    pub fn kinds_named(query: &Query) -> BTreeMap<Kind, u64> {
        let words = query.clauses.iter().filter(|clause| !clause.excluded);
        let words = words.flat_map(|clause| match &clause.term {
            Wanted::Word { tokens, .. } | Wanted::Phrase(tokens) => tokens.as_slice(),
            Wanted::Filter { .. } => &[],
        });
        kinds_named(&words.map(String::as_str).collect::<Vec<_>>())
    }

    /// One query for each word wanted: a hit whose title, or the name of its unit, holds more of them comes first.
    pub fn title_words(&self, query: &Query) -> Vec<BoxedQuery> {
        let mut words = Vec::new();
        for clause in query.clauses.iter().filter(|clause| !clause.excluded) {
            match &clause.term {
                Wanted::Word { tokens, prefix } => {
                    for (place, token) in tokens.iter().enumerate() {
                        let title = self.fields.title;
                        let open = *prefix && place + 1 == tokens.len();
                        if !open {
                            let others = self.forgiveness.get(token).into_iter().flatten();
                            words.push(either(others.chain([token]).map(|word| term(title, word)).collect()));
                        } else if token.len() > MAX_INDEXED_START {
                            // A shorter start would walk over most titles, and says little.
                            words.push(starting(title, token));
                        }
                    }
                }
                Wanted::Phrase(tokens) => {
                    words.extend(tokens.iter().map(|token| term(self.fields.title, token)))
                }
                Wanted::Filter { .. } => {}
            }
        }
        words
    }

    fn clause(&self, clause: &Clause) -> Result<Vec<BoxedQuery>, QueryError> {
        match &clause.term {
            Wanted::Word { tokens, prefix } => {
                let last = tokens.len().saturating_sub(1);
                let word = |(place, token): (usize, &String)| self.word(token, *prefix && place == last);
                Ok(tokens.iter().enumerate().map(word).collect())
            }
            Wanted::Phrase(tokens) => Ok(vec![phrase(self.fields.text, tokens)]),
            Wanted::Filter { filter, value, prefix } => Ok(vec![self.filter(*filter, value, *prefix)?]),
        }
    }

    fn word(&self, token: &str, prefix: bool) -> BoxedQuery {
        let mut any = vec![if prefix { self.starting_text(token) } else { term(self.fields.text, token) }];
        let parts = name_parts(token);
        if token.len() >= MIN_NAME_PART {
            any.push(phrase(self.fields.name, &parts));
        }
        for other in self.forgiveness.get(token).into_iter().flatten() {
            any.push(term(self.fields.text, other));
        }
        either(any)
    }

    fn starting_text(&self, start: &str) -> BoxedQuery {
        if start.len() <= MAX_INDEXED_START {
            term(self.fields.starts, start)
        } else {
            starting(self.fields.text, start)
        }
    }

    fn filter(&self, filter: Filter, value: &str, prefix: bool) -> Result<BoxedQuery, QueryError> {
        let fields = self.fields;
        let exact_or_start =
            |field, value: &str| if prefix { starting(field, value) } else { term(field, value) };
        Ok(match filter {
            Filter::Unit => exact_or_start(fields.unit, &label(value)),
            Filter::Flag => exact_or_start(fields.flag, &label(value)),
            Filter::Serial => exact_or_start(fields.serial, &joined(value)),
            Filter::System => words_of(fields.system, value, prefix),
            Filter::Isp => words_of(fields.isp, value, prefix),
            Filter::Kind => match kinds_meant(value, prefix).as_slice() {
                [] => return Err(unknown_value(filter, value, allowed_kinds())),
                kinds => either(kinds.iter().map(|kind| term(fields.kind, kind)).collect()),
            },
            Filter::Protection => {
                let typed = fold(value);
                let names = || ProtectionStatus::ALL.into_iter().map(ProtectionStatus::as_str);
                let meant = names().filter(|name| *name == typed || prefix && name.starts_with(&typed));
                let meant: Vec<_> = meant.map(|name| term(fields.protection, name)).collect();
                if meant.is_empty() {
                    return Err(unknown_value(filter, value, names()));
                }
                either(meant)
            }
        })
    }
}

fn unknown_value(filter: Filter, value: &str, allowed: impl Iterator<Item = &'static str>) -> QueryError {
    let allowed = allowed.collect::<Vec<_>>().join(", ");
    QueryError::UnknownValue { filter: filter.as_str(), value: value.to_owned(), allowed }
}

pub fn term(field: Field, text: &str) -> BoxedQuery {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

/// Every term of the field that starts so. All terms are ASCII.
fn starting(field: Field, start: &str) -> BoxedQuery {
    let mut end = start.as_bytes().to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    let end = String::from_utf8_lossy(&end);
    Box::new(InvertedIndexRangeQuery::new(
        Bound::Included(Term::from_field_text(field, start)),
        Bound::Excluded(Term::from_field_text(field, &end)),
    ))
}

fn phrase(field: Field, words: &[impl AsRef<str>]) -> BoxedQuery {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => term(field, word.as_ref()),
        _ => {
            let terms = words.iter().map(|word| Term::from_field_text(field, word.as_ref()));
            Box::new(PhraseQuery::new(terms.collect()))
        }
    }
}

/// The words in a row within one value; the last may go on.
fn words_of(field: Field, value: &str, prefix: bool) -> BoxedQuery {
    let words = tokens(value);
    match words.split_last() {
        Some((last, [])) if prefix => starting(field, last),
        Some((last, before)) if prefix => all(vec![phrase(field, before), starting(field, last)]),
        _ => phrase(field, &words),
    }
}

fn all(mut queries: Vec<BoxedQuery>) -> BoxedQuery {
    if queries.len() == 1 { queries.remove(0) } else { Box::new(BooleanQuery::intersection(queries)) }
}

fn either(mut queries: Vec<BoxedQuery>) -> BoxedQuery {
    if queries.len() == 1 { queries.remove(0) } else { Box::new(BooleanQuery::union(queries)) }
}
