//! A province or the whole country: units as a unit list names them, equipped and troubled as offices are.

use super::{Clerk, Declaration, Scene};
use crate::fleet::{
    address::{FPT, OfficeLine, Provider, VIETTEL, VNPT},
    catalogue::Catalogue,
    generate::{self, Office, peripheral},
    machine::Machine,
};
use anyhow::Result;
use jiff::Timestamp;
use kiemke_schemas::{
    Section,
    enrolment::{CoveredUnit, UnitLevel as Level},
    section::{
        antivirus::{Antivirus, ProductState},
        peripheral::Kind,
    },
};
use rand::{RngExt, rngs::StdRng};

const PROVIDERS: [Provider; 3] = [VNPT, VIETTEL, FPT];

/// At most `limit` machines, unit after unit.
pub fn scene(
    catalogue: &Catalogue,
    units: &[CoveredUnit],
    limit: usize,
    seed: u64,
    echo_url: &str,
    now: Timestamp,
) -> Result<Scene> {
    let mut scene = Scene::default();
    for unit in units {
        let room = limit - scene.machines.len();
        if room == 0 {
            break;
        }
        let rng = &mut generate::rng(seed, &unit.code, "office", 0);
        let prefix = format!("U{}", unit.code);
        let office = Office {
            catalogue,
            seed,
            unit: &unit.code,
            host_prefix: &prefix,
            lines: lines(unit.level, rng),
            echo_url,
            now,
        };
        let computers = computers(unit.level, rng).min(room);
        scene.machines.extend(machines(&office, computers, rng)?);
        scene.declarations.extend(declarations(&office, unit, computers, rng));
    }
    Ok(scene)
}

fn declarations(
    office: &Office<'_>,
    unit: &CoveredUnit,
    computers: usize,
    rng: &mut StdRng,
) -> Vec<Declaration> {
    let clerk =
        Clerk { unit: &unit.code, name: format!("Văn phòng {}", unit.full_name), on: office.today() };
    let official = (computers as u32).saturating_sub(rng.random_range(0..3)).max(1);
    let mut rows = vec![
        clerk.declare("", "staff.official", official),
        clerk.declare("", "staff.trial", rng.random_range(0..2)),
        clerk.declare("", "staff.professional", official.saturating_sub(2).max(1)),
    ];
    rows.extend(clerk.lines("", &office.lines));
    rows
}

fn computers(level: Level, rng: &mut StdRng) -> usize {
    match level {
        Level::Province | Level::Department => rng.random_range(80..140),
        Level::District => rng.random_range(40..70),
        Level::Commune => rng.random_range(8..16),
    }
}

/// Every third commune has one line only.
fn lines(level: Level, rng: &mut StdRng) -> Vec<OfficeLine> {
    let first = rng.random_range(0..PROVIDERS.len());
    let count = if level == Level::Commune && rng.random_bool(0.33) { 1 } else { 2 };
    let mbps = if level == Level::Commune { 200 } else { 1000 };
    (0..count).map(|at| OfficeLine::new(PROVIDERS[(first + at) % PROVIDERS.len()], mbps, rng)).collect()
}

fn machines(office: &Office<'_>, computers: usize, rng: &mut StdRng) -> Result<Vec<Machine>> {
    let mut machines = Vec::with_capacity(computers);
    for index in 0..computers {
        let mut machine = generate::workstation(office, index)?;
        let things = &mut machine.peripherals.devices;
        for (kind, every) in [
            (Kind::Printer, 3),
            (Kind::Scanner, 8),
            (Kind::CardReader, 9),
            (Kind::Token, 2),
            (Kind::Webcam, 7),
        ] {
            if index % every == 0 {
                things.push(peripheral(office, kind, index / every)?);
            }
        }
        trouble(&mut machine, rng);
        machines.push(machine);
    }
    Ok(machines)
}

/// One computer in ten has something to flag.
fn trouble(machine: &mut Machine, rng: &mut StdRng) {
    match rng.random_range(0..30) {
        0 => {
            machine.antivirus = Section::known(Antivirus::default());
            machine.keeps_signatures_fresh = false;
        }
        1 => {
            let products = machine.antivirus.value.iter_mut().flat_map(|antivirus| &mut antivirus.products);
            products.for_each(|product| product.state = ProductState::Off);
        }
        2 => {
            if let Some(volume) = machine.storage.file_systems.first_mut() {
                volume.used_bytes = volume.total_bytes.map(|total| total / 100 * 94);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_across_units() {
        let unit = |code: &str, level| CoveredUnit {
            code: code.into(),
            parent: Some("79".into()),
            level,
            full_name: code.into(),
        };
        let units =
            [unit("760", Level::District), unit("26740", Level::Commune), unit("26743", Level::Commune)];
        let catalogue = Catalogue::load().unwrap();
        let scene =
            scene(&catalogue, &units, 75, 3, "https://c/echo", "2026-11-21T00:00:00Z".parse().unwrap())
                .unwrap();
        assert_eq!(scene.machines.len(), 75);
        assert!(scene.machines.iter().any(|machine| machine.unit == "26740"));
    }
}
