use super::*;
use crate::inventory::{
    DeviceFacts, Protection,
    device::{DeviceState, FileSystemUse, OperatingSystemFacts, SectionProblem},
    neighbour,
    testing::*,
};
use jiff::civil::date;
use kiemke_schemas::{
    Problem, ProblemKind, SectionName,
    section::{
        antivirus::{Product, ProductState, SignatureState},
        operating_system::Family,
    },
};
use serde_json::json;
use std::collections::BTreeSet;

/// A unit with two lines, so that only the device can be at fault.
fn with(device: DeviceFacts) -> UnitInventory {
    unit().with(device).declaring("", "line.1", "VNPT").declaring("", "line.2", "FPT")
}

fn protected(protection: Protection) -> UnitInventory {
    with(DeviceFacts { protection, ..computer("a") })
}

fn timed_out() -> SectionProblem {
    let problem = Problem::new(ProblemKind::Timeout, "SecurityCenter2", "no answer within 30 s");
    SectionProblem { section: SectionName::Antivirus, problem }
}

#[test]
fn a_healthy_computer_raises_nothing() {
    assert_eq!(found(&with(computer("a"))), NOTHING);
}

#[test]
fn no_protection() {
    let absent = protected(Protection::Absent);
    assert_eq!(found(&absent), one("endpoint.no-protection", "a"));
    assert_eq!(
        evidence(&absent, "endpoint.no-protection"),
        json!({"host_name": "PC-A", "protection": "no-product-listed"})
    );
    assert_eq!(found(&protected(Protection::Unknown)), NOTHING);
}

#[test]
fn protection_off() {
    let states = |states: &[ProductState]| protected(installed(states.iter().map(|s| product(*s)).collect()));
    use ProductState::{Expired, Off, On, Passive, Snoozed, Unknown};
    for off in [&[Off][..], &[Snoozed], &[Expired], &[Passive], &[Off, Passive]] {
        assert_eq!(found(&states(off)), one("endpoint.protection-off", "a"), "{off:?}");
    }
    for on in [&[On][..], &[Off, On], &[Passive, On], &[Unknown], &[Off, Unknown]] {
        assert_eq!(found(&states(on)), NOTHING, "{on:?}");
    }
    assert_eq!(
        evidence(&states(&[Off]), "endpoint.protection-off"),
        json!({"host_name": "PC-A", "products": [{"name": "Kaspersky", "state": "off"}]})
    );
}

fn signed(days: Option<i64>, state: SignatureState) -> Product {
    let mut product = product(ProductState::On);
    product.signatures.updated_at = days.map(days_ago);
    product.signatures.state = state;
    product
}

#[test]
fn signatures_old() {
    use SignatureState::{Current, Old, Unknown};
    for old in [signed(Some(8), Current), signed(Some(30), Old), signed(None, Old)] {
        assert_eq!(
            found(&protected(installed(vec![old.clone()]))),
            one("endpoint.signatures-old", "a"),
            "{old:?}"
        );
    }
    for fresh in
        [signed(Some(7), Old), signed(Some(0), Current), signed(None, Unknown), signed(None, Current)]
    {
        assert_eq!(found(&protected(installed(vec![fresh.clone()]))), NOTHING, "{fresh:?}");
    }
    let second_is_fresh = installed(vec![signed(Some(30), Current), signed(Some(1), Current)]);
    assert_eq!(found(&protected(second_is_fresh)), NOTHING);
    // Old signatures of a product that is off are not the fault.
    let off = Product { state: ProductState::Off, ..signed(Some(30), Old) };
    assert_eq!(found(&protected(installed(vec![off]))), one("endpoint.protection-off", "a"));
    assert_eq!(
        evidence(&protected(installed(vec![signed(Some(30), Current)])), "endpoint.signatures-old"),
        json!({"host_name": "PC-A", "product": "Kaspersky",
               "signatures_updated_at": "2026-10-21T03:00:00Z", "limit_days": 7})
    );
}

