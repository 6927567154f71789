mod equipment;
mod network;
mod proposal;
mod totals;

use super::{Cell, Row, State};
use crate::{
    inventory::{UnitInventory, counting::View, testing::*},
    settings::Thresholds,
};
use kiemke_schemas::section::peripheral::Kind;

fn with_view<R>(inventory: &UnitInventory, f: impl FnOnce(View<'_>) -> R) -> R {
    f(View { inventory, thresholds: &Thresholds::default(), now: now() })
}

fn texts(row: &Row) -> Vec<String> {
    row.cells.iter().map(Cell::text).collect()
}

fn states(row: &Row) -> Vec<State> {
    row.cells.iter().map(|cell| cell.state).collect()
}

/// The district office of the form's example: 50 computers, 20 printers, scanners and readers, 50 tokens.
pub fn quan_1() -> UnitInventory {
    let mut inventory = unit();
    inventory.unit.code = "760".into();
    inventory.unit.full_name = "Quận 1".into();
    for n in 0..50 {
        let vnpt = sighting(45899, 40, 0);
        let lines = if n == 0 { vec![vnpt, sighting(7552, 30, 0)] } else { vec![vnpt] };
        inventory.devices.push(seeing(computer(&format!("d{n:02}")), &lines));
        inventory.peripherals.push(peripheral(&format!("token{n}"), Kind::Token, "d00"));
    }
    for n in 0..20 {
        for (kind, name) in
            [(Kind::Printer, "printer"), (Kind::Scanner, "scanner"), (Kind::CardReader, "reader")]
        {
            inventory.peripherals.push(peripheral(&format!("{name}{n}"), kind, "d01"));
        }
    }
    inventory
        .declaring("", "staff.official", "50")
        .declaring("", "staff.trial", "5")
        .declaring("", "staff.professional", "50")
        .declaring("", "line.1", "VNPT 1 Gbps")
        .declaring("", "line.2", "Viettel 1 Gbps")
}
