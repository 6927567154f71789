//! Cells that several appendices have: a declared text, and numbers with their labels.

use super::{
    Cell,
    cell::missing,
    reason,
    text::{self, MISSING},
};
use crate::inventory::{Declarations, Declared, Provenance, counting::Count};

pub fn provenance(declared: &Declared) -> Provenance {
    Provenance::Declared { by: declared.declared_by.clone(), on: declared.declared_on }
}

/// The declared text as it stands, or missing.
pub fn declared(declarations: &Declarations, system: &str, field: &str) -> Cell {
    match declarations.of_system(system, field) {
        Some(value) => Cell::new(lines(&value.value), vec![provenance(value)]),
        None => Cell::missing(reason::NOT_DECLARED),
    }
}

pub fn declared_money(declarations: &Declarations, system: &str, field: &str) -> Cell {
    let amount = |value: &Declared| value.value.parse().ok().map(text::money);
    match declarations.of_system(system, field) {
        Some(value) => {
            let text = amount(value).unwrap_or_else(|| value.value.clone());
            Cell::new(vec![text], vec![provenance(value)])
        }
        None => Cell::missing(reason::NOT_DECLARED),
    }
}

pub fn lines(value: &str) -> Vec<String> {
    value.lines().map(str::to_owned).collect()
}

/// `<label>: <number>` one a line. Missing as a whole where nothing at all was counted.
pub fn counted(parts: &[(&str, &Count, &str)]) -> Cell {
    let all_missing = parts.iter().all(|(_, count, _)| count.value.is_none());
    if let (true, Some((_, _, why))) = (all_missing, parts.first()) {
        return Cell::missing(why);
    }
    let lines = parts.iter().map(|(label, count, _)| format!("{label}: {}", text::count(count.value)));
    let sources = parts.iter().map(|(_, count, why)| count.provenance(why));
    Cell::new(lines.collect(), sources.collect())
}

/// A value and where it comes from, or that it is missing.
pub fn value_or_missing(declared: Option<&Declared>, why: &str) -> (String, Provenance) {
    match declared {
        Some(value) => (value.value.clone(), provenance(value)),
        None => (MISSING.to_owned(), missing(why)),
    }
}
