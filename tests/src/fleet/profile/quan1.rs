//! District 1 of Ho Chi Minh City: the district office, three of its ten wards, and their planted faults.

mod fault;

use super::{Check, Clerk, Declaration, Identifier, Later, Scene, subject};
use crate::fleet::{
    address::{FPT, OfficeLine, Provider, VIETTEL, VIETTEL_24086, VNPT},
    catalogue::Catalogue,
    generate::{self, Office, ServerSize, peripheral},
    machine::Machine,
};
use anyhow::Result;
use jiff::{Span, Timestamp};
use kiemke_schemas::section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral};
use std::collections::BTreeSet;

pub const SYSTEM: &str = "Hệ thống giải quyết thủ tục hành chính";

struct Plan {
    unit: &'static str,
    name: &'static str,
    host_prefix: &'static str,
    /// Official, trial, professional.
    staff: [u32; 3],
    computers: usize,
    printers: usize,
    scanners: usize,
    readers: usize,
    tokens: usize,
    lines: &'static [(Provider, u32)],
    not_checked: usize,
}

const DISTRICT: Plan = Plan {
    unit: "760",
    name: "Quận 1",
    host_prefix: "QUAN1",
    staff: [50, 5, 50],
    computers: 50,
    printers: 20,
    scanners: 20,
    readers: 20,
    tokens: 50,
    lines: &[(VNPT, 1000), (VIETTEL, 1000)],
    not_checked: 0,
};
/// One of its printers and one of its scanners are the multifunction device that [`ben_nghe`] adds.
const BEN_NGHE: Plan = Plan {
    unit: "26740",
    name: "Phường Bến Nghé",
    host_prefix: "BENNGHE",
    staff: [12, 0, 10],
    computers: 12,
    printers: 2,
    scanners: 1,
    readers: 2,
    tokens: 10,
    lines: &[(VNPT, 300), (FPT, 300)],
    not_checked: 0,
};
const BEN_THANH: Plan = Plan {
    unit: "26743",
    name: "Phường Bến Thành",
    host_prefix: "BENTHANH",
    staff: [10, 1, 8],
    computers: 11,
    printers: 2,
    scanners: 1,
    readers: 1,
    tokens: 8,
    lines: &[(VNPT, 150)],
    not_checked: 4,
};
const CO_GIANG: Plan = Plan {
    unit: "26755",
    name: "Phường Cô Giang",
    host_prefix: "COGIANG",
    staff: [9, 0, 8],
    computers: 9,
    printers: 2,
    scanners: 1,
    readers: 1,
    tokens: 8,
    lines: &[(VIETTEL, 200), (VIETTEL_24086, 200)],
    not_checked: 0,
};

pub fn scene(catalogue: &Catalogue, seed: u64, echo_url: &str, now: Timestamp) -> Result<Scene> {
    let mut scene = Scene::default();
    for plan in [&DISTRICT, &BEN_NGHE, &BEN_THANH, &CO_GIANG] {
        let lines = plan
            .lines
            .iter()
            .enumerate()
            .map(|(at, (provider, mbps))| {
                OfficeLine::new(*provider, *mbps, &mut generate::rng(seed, plan.unit, "line", at))
            })
            .collect();
        let office =
            Office { catalogue, seed, unit: plan.unit, host_prefix: plan.host_prefix, lines, echo_url, now };
        let mut machines = plan.machines(&office)?;
        let first = scene.machines.len();
        match plan.unit {
            "760" => district(&office, &mut machines, first, &mut scene)?,
            "26740" => ben_nghe(&office, &mut machines, first, &mut scene)?,
            "26743" => fault::ben_thanh(&mut machines),
            _ => fault::co_giang(&mut machines, now),
        }
        scene.declarations.extend(plan.declarations(&office));
        scene.checks.extend(plan.checks(&office, &machines, first));
        scene.machines.extend(machines);
    }
    Ok(scene)
}

impl Plan {
    /// The workstations with their USB things dealt out evenly.
    fn machines(&self, office: &Office<'_>) -> Result<Vec<Machine>> {
        let mut machines: Vec<_> =
            (0..self.computers).map(|index| generate::workstation(office, index)).collect::<Result<_>>()?;
        for (kind, count) in [
            (Kind::Printer, self.printers),
            (Kind::Scanner, self.scanners),
            (Kind::CardReader, self.readers),
            (Kind::Token, self.tokens),
            (Kind::Webcam, self.computers / 6),
        ] {
            for index in 0..count {
                let at = index * self.computers / count;
                machines[at].peripherals.devices.push(peripheral(office, kind, index)?);
            }
        }
        Ok(machines)
    }

    fn clerk<'a>(&'a self, office: &Office<'_>) -> Clerk<'a> {
        Clerk { unit: self.unit, name: format!("Văn phòng UBND {}", self.name), on: office.today() }
    }

    fn declarations(&self, office: &Office<'_>) -> Vec<Declaration> {
        let clerk = self.clerk(office);
        let fields = ["staff.official", "staff.trial", "staff.professional"];
        let mut rows: Vec<_> =
            fields.iter().zip(self.staff).map(|(field, number)| clerk.declare("", field, number)).collect();
        rows.extend(clerk.lines("", &office.lines));
        rows
    }

