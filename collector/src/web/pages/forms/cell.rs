//! One cell of a form for a reader: text, colour, marks and words for its sources.

use crate::{
    forms::{Cell, Column, FormKind, Row, State},
    inventory::Provenance,
    web::i18n::Lang,
};
use std::collections::BTreeSet;

pub struct CellView {
    /// A CSS class.
    pub state: &'static str,
    pub text: String,
    /// Short letters for the sources, for readers who cannot tell the colours apart.
    pub mark: Option<String>,
    /// The sources in words.
    pub told: String,
    /// Names the cell in the address.
    pub id: String,
    pub href: String,
    pub centred: bool,
    pub fixed: bool,
}

pub fn source(provenance: &Provenance) -> State {
    match provenance {
        Provenance::Observed { .. } => State::Observed,
        Provenance::Declared { .. } => State::Declared,
        Provenance::Computed { .. } => State::Computed,
        Provenance::Missing { .. } => State::Missing,
    }
}

pub fn cell_view(l: Lang, kind: FormKind, root: &str, row: &Row, column: &Column, cell: &Cell) -> CellView {
    let sources: BTreeSet<State> = cell.provenance.iter().map(source).collect();
    let join = |prefix: &str, separator: &str| {
        let words = sources.iter().map(|state| l.t(&format!("{prefix}{}", state.as_str())));
        words.collect::<Vec<_>>().join(separator)
    };
    let id = format!("{}~{}~{}", row.unit, row.system.as_deref().unwrap_or_default(), column.id);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("unit", root)
        .append_pair("form", kind.as_str())
        .append_pair("cell", &id)
        .finish();
    CellView {
        state: cell.state.as_str(),
        text: cell.text(),
        mark: (!sources.is_empty()).then(|| join("mark-", "")),
        told: join("source-", " + "),
        href: format!("/forms/cell?{query}"),
        id,
        centred: column.centred,
        fixed: cell.state == State::Fixed,
    }
}