#[test]
fn signatures_age_only_while_the_computer_is_on_and_the_probe_works() {
    let seen = |seen_days: i64, problems: Vec<SectionProblem>| {
        with(DeviceFacts {
            protection: Protection::Installed {
                products: vec![signed(Some(9), SignatureState::Current)],
                observed_at: days_ago(9),
            },
            problems,
            last_seen_at: Some(days_ago(seen_days)),
            last_report_at: Some(days_ago(9)),
            ..computer("a")
        })
    };
    assert_eq!(found(&seen(0, vec![])), one("endpoint.signatures-old", "a"));
    assert_eq!(found(&seen(2, vec![])), NOTHING);
    assert_eq!(found(&seen(0, vec![timed_out()])), NOTHING);
}

#[test]
fn os_unsupported() {
    let ends = |support_ends_on| {
        with(DeviceFacts {
            operating_system: Some(OperatingSystemFacts {
                family: Family::Windows,
                full_name: "Windows 7 Professional".into(),
                version: None,
                build: None,
                support_ends_on,
                lifecycle: Some("Windows 7 SP1".into()),
                successor_runs: Some(false),
            }),
            ..computer("a")
        })
    };
    let windows_7 = ends(Some(date(2020, 1, 14)));
    assert_eq!(found(&windows_7), one("endpoint.os-unsupported", "a"));
    assert_eq!(found(&ends(Some(date(2026, 11, 19)))), one("endpoint.os-unsupported", "a"));
    assert_eq!(found(&ends(Some(date(2026, 11, 20)))), NOTHING);
    assert_eq!(found(&ends(None)), NOTHING);
    assert_eq!(
        evidence(&windows_7, "endpoint.os-unsupported"),
        json!({"host_name": "PC-A", "system_name": "Windows 7 Professional", "lifecycle": "Windows 7 SP1",
               "support_ended_on": "2020-01-14", "successor_runs": false})
    );
}

#[test]
fn os_unsupported_with_a_paid_extension() {
    let windows_10 = |extension: &str| {
        let operating_system = Some(OperatingSystemFacts {
            family: Family::Windows,
            full_name: "Windows 10 Pro".into(),
            version: None,
            build: None,
            support_ends_on: Some(date(2025, 10, 14)),
            lifecycle: Some("Windows 10 22H2".into()),
            successor_runs: None,
        });
        with(DeviceFacts { operating_system, ..computer("a") }).declaring("", "os-extension.1", extension)
    };
    let flagged = one("endpoint.os-unsupported", "a");
    assert_eq!(found(&windows_10("Windows 10 đến 20/11/2026")), NOTHING);
    assert_eq!(found(&windows_10("Windows 10 đến 13/10/2027: pc-a")), NOTHING);
    assert_eq!(found(&windows_10("Windows 10 đến 13/10/2027: a")), NOTHING);
    assert_eq!(found(&windows_10("Windows 10 đến 13/10/2027: PC-B")), flagged);
    assert_eq!(found(&windows_10("Windows 7 đến 13/10/2027")), flagged);
    let ended = windows_10("Windows 10 đến 19/11/2026");
    assert_eq!(found(&ended), flagged);
    assert_eq!(evidence(&ended, "endpoint.os-unsupported")["extension_ended_on"], "2026-11-19");
}

#[test]
fn disk_nearly_full() {
    let used = |used_permille| {
        let fullest_file_system = Some(FileSystemUse { mount_point: "C:".into(), used_permille });
        with(DeviceFacts { fullest_file_system, ..computer("a") })
    };
    assert_eq!(found(&used(900)), NOTHING);
    assert_eq!(found(&used(901)), one("endpoint.disk-nearly-full", "a"));
    assert_eq!(
        evidence(&used(960), "endpoint.disk-nearly-full"),
        json!({"host_name": "PC-A", "mount_point": "C:", "used_permille": 960, "limit_permille": 900})
    );
    let stricter = Thresholds { disk_full_permille: 800, ..Thresholds::default() };
    assert_eq!(found_with(&used(850), &stricter), one("endpoint.disk-nearly-full", "a"));
}

#[test]
fn not_checked() {
    let unchecked = with(DeviceFacts { check: None, ..computer("a") });
    assert_eq!(found(&unchecked), one("endpoint.not-checked", "a"));
    let mut lapsed = check();
    lapsed.valid_until = Some(date(2026, 11, 19));
    let lapsed = with(DeviceFacts { check: Some(lapsed), ..computer("a") });
    assert_eq!(
        evidence(&lapsed, "endpoint.not-checked"),
        json!({"host_name": "PC-A", "last_checked_on": "2026-10-01", "valid_until": "2026-11-19"})
    );
    let yearly = Thresholds { check_valid_days: 30, ..Thresholds::default() };
    assert_eq!(found_with(&with(computer("a")), &yearly), one("endpoint.not-checked", "a"));
}