    /// Every device and every thing once, but for the computers that nobody checked.
    fn checks(&self, office: &Office<'_>, machines: &[Machine], first: usize) -> Vec<Check> {
        let check = |subject, identifier| Check {
            unit: self.unit.to_owned(),
            subject,
            identifier,
            checked_by: "Công an Quận 1".into(),
            checked_on: office.today().saturating_sub(Span::new().days(30)),
            document: "15/BB-KTANAT".into(),
            valid_until: None,
        };
        let checked = machines.len() - self.not_checked;
        let mut rows: Vec<_> = machines[..checked]
            .iter()
            .map(|machine| check("computer", Identifier::Text(machine.host_name().to_owned())))
            .collect();
        let mut seen = BTreeSet::new();
        for (at, machine) in machines.iter().enumerate() {
            for thing in &machine.peripherals.devices {
                let Some(subject) = subject(thing.kind) else { continue };
                match (&thing.serial, &thing.bus_path) {
                    (Some(serial), _) if seen.insert(serial.clone()) => {
                        rows.push(check(subject, Identifier::Text(serial.clone())));
                    }
                    (None, Some(path)) => rows.push(check(
                        subject,
                        Identifier::BusPath { machine: first + at, path: path.clone() },
                    )),
                    _ => {}
                }
            }
        }
        rows
    }
}

/// Two servers of the system, two computers from one disk image, a printer that moves, two printers on the
/// network and two readers without serial.
fn district(office: &Office<'_>, machines: &mut Vec<Machine>, first: usize, scene: &mut Scene) -> Result<()> {
    machines[11].operating_system.machine_id = machines[10].operating_system.machine_id.clone();
    for at in [40, 45] {
        let readers =
            machines[at].peripherals.devices.iter_mut().filter(|thing| thing.kind == Kind::CardReader);
        readers.for_each(|reader| reader.serial = None);
    }
    share_printers(machines);
    let moving = machines[0].peripherals.devices.iter().find(|thing| thing.kind == Kind::Printer);
    if let Some(serial) = moving.and_then(|thing| thing.serial.clone()) {
        scene.later.push(Later::Move { from: first, to: first + 1, serial });
    }
    system_servers(office, machines, scene)
}

/// The servers of the system, behind lines of their own.
fn system_servers(office: &Office<'_>, machines: &mut Vec<Machine>, scene: &mut Scene) -> Result<()> {
    let system_office = Office {
        lines: vec![
            OfficeLine::new(VNPT, 100, &mut office.rng("system-line", 0)),
            OfficeLine::new(FPT, 100, &mut office.rng("system-line", 1)),
        ],
        ..*office
    };
    let sizes = [
        ServerSize {
            processors: 8,
            used_gb: 400,
            total_gb: 1000,
            connections: 1000,
            throughput_bps: 80_000_000,
        },
        ServerSize {
            processors: 16,
            used_gb: 900,
            total_gb: 2000,
            connections: 640,
            throughput_bps: 55_000_000,
        },
    ];
    let clerk = DISTRICT.clerk(office);
    for (index, size) in sizes.iter().enumerate() {
        let server = generate::server(&system_office, index, size)?;
        let field = format!("server.{}", index + 1);
        scene.declarations.push(clerk.declare(SYSTEM, &field, server.host_name()));
        machines.push(server);
    }
    scene.declarations.extend(clerk.lines(SYSTEM, &system_office.lines));
    Ok(())
}

/// The last two printers stand on the network and are seen by half of the office each.
fn share_printers(machines: &mut [Machine]) {
    let printers: Vec<usize> = (0..machines.len())
        .filter(|at| machines[*at].peripherals.devices.iter().any(|thing| thing.kind == Kind::Printer))
        .collect();
    for (number, at) in printers.iter().rev().take(2).enumerate() {
        let things = &mut machines[*at].peripherals.devices;
        let Some(place) = things.iter().position(|thing| thing.kind == Kind::Printer) else { continue };
        let shared = on_network(things.remove(place), 240 + number as u8);
        for machine in machines.iter_mut().skip(number).step_by(2) {
            machine.peripherals.devices.push(shared.clone());
        }
    }
}

/// The multifunction device that all twelve agents see, and the token that is unplugged.
fn ben_nghe(office: &Office<'_>, machines: &mut [Machine], first: usize, scene: &mut Scene) -> Result<()> {
    let shared = on_network(peripheral(office, Kind::Multifunction, 0)?, 250);
    for machine in machines.iter_mut() {
        machine.peripherals.devices.push(shared.clone());
    }
    for (at, machine) in machines.iter().enumerate() {
        let token = machine.peripherals.devices.iter().find(|thing| thing.kind == Kind::Token);
        if let Some(serial) = token.and_then(|thing| thing.serial.clone()) {
            scene.later.push(Later::Unplug { machine: first + at, serial });
            break;
        }
    }
    Ok(())
}

fn on_network(usb: Peripheral, host: u8) -> Peripheral {
    Peripheral {
        connection: Connection::Network,
        usb_vendor: None,
        usb_product: None,
        bus_path: None,
        address: Some([192, 168, 1, host].into()),
        mac: Some(format!("00:1b:a9:5c:0e:{host:02x}")),
        classified_by: ClassifiedBy::PrinterMib,
        page_count: Some(12_000 + u64::from(host)),
        ..usb
    }
}

#[cfg(test)]
mod tests;
