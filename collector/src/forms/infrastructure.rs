//! The infrastructure appendix: the twelve systems of the form whether or not anything is known of them,
//! then those that the province adds.

use super::{
    Cell, cell_of,
    layout::Row,
    names::Names,
    network::{name_cell, observed},
    proposal, reason, systems,
    text::{self, MISSING},
};
use crate::inventory::{
    Declarations, DeviceFacts, Provenance,
    counting::{self, System, View},
};
use std::collections::BTreeMap;

const MARK: &str = "X";
/// The declared columns between the storage and the proposal.
const MIDDLE: [&str; 7] = [
    "architecture",
    "records.online",
    "records.direct",
    "digitisation.infrastructure",
    "digitisation.format",
    "digitisation.records",
    "service",
];
/// The column of the proposal.
const PROPOSAL: usize = 14;

/// Cells that the form itself marks as not applicable, by system and column.
const NOT_APPLICABLE: [(&str, &[usize]); 9] = [
    ("Kiosk - DVC", &[5, 6, 7, 9, 10]),
    ("Chứng thực điện tử", &[9, 10]),
    ("HOC", &[9]),
    ("Camera AI", &[7, 8, 9]),
    ("CSDL ngành Giáo dục và đào tạo", &[9]),
    ("Phần mềm an sinh xã hội", &[13]),
    ("Phần mềm Cơ sở dữ liệu công chức, viên chức", &[13]),
    ("Hệ thống IOC", &[8, 9, 10]),
    ("Hệ thống SOC", &[7, 8, 9, 10]),
];

/// Rows by system; a system stands once for each unit that declares it.
#[derive(Debug, Default)]
pub struct Rows(BTreeMap<String, Vec<Row>>);

impl Rows {
    pub fn add(&mut self, view: View<'_>, below_root: bool) {
        for system in counting::systems(view.inventory) {
            self.0.entry(system.name.to_owned()).or_default().push(row(&system, view, below_root));
        }
    }

    /// In the order of the form, numbered.
    pub fn finish(mut self, root: &str) -> impl Iterator<Item = Row> {
        let mut rows = Vec::new();
        for name in systems::OFFICIAL {
            rows.extend(self.0.remove(name).unwrap_or_else(|| vec![unknown(name, root)]));
        }
        rows.extend(self.0.into_values().flatten());
        rows.into_iter().enumerate().map(|(at, mut row)| {
            if let Some(number) = row.cells.first_mut() {
                *number = Cell::fixed((at + 1).to_string());
            }
            row
        })
    }
}

fn applies(system: &str, column: usize) -> bool {
    !NOT_APPLICABLE.iter().any(|(name, columns)| *name == system && columns.contains(&column))
}

fn mark(system: &str, cells: &mut [Cell]) {
    for (column, cell) in cells.iter_mut().enumerate() {
        if !applies(system, column) {
            *cell = Cell::fixed(MARK);
        }
    }
}

/// Nobody declared this system of the form.
fn unknown(system: &str, root: &str) -> Row {
    let mut cells = vec![Cell::fixed(""), Cell::fixed(system)];
    cells.resize_with(PROPOSAL, || Cell::missing(reason::NOT_DECLARED));
    cells.extend(proposal::cells(&Declarations::default(), system, "infrastructure.proposal.", &[]));
    cells.push(Cell::missing(reason::NOT_DECLARED));
    mark(system, &mut cells);
    let names = Names::default();
    Row { unit: root.to_owned(), system: Some(system.to_owned()), emphasis: false, cells, names }
}

fn row(system: &System, view: View<'_>, below_root: bool) -> Row {
    let declarations = &view.inventory.declarations;
    let declared = |field: &str| cell_of::declared(declarations, system.name, field);
    let mut cells = vec![
        Cell::fixed(""),
        name_cell(system.name, view, below_root),
        declared("manager"),
        declared("investment"),
        declared("investment-year"),
        processors(system),
        storage(system),
    ];
    cells.extend(MIDDLE.map(declared));
    cells.extend(proposal::cells(declarations, system.name, "infrastructure.proposal.", &[]));
    cells.push(declared("direction"));
    mark(system.name, &mut cells);
    let unit = view.inventory.unit.code.clone();
    let names = Names::behind(&cells, view.inventory);
    Row { unit, system: Some(system.name.to_owned()), emphasis: false, cells, names }
}

/// CPUs in use / all CPUs.
fn processors(system: &System) -> Cell {
    let Some(all) = system.processors_total() else { return no_servers(system, reason::PROCESSORS) };
    let used = match system.processors() {
        Some((used, known)) if known == all => used.to_string(),
        _ => format!("({MISSING})"),
    };
    measured(format!("{used}/ {all} CPU"), system, |server| server.processors.is_some())
}

/// Used / total.
fn storage(system: &System) -> Cell {
    let Some((used, total)) = system.storage() else { return no_servers(system, reason::STORAGE) };
    let text = format!("{}/ {}", text::storage(used), text::storage(total));
    measured(text, system, |server| server.storage_total_bytes.is_some())
}

fn no_servers(system: &System, why: &str) -> Cell {
    Cell::missing(if system.servers.is_empty() { reason::SERVERS } else { why })
}

fn measured(text: String, system: &System, told: impl Fn(&DeviceFacts) -> bool) -> Cell {
    let sum = Provenance::Computed { rule: reason::SUM_OF_SERVERS.to_owned() };
    Cell::new(vec![text], vec![observed(system, told), sum])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_marks_what_does_not_apply() {
        let rows: Vec<Row> = Rows::default().finish("79").collect();
        assert_eq!(rows.len(), 12);
        let kiosk: Vec<String> = rows[1].cells.iter().map(Cell::text).collect();
        assert_eq!(kiosk[..3], ["2", "Kiosk - DVC", "Chưa có số liệu"]);
        assert_eq!(kiosk[5..=10], ["X", "X", "X", "Chưa có số liệu", "X", "X"]);
        assert_eq!(kiosk[14..], ["Chưa dự kiến đầu tư", "x", "x", "x", "Chưa có số liệu"]);
        assert_eq!(rows[0].cells[6].text(), "Chưa có số liệu");
    }
}