#[test]
fn silent() {
    let heard = |days| DeviceFacts {
        last_seen_at: Some(days_ago(days)),
        last_report_at: Some(days_ago(days)),
        ..computer("a")
    };
    assert_eq!(found(&with(heard(3))), NOTHING);
    assert_eq!(found(&with(heard(4))), one("endpoint.silent", "a"));
    // A heartbeat is a sign of life.
    assert_eq!(found(&with(DeviceFacts { last_seen_at: Some(now()), ..heard(10) })), NOTHING);
    assert_eq!(found(&with(DeviceFacts { state: DeviceState::Suspended, ..heard(10) })), NOTHING);
    let never =
        DeviceFacts { last_seen_at: None, last_report_at: None, enrolled_at: days_ago(5), ..computer("a") };
    assert_eq!(found(&with(never)), one("endpoint.silent", "a"));
    assert_eq!(
        evidence(&with(heard(4)), "endpoint.silent"),
        json!({"host_name": "PC-A", "last_seen_at": "2026-11-16T03:00:00Z",
               "enrolled_at": "2026-10-11T03:00:00Z", "limit_days": 3})
    );
}

#[test]
fn a_failed_probe_leads_to_no_flag_about_what_it_would_have_found() {
    let blind = DeviceFacts {
        protection: Protection::Unknown,
        operating_system: None,
        fullest_file_system: None,
        peripherals_known: false,
        problems: vec![timed_out()],
        ..computer("a")
    };
    let needing_everything = with(blind)
        .declaring("", "one-stop-desks", "2")
        .declaring("", "staff.official", "1")
        .declaring("", "staff.professional", "1");
    assert_eq!(found(&needing_everything), NOTHING);
}

/// Vendors as the table knows them: Dell, Samsung (phones), Brother (printers), TP-Link (routers), HP (computers
/// and printers alike), and an address that a device made up itself.
const STRANGERS: [&str; 6] = [
    "d4:be:d9:00:00:01",
    "bc:8c:cd:00:00:01",
    "00:80:77:00:00:01",
    "50:c7:bf:00:00:01",
    "3c:52:82:00:00:01",
    "02:00:00:00:00:01",
];

fn seeing_strangers() -> UnitInventory {
    let neighbours =
        STRANGERS.iter().zip(10..).map(|(mac, host)| neighbour(mac, &format!("192.168.1.{host}")));
    let scanner = DeviceFacts { neighbours: neighbours.collect(), ..computer("a") };
    let mut inventory = with(scanner);
    inventory.neighbours = neighbour::merge(&inventory.devices, &[], &BTreeSet::new(), 30);
    inventory
}

#[test]
fn only_what_is_surely_a_computer_is_an_unmanaged_one() {
    let inventory = seeing_strangers();
    assert_eq!(found(&inventory), one("endpoint.unmanaged", ""));
    assert_eq!(
        evidence(&inventory, "endpoint.unmanaged"),
        json!({"computers_without_agent": [{
            "address": "192.168.1.10", "mac": "d4:be:d9:00:00:01", "vendor": "Dell Inc.", "name": null,
            "confidence_permille": 850,
        }]})
    );
    let careful = Thresholds { unmanaged_confidence_permille: 851, ..Thresholds::default() };
    assert_eq!(found_with(&inventory, &careful), NOTHING);
}

#[test]
fn a_computer_with_an_agent_and_one_that_left_are_not_unmanaged() {
    let mut inventory = seeing_strangers();
    let managed = [STRANGERS[0].to_owned()].into();
    inventory.neighbours = neighbour::merge(&inventory.devices, &[], &managed, 30);
    assert_eq!(found(&inventory), NOTHING);
    let mut inventory = seeing_strangers();
    inventory.neighbours.iter_mut().for_each(|one| one.sighting.last_seen_at = days_ago(8));
    assert_eq!(found(&inventory), NOTHING);
}
