//! The district of the acceptance script, as values: the flags are exactly the planted ones.

use super::*;
use crate::{
    inventory::{
        DeviceFacts, Protection,
        counting::{Class, computers, peripherals},
        device::{FileSystemUse, OperatingSystemFacts, SectionProblem},
        line::LineSighting,
        testing::*,
    },
    reference::isps,
};
use jiff::civil::date;
use kiemke_schemas::{
    Problem, ProblemKind, SectionName,
    section::{antivirus::ProductState, operating_system::Family, peripheral::Kind},
};
use std::collections::BTreeMap;

const VNPT: u32 = 45899;
const VIETTEL: u32 = 7552;
const VIETTEL_2: u32 = 24086;
const FPT: u32 = 18403;

struct Plan<'a> {
    code: &'a str,
    staff: [u64; 3],
    computers: usize,
    /// Printers, scanners, readers, tokens.
    things: [usize; 4],
    asns: &'a [u32],
    lines: &'a [&'a str],
}

fn seen(asns: &[u32]) -> Vec<LineSighting> {
    asns.iter().map(|asn| sighting(*asn, 1, 0)).collect()
}

fn build(plan: &Plan<'_>) -> UnitInventory {
    let mut inventory = unit();
    inventory.unit.code = plan.code.into();
    for n in 0..plan.computers {
        inventory = inventory.with(seeing(computer(&format!("{}-{n}", plan.code)), &seen(plan.asns)));
    }
    let kinds = [Kind::Printer, Kind::Scanner, Kind::CardReader, Kind::Token];
    for (kind, count) in kinds.into_iter().zip(plan.things) {
        for n in 0..count {
            let owner = format!("{}-{}", plan.code, n % plan.computers);
            inventory = inventory.with_peripheral(peripheral(&format!("{kind:?}-{n}"), kind, &owner));
        }
    }
    for (field, number) in ["staff.official", "staff.trial", "staff.professional"].iter().zip(plan.staff) {
        inventory = inventory.declaring("", field, &number.to_string());
    }
    for (n, line) in plan.lines.iter().enumerate() {
        inventory = inventory.declaring("", &format!("line.{}", n + 1), line);
    }
    inventory.declaring("", "one-stop-desks", "1")
}

fn quan_1() -> UnitInventory {
    let system = "Hệ thống giải quyết thủ tục hành chính";
    let server = |id: &str, processors, used: u64, total: u64, asn| DeviceFacts {
        processors: Some(processors),
        processor_p95_permille: Some(400),
        processors_in_use: Some(processors * 2 / 5 + 1),
        storage_used_bytes: Some(used * 1_000_000_000),
        storage_total_bytes: Some(total * 1_000_000_000),
        ..seeing(server(id), &seen(&[asn, VNPT]))
    };
    build(&Plan {
        code: "760",
        staff: [50, 5, 50],
        computers: 50,
        things: [20, 20, 20, 50],
        asns: &[VNPT, VIETTEL],
        lines: &["VNPT 1 Gbps", "Viettel 1 Gbps"],
    })
    .with(server("srv-1", 8, 400, 1_000, VNPT))
    .with(server("srv-2", 16, 900, 2_000, FPT))
    .declaring(system, "server.1", "srv-1")
    .declaring(system, "server.2", "PC-SRV-2")
    .declaring(system, "line.1", "VNPT 100 Mbps")
    .declaring(system, "line.2", "FPT 100 Mbps")
}

fn ben_nghe() -> UnitInventory {
    let mut inventory = build(&Plan {
        code: "26740",
        staff: [12, 0, 10],
        computers: 12,
        things: [2, 1, 2, 10],
        asns: &[VNPT, FPT],
        lines: &["VNPT 300 Mbps", "FPT 300 Mbps"],
    })
    .with_peripheral(peripheral("mfp", Kind::Multifunction, "26740-0"));
    // Unplugged during the run.
    let token = inventory.peripherals.iter_mut().find(|p| p.kind == Kind::Token).unwrap();
    token.present = false;
    inventory
}

