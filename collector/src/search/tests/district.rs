//! Wards of a simulated district: computers that carry scanners, and the scanners themselves.

use super::{Request, SearchIndex};
use crate::{
    inventory::{
        Unit, UnitInventory,
        testing::{computer, now, peripheral, unit},
        unit::Level,
    },
    search::build::{UnitSource, documents},
    settings::Thresholds,
};
use kiemke_schemas::section::peripheral::Kind;
use std::collections::BTreeMap;

fn above(code: &str, level: Level, full_name: &str) -> Unit {
    let (kind, name) = full_name.rsplit_once(' ').unwrap();
    Unit {
        code: code.into(),
        parent: None,
        level,
        kind: kind.into(),
        name: name.into(),
        full_name: full_name.into(),
    }
}

/// Twelve computers, the first of them with everything; a multifunction device that all see.
fn ward(code: &str, name: &str) -> UnitInventory {
    let mut inventory = unit();
    inventory.unit.code = code.into();
    inventory.unit.name = name.into();
    inventory.unit.full_name = format!("Phường {name}");
    let computers: Vec<String> = (1..=12).map(|n| format!("{code}-pc{n:02}")).collect();
    inventory.devices = computers.iter().map(|id| computer(id)).collect();
    for (kind, count) in [(Kind::Printer, 2), (Kind::Scanner, 2), (Kind::CardReader, 2), (Kind::Token, 10)] {
        for n in 1..=count {
            inventory.peripherals.push(peripheral(&format!("{code}-{kind:?}{n}"), kind, &computers[0]));
        }
    }
    let mut shared = peripheral(&format!("{code}-mfp"), Kind::Multifunction, &computers[0]);
    shared.devices = computers;
    inventory.with_peripheral(shared)
}

fn index() -> (tempfile::TempDir, SearchIndex) {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path()).unwrap();
    let city = above("79", Level::Province, "Thành phố Hồ Chí Minh");
    let district = above("760", Level::District, "Quận 1");
    for (code, name) in [("26740", "Bến Nghé"), ("26743", "Bến Thành"), ("26755", "Cô Giang")] {
        let inventory = ward(code, name);
        let units = [city.clone(), district.clone(), inventory.unit.clone()];
        let source = UnitSource {
            units: &units,
            inventory: &inventory,
            lines: &[],
            flags: &[],
            details: &BTreeMap::new(),
            thresholds: &Thresholds::default(),
            now: now(),
        };
        index.replace_unit(code, &documents(&source)).unwrap();
    }
    index.commit("1").unwrap();
    (dir, index)
}

fn first(index: &SearchIndex, text: &str, count: usize) -> Vec<String> {
    let request = Request { text: text.into(), limit: count, ..Request::default() };
    index.search(&request).unwrap().hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn whoever_asks_for_scanners_of_a_ward_sees_them_first() {
    let (_dir, index) = index();
    let scanners = ["26740-mfp", "26740-Scanner1", "26740-Scanner2"];
    for text in ["may quet phuong ben nghe", "Máy scan Bến Nghé", "phường bến nghé máy quét"] {
        assert_eq!(first(&index, text, 3), scanners, "{text}");
    }
    assert_eq!(first(&index, "may in phuong co giang", 3), ["26755-mfp", "26755-Printer1", "26755-Printer2"]);
    assert_eq!(first(&index, "thiet bi doc the ben thanh", 2), ["26743-CardReader1", "26743-CardReader2"]);
}

#[test]
fn the_computers_that_carry_them_follow() {
    let (_dir, index) = index();
    let request = Request { text: "may quet phuong ben nghe".into(), limit: 50, ..Request::default() };
    let answer = index.search(&request).unwrap();
    assert_eq!(answer.total, 15);
    assert!(answer.hits[3..].iter().all(|hit| hit.id.starts_with("26740-pc")));
}
