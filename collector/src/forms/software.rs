//! The software appendix: one row a declared system; all of it is declared.

use super::{Cell, cell_of, layout::Row, names::Names, network::name_cell, proposal, systems};
use crate::inventory::counting::View;

const FIELDS: [&str; 12] = [
    "software.origin",
    "software.developer",
    "architecture",
    "software.source-code",
    "software.accounts",
    "software.daily-logins",
    "software.active-accounts",
    "software.top-functions",
    "software.integrations",
    "software.basis",
    "software.available-data",
    "software.attachments",
];

/// The rows of one unit's systems, numbered from `first`.
pub fn rows(first: usize, view: View<'_>, below_root: bool) -> Vec<Row> {
    let declarations = &view.inventory.declarations;
    let names = systems::sort(declarations.systems());
    let rows = names.into_iter().enumerate().map(|(at, name)| {
        let mut cells = vec![Cell::fixed((first + at).to_string()), name_cell(name, view, below_root)];
        cells.extend(FIELDS.map(|field| cell_of::declared(declarations, name, field)));
        cells.extend(proposal::cells(declarations, name, "software.proposal.", &[]));
        let unit = view.inventory.unit.code.clone();
        Row { unit, system: Some(name.to_owned()), emphasis: false, cells, names: Names::default() }
    });
    rows.collect()
}