fn ben_thanh() -> UnitInventory {
    let mut inventory = build(&Plan {
        code: "26743",
        staff: [10, 1, 8],
        computers: 11,
        things: [2, 1, 1, 8],
        asns: &[VNPT],
        lines: &["VNPT 150 Mbps"],
    });
    inventory.devices[0].protection = Protection::Absent;
    inventory.devices[1].protection = Protection::Absent;
    inventory.devices[2].protection = installed(vec![product(ProductState::Off)]);
    inventory.devices[4..8].iter_mut().for_each(|d| d.check = None);
    inventory
}

fn co_giang() -> UnitInventory {
    let mut inventory = build(&Plan {
        code: "26755",
        staff: [9, 0, 8],
        computers: 9,
        things: [2, 1, 1, 8],
        asns: &[VIETTEL, VIETTEL_2],
        lines: &["Viettel (AS7552) 200 Mbps", "Viettel (AS24086) 200 Mbps"],
    });
    let mut old = product(ProductState::On);
    old.signatures.updated_at = Some(days_ago(30));
    inventory.devices[0].protection = installed(vec![old]);
    inventory.devices[1].operating_system = Some(OperatingSystemFacts {
        family: Family::Windows,
        full_name: "Windows 7 Professional".into(),
        version: None,
        build: Some("6.1.7601.24544".into()),
        support_ends_on: Some(date(2020, 1, 14)),
        lifecycle: Some("Windows 7 SP1".into()),
        successor_runs: Some(false),
    });
    inventory.devices[2].fullest_file_system =
        Some(FileSystemUse { mount_point: "C:".into(), used_permille: 960 });
    inventory.devices[3].protection = Protection::Unknown;
    inventory.devices[3].problems = vec![SectionProblem {
        section: SectionName::Antivirus,
        problem: Problem::new(ProblemKind::Timeout, "SecurityCenter2", "no answer within 30 s"),
    }];
    inventory
}

#[test]
fn flags_are_exactly_the_planted_ones() {
    let mut counted: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for inventory in [quan_1(), ben_nghe(), ben_thanh(), co_giang(), unit()] {
        for finding in evaluate(&inventory, &Thresholds::default(), now()) {
            *counted.entry((finding.rule, finding.unit)).or_default() += 1;
        }
    }
    let expected = [
        ("endpoint.not-checked", "26743", 4),
        ("internet.single-line", "26743", 1),
        ("endpoint.no-protection", "26743", 2),
        ("endpoint.protection-off", "26743", 1),
        ("internet.same-isp-group", "26755", 1),
        ("endpoint.signatures-old", "26755", 1),
        ("endpoint.os-unsupported", "26755", 1),
        ("endpoint.disk-nearly-full", "26755", 1),
    ];
    assert_eq!(counted, expected.map(|(rule, unit, n)| ((rule, unit.to_owned()), n)).into());
}

#[test]
fn counts_are_those_of_the_specification() {
    let thresholds = Thresholds::default();
    let counts = |inventory: &UnitInventory| {
        let view = View { inventory, thresholds: &thresholds, now: now() };
        let classes = [Class::Printers, Class::Scanners, Class::CardReaders, Class::Tokens];
        (computers(view).value, classes.map(|class| peripherals(class, view).value))
    };
    let some = |numbers: [u64; 4]| numbers.map(Some);
    assert_eq!(counts(&quan_1()), (Some(50), some([20, 20, 20, 50])));
    assert_eq!(counts(&ben_nghe()), (Some(12), some([3, 2, 2, 10])));
    assert_eq!(counts(&ben_thanh()), (Some(11), some([2, 1, 1, 8])));
    assert_eq!(counts(&unit()), (None, [None; 4]));
}

#[test]
fn the_networks_of_the_plan_are_in_the_reference_table() {
    for (asn, isp) in [(VNPT, "VNPT"), (VIETTEL, "Viettel"), (VIETTEL_2, "Viettel"), (FPT, "FPT")] {
        assert_eq!(isps().network(asn).unwrap().isp, isp);
    }
}
