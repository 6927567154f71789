//! The optional last row of the equipment appendix: sums over the units that have a number.

use super::{
    Cell,
    layout::Row,
    names::Names,
    proposal, reason,
    text::{self, MISSING, NOT_APPLICABLE},
};
use crate::{
    inventory::counting::{
        Class, Count, View, checked_computers, checked_peripherals, computers, lines_of_unit, peripherals,
        protected_computers,
    },
    procurement::Need,
};

const PARTS: usize = 15;
const PROPOSED: usize = PARTS - 1;

/// `None` until any unit has a number: a total of nothing is missing, not 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals([Option<u64>; PARTS]);

impl Totals {
    pub fn add(&mut self, view: View<'_>, needs: &[Need]) {
        let declarations = &view.inventory.declarations;
        let declared = |field: &str| declarations.number(field);
        let lines = lines_of_unit(view);
        let count = |count: Count| count.value;
        let of = |class: Class| count(peripherals(class, view));
        let checked = |class: Class| count(checked_peripherals(class, view));
        let parts: [Option<u64>; PARTS] = [
            declared("staff.official"),
            declared("staff.trial"),
            count(computers(view)),
            count(checked_computers(view)),
            count(protected_computers(view)),
            of(Class::Printers),
            checked(Class::Printers),
            of(Class::Scanners),
            checked(Class::Scanners),
            of(Class::CardReaders),
            checked(Class::CardReaders),
            of(Class::Tokens),
            declared("staff.professional"),
            lines.known.then_some(lines.lines.len() as u64),
            proposal::amount(declarations, needs),
        ];
        for (sum, part) in self.0.iter_mut().zip(parts) {
            *sum = match (*sum, part) {
                (Some(sum), Some(part)) => Some(sum.saturating_add(part)),
                (sum, part) => sum.or(part),
            };
        }
    }

    pub fn row(&self, root: &str) -> Row {
        let [official, trial, computers, checked, protected, rest @ ..] = self.0;
        let [printers, printers_checked, scanners, scanners_checked, readers, readers_checked, ..] = rest;
        let [.., tokens, professional, lines, _] = self.0;
        let staff = official.zip(trial).map(|(official, trial)| official.saturating_add(trial));
        let checked_label = "Đã kiểm tra an ninh an toàn";
        let empty = || Cell::fixed(NOT_APPLICABLE);
        let cells = vec![
            Cell::fixed(""),
            Cell::fixed("Tổng cộng"),
            summed(&[
                ("Tổng số lượng cán bộ, nhân viên", staff),
                ("Chính thức", official),
                ("Thử việc", trial),
            ]),
            summed(&[
                ("Tổng số lượng máy tính", computers),
                (checked_label, checked),
                ("Số máy đã cài phần mềm diệt virus", protected),
            ]),
            summed(&[("Tổng số lượng máy in", printers), (checked_label, printers_checked)]),
            summed(&[("Tổng số lượng máy Scan", scanners), (checked_label, scanners_checked)]),
            summed(&[("Tổng số lượng thiết bị", readers), (checked_label, readers_checked)]),
            token_cell(tokens, professional),
            summed(&[("Tổng số đường truyền", lines)]),
            empty(),
            empty(),
            self.0[PROPOSED].map_or_else(empty, |sum| Cell::computed(text::money(sum), reason::TOTAL)),
            empty(),
            empty(),
        ];
        Row { unit: root.to_owned(), system: None, emphasis: true, cells, names: Names::default() }
    }
}

fn summed(parts: &[(&str, Option<u64>)]) -> Cell {
    if parts.iter().all(|(_, sum)| sum.is_none()) {
        return Cell::missing(reason::TOTAL);
    }
    let lines = parts.iter().map(|(label, sum)| format!("{label}: {}", text::count(*sum))).collect();
    Cell::new(lines, vec![crate::inventory::Provenance::Computed { rule: reason::TOTAL.to_owned() }])
}

fn token_cell(tokens: Option<u64>, professional: Option<u64>) -> Cell {
    if tokens.is_none() && professional.is_none() {
        return Cell::missing(reason::TOTAL);
    }
    let known = |sum: Option<u64>| sum.map_or_else(|| format!("({MISSING})"), |sum| sum.to_string());
    let (tokens, professional) = (known(tokens), known(professional));
    Cell::computed(format!("Tổng số lượng USB Token: {tokens}/{professional} cán bộ"), reason::TOTAL)
}
