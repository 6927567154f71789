//! The equipment appendix: one row a unit.

use super::{
    Cell, cell_of,
    layout::Row,
    names::Names,
    proposal, reason,
    text::{self, MISSING, NO_LINE},
};
use crate::{
    inventory::{
        Line, Provenance, UnitInventory,
        counting::{
            Class, UnitLines, View, checked_computers, checked_peripherals, computers, lines_of_unit,
            peripherals, protected_computers,
        },
    },
    procurement::Need,
};

const CHECKED: &str = "Đã kiểm tra an ninh an toàn";

/// `needs`: of this unit; only adopted ones enter the proposal.
pub fn row(number: &str, view: View<'_>, needs: &[Need]) -> Row {
    let inventory = view.inventory;
    let lines = lines_of_unit(view);
    let mut cells = vec![
        Cell::fixed(number),
        Cell::fixed(inventory.unit.full_name.clone()),
        staff(inventory),
        computer_cell(view),
        peripheral_cell(Class::Printers, "Tổng số lượng máy in", view),
        peripheral_cell(Class::Scanners, "Tổng số lượng máy Scan", view),
        peripheral_cell(Class::CardReaders, "Tổng số lượng thiết bị", view),
        tokens(view),
        line_cell(&lines),
        bandwidth(&lines),
    ];
    cells.extend(proposal::of_unit(inventory, needs));
    let names = Names::behind(&cells, inventory);
    Row { unit: inventory.unit.code.clone(), system: None, emphasis: false, cells, names }
}

fn staff(inventory: &UnitInventory) -> Cell {
    let [official, trial] =
        ["staff.official", "staff.trial"].map(|field| inventory.declarations.of_unit(field));
    if official.is_none() && trial.is_none() {
        return Cell::missing(reason::STAFF);
    }
    let numbers = ["staff.official", "staff.trial"].map(|field| inventory.declarations.number(field));
    let (total, total_source) = match numbers {
        [Some(official), Some(trial)] => {
            (Some(official + trial), Provenance::Computed { rule: reason::TOTAL_STAFF.to_owned() })
        }
        [None, _] => (None, super::cell::missing(reason::NO_TOTAL_WITHOUT_OFFICIAL)),
        [_, None] => (None, super::cell::missing(reason::NO_TOTAL_WITHOUT_TRIAL)),
    };
    let (official, by_official) = cell_of::value_or_missing(official, reason::OFFICIAL_STAFF);
    let (trial, by_trial) = cell_of::value_or_missing(trial, reason::TRIAL_STAFF);
    let lines = vec![
        format!("Tổng số lượng cán bộ, nhân viên: {}", text::count(total)),
        format!("Chính thức: {official}"),
        format!("Thử việc: {trial}"),
    ];
    Cell::new(lines, vec![total_source, by_official, by_trial])
}

fn computer_cell(view: View<'_>) -> Cell {
    cell_of::counted(&[
        ("Tổng số lượng máy tính", &computers(view), reason::NO_DEVICES),
        (CHECKED, &checked_computers(view), reason::NO_DEVICES),
        ("Số máy đã cài phần mềm diệt virus", &protected_computers(view), reason::PROTECTION_PROBES_FAILED),
    ])
}

fn peripheral_cell(class: Class, label: &str, view: View<'_>) -> Cell {
    let why = peripheral_reason(view.inventory);
    cell_of::counted(&[
        (label, &peripherals(class, view), why),
        (CHECKED, &checked_peripherals(class, view), why),
    ])
}

fn peripheral_reason(inventory: &UnitInventory) -> &'static str {
    if inventory.devices.is_empty() { reason::NO_DEVICES } else { reason::PERIPHERAL_PROBES_FAILED }
}

/// `50/50 cán bộ`: tokens by staff who do professional work.
fn tokens(view: View<'_>) -> Cell {
    let tokens = peripherals(Class::Tokens, view);
    let staff = view.inventory.declarations.of_unit("staff.professional");
    if tokens.value.is_none() && staff.is_none() {
        return Cell::missing(peripheral_reason(view.inventory));
    }
    let (professional, by_staff) = cell_of::value_or_missing(staff, reason::PROFESSIONAL_STAFF);
    let aside = |text: String| if text == MISSING { format!("({MISSING})") } else { text };
    let (count, professional) = (aside(text::count(tokens.value)), aside(professional));
    Cell::new(
        vec![format!("Tổng số lượng USB Token: {count}/{professional} cán bộ")],
        vec![tokens.provenance(peripheral_reason(view.inventory)), by_staff],
    )
}

fn line_cell(lines: &UnitLines) -> Cell {
    if !lines.known {
        return Cell::missing(reason::LINES);
    }
    if lines.lines.is_empty() {
        return no_line(lines);
    }
    let names: Vec<&str> = lines.lines.iter().map(|line| line.isp.as_str()).collect();
    let text = format!("{:02} đường truyền {}", names.len(), listed(&names));
    Cell::new(vec![text], lines.lines.iter().flat_map(|line| line.provenance.clone()).collect())
}

/// Devices could tell, and saw none.
fn no_line(lines: &UnitLines) -> Cell {
    let observed = Provenance::Observed {
        subjects: Vec::new(),
        as_of: None,
        left_out: lines.left_out.clone(),
        checks: None,
    };
    Cell::new(vec![NO_LINE.to_owned()], vec![observed])
}

/// `VNPT`, `VNPT và Viettel`, `VNPT, Viettel và FPT`
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} và {last}", first.join(", ")),
    }
}

fn bandwidth(lines: &UnitLines) -> Cell {
    if !lines.known {
        return Cell::missing(reason::LINES);
    }
    if lines.lines.is_empty() {
        return no_line(lines);
    }
    let text = |line: &Line| format!("{}: {}", line.isp, text::bandwidth_short(line.bandwidth_bps));
    let texts = lines.lines.iter().map(text).collect();
    Cell::new(texts, lines.lines.iter().map(bandwidth_source).collect())
}

/// Bandwidth is declared; a line that was only seen has none.
pub(super) fn bandwidth_source(line: &Line) -> Provenance {
    let declared = |source: &&Provenance| matches!(source, Provenance::Declared { .. });
    let source = line.bandwidth_bps.and_then(|_| line.provenance.iter().find(declared));
    source.cloned().unwrap_or_else(|| super::cell::missing(reason::BANDWIDTH))
}
