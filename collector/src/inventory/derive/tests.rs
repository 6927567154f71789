use super::*;
use crate::inventory::{device::FileSystemUse, peripheral::merge};
use kiemke_schemas::{SectionName, section::operating_system::Family};
use serde_json::{Value, json};

const UNIT: &str = "26740";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Read, reported and received at noon of a day.
fn stored(name: SectionName, day: &str, content: Value) -> StoredSection {
    let noon = at(&format!("{day}T12:00:00Z"));
    StoredSection { name, text: content.to_string(), observed_at: noon, reported_at: noon, received_at: noon }
}

fn known(name: SectionName, value: Value) -> StoredSection {
    stored(name, "2026-11-10", json!({ "value": value }))
}

fn record(device: &str) -> DeviceRecord {
    DeviceRecord {
        device: device.into(),
        unit: UNIT.into(),
        origin: Origin::Observed,
        declared: None,
        state: DeviceState::Active,
        host_name: Some("ENROLLED".into()),
        peer_address: Some("127.0.0.1".parse().unwrap()),
        enrolled_at: at("2026-11-01T00:00:00Z"),
        last_seen_at: Some(at("2026-11-20T00:00:00Z")),
        last_report_at: Some(at("2026-11-10T12:00:00Z")),
        clock_skew_seconds: Some(0),
        check: None,
    }
}

fn windows(server: Option<bool>, build: &str, edition: &str) -> Value {
    json!({
        "family": "windows", "name": "Windows", "full_name": "Windows", "host_name": "PC-01",
        "edition": edition, "build": build, "server": server, "architecture": "x86_64",
    })
}

fn facts(sections: &[StoredSection]) -> DeviceFacts {
    let (record, sections) = (record("a"), Sections::decode(sections));
    let lines = line_sightings(&record, &sections);
    device_facts(&record, &sections, lines)
}

#[test]
fn nothing_sent_is_unknown_everywhere() {
    let facts = facts(&[]);
    assert_eq!(facts.host_name.as_deref(), Some("ENROLLED"));
    assert_eq!(facts.kind, DeviceKind::Unknown);
    assert_eq!(facts.protection, Protection::Unknown);
    assert_eq!((facts.processors, facts.storage_total_bytes), (None, None));
    assert!(!facts.peripherals_known && !facts.lines_known && facts.problems.is_empty());
}

#[test]
fn kind_follows_from_system_and_chassis() {
    for (server, chassis, expected) in [
        (Some(false), json!("laptop"), DeviceKind::Laptop),
        (Some(false), json!("tablet"), DeviceKind::Laptop),
        (Some(false), json!("desktop"), DeviceKind::Workstation),
        (Some(false), json!("server"), DeviceKind::Workstation),
        (Some(false), Value::Null, DeviceKind::Workstation),
        (Some(true), json!("desktop"), DeviceKind::Server),
        (None, json!("server"), DeviceKind::Server),
        (None, json!("all-in-one"), DeviceKind::Workstation),
        (None, json!("other"), DeviceKind::Unknown),
        (None, Value::Null, DeviceKind::Unknown),
    ] {
        let sections = [
            known(SectionName::OperatingSystem, windows(server, "10.0.19045.1", "Professional")),
            known(SectionName::Hardware, json!({ "chassis": chassis })),
        ];
        assert_eq!(facts(&sections).kind, expected, "{server:?} {chassis}");
    }
}

#[test]
fn system_and_hardware() {
    let facts = facts(&[
        known(SectionName::OperatingSystem, windows(Some(false), "6.1.7601.24544", "Professional")),
        known(
            SectionName::Hardware,
            json!({
                "maker": "HP", "model": "Compaq 6200 Pro", "serial": "SGH1234567",
                "processors": [{"model": "Intel(R) Core(TM) i3-2120 CPU @ 3.30GHz", "cores": 2, "threads": 4}],
                "memory": {"total_bytes": 4_294_967_296u64},
            }),
        ),
    ]);
    let system = facts.operating_system.unwrap();
    assert_eq!(system.lifecycle.as_deref(), Some("Windows 7 SP1"));
    assert_eq!(system.support_ends_on, Some(jiff::civil::date(2020, 1, 14)));
    assert_eq!((system.family, system.successor_runs), (Family::Windows, Some(false)));
    assert_eq!((facts.host_name.as_deref(), facts.serial.as_deref()), (Some("PC-01"), Some("SGH1234567")));
    assert_eq!((facts.processors, facts.memory_bytes), (Some(4), Some(4_294_967_296)));
}

#[test]
fn storage_counts_fixed_file_systems_once() {
    let gb = |n: u64| n * 1_000_000_000;
    let facts = facts(&[known(
        SectionName::Storage,
        json!({ "file_systems": [
            {"mount_point": "C:", "device": "disk0", "total_bytes": gb(250), "used_bytes": gb(240), "fixed": true},
            {"mount_point": "/bind", "device": "disk0", "total_bytes": gb(250), "used_bytes": gb(240), "fixed": true},
            {"mount_point": "D:", "total_bytes": gb(500), "used_bytes": gb(100), "fixed": true},
            {"mount_point": "E:", "total_bytes": gb(16), "used_bytes": gb(16), "fixed": false},
            {"mount_point": "F:", "total_bytes": gb(1), "used_bytes": gb(1), "fixed": true, "read_only": true},
            {"mount_point": "G:", "fixed": true},
        ]}),
    )]);
    assert_eq!((facts.storage_total_bytes, facts.storage_used_bytes), (Some(gb(751)), Some(gb(341))));
    let fullest = FileSystemUse { mount_point: "C:".into(), used_permille: 960 };
    assert_eq!(facts.fullest_file_system, Some(fullest));
}

#[test]
fn a_share_just_above_a_limit_stays_above_it() {
    let file_system =
        json!({"mount_point": "/", "total_bytes": 100_000, "used_bytes": 90_001, "fixed": true});
    let facts = facts(&[known(SectionName::Storage, json!({ "file_systems": [file_system] }))]);
    assert_eq!(facts.fullest_file_system.unwrap().used_permille, 901);
}

#[test]
fn processors_in_use_are_the_95th_percentile_of_thirty_days_rounded_up() {
    let day = |date: String, p95: u32, connections: u64| {
        json!({"date": date, "samples": 1440, "processor_p95_permille": p95,
               "connections_max": connections, "throughput_max_bps": 80_000_000})
    };
    // 2026-10-01 lies more than 30 days before the last day and no longer counts.
    let mut days = vec![day("2026-10-01".into(), 1000, 9_999)];
    days.extend((1..=20).map(|n| day(format!("2026-11-{n:02}"), n * 10, 500 + u64::from(n))));
    let facts = facts(&[
        known(SectionName::Load, json!({ "days": days })),
        known(SectionName::Hardware, json!({ "processors": [{"threads": 8}, {"threads": 8}] })),
    ]);
    // 95 % of twenty equal days are nineteen: 190 ‰ of 16 processors are 3.04.
    assert_eq!((facts.processor_p95_permille, facts.processors_in_use), (Some(190), Some(4)));
    assert_eq!((facts.connections_max, facts.throughput_max_bps), (Some(520), Some(80_000_000)));
}

#[test]
fn no_number_of_processors_is_too_large_to_count_those_in_use() {
    let day = json!({"date": "2026-11-20", "samples": 1440, "processor_p95_permille": 1000});
    let facts = facts(&[
        known(SectionName::Load, json!({ "days": [day] })),
        known(SectionName::Hardware, json!({ "processors": [{"threads": 5_000_000}] })),
    ]);
    assert_eq!(facts.processors_in_use, Some(5_000_000));
}

#[test]
fn absent_off_and_unknown_protection_are_three_things() {
    let antivirus = |content: Value| facts(&[stored(SectionName::Antivirus, "2026-11-10", content)]);
    let timeout = json!([{"kind": "timeout", "source": "SecurityCenter2", "message": "30 s"}]);
    assert_eq!(antivirus(json!({"value": {"products": []}})).protection, Protection::Absent);
    let timed_out = antivirus(json!({"value": null, "problems": timeout}));
    assert_eq!(timed_out.protection, Protection::Unknown);
    assert_eq!(timed_out.problems[0].section, SectionName::Antivirus);
    // Found nothing in what it could read: proves nothing.
    let partial = antivirus(json!({"value": {"products": []}, "problems": timeout}));
    assert_eq!(partial.protection, Protection::Unknown);
    let product = json!({"name": "Bkav", "state": "off", "source": "SecurityCenter2"});
    match antivirus(json!({"value": {"products": [product]}})).protection {
        Protection::Installed { products, observed_at } => {
            assert_eq!(products[0].name, "Bkav");
            // Not sent again since, so it holds until the last sign of life.
            assert_eq!(observed_at, at("2026-11-20T00:00:00Z"));
        }
        other => panic!("{other:?}"),
    }
    let garbage = facts(&[StoredSection { text: "{]".into(), ..known(SectionName::Antivirus, json!({})) }]);
    assert_eq!(garbage.protection, Protection::Unknown);
    assert_eq!(garbage.problems.len(), 1);
}

#[test]
fn a_value_kept_from_before_holds_only_until_it_was_read() {
    let mut section = stored(
        SectionName::Antivirus,
        "2026-11-10",
        json!({
            "value": {"products": [{"name": "Bkav", "state": "on", "source": "SecurityCenter2"}]},
            "problems": [{"kind": "timeout", "source": "SecurityCenter2", "message": "30 s"}],
        }),
    );
    section.observed_at = at("2026-11-08T12:00:00Z");
    let Protection::Installed { observed_at, .. } = facts(&[section]).protection else { panic!() };
    assert_eq!(observed_at, at("2026-11-08T12:00:00Z"));
}

fn links(addresses: &[&str]) -> StoredSection {
    let told = |address| json!({"address": address, "told_by": "https://collector/echo"});
    let told: Vec<Value> = addresses.iter().map(told).collect();
    known(SectionName::Link, json!({ "public_addresses": told }))
}

fn asns(peer: &str, addresses: &[&str]) -> Vec<u32> {
    let record = DeviceRecord { peer_address: Some(peer.parse().unwrap()), ..record("a") };
    let sections = Sections::decode(&[links(addresses)]);
    line_sightings(&record, &sections).iter().map(|line| line.asn).collect()
}

const VNPT: &str = "14.160.0.1";
const VNPT_2: &str = "14.161.3.4";
const VIETTEL: &str = "171.224.1.1";
const FPT: &str = "1.52.10.20";

#[test]
fn lines_are_networks_of_public_addresses() {
    assert_eq!(asns("127.0.0.1", &[VNPT, VNPT_2, VIETTEL]), [45899, 7552]);
    assert_eq!(asns("127.0.0.1", &["10.0.0.1", "192.0.2.1"]), [0; 0]);
}

#[test]
fn the_collectors_own_view_wins_only_where_it_is_public() {
    assert_eq!(asns("192.168.1.9", &[VNPT]), [45899]);
    assert_eq!(asns(FPT, &[VNPT]), [18403]);
    assert_eq!(asns(FPT, &[]), [18403]);
    // The agent knows of this route itself: the other one stands.
    assert_eq!(asns(VNPT_2, &[VIETTEL, VNPT]), [7552, 45899]);
    assert_eq!(asns(FPT, &[VNPT, VIETTEL]), [18403, 7552]);
}

#[test]
fn a_router_tells_lines_and_which_are_down() {
    let line = |interface: &str, state: &str, internet: Value, address: &str| {
        json!({"router": "192.168.1.1", "interface": interface, "state": state, "internet": internet,
               "confidence_permille": 900, "address": address, "changed_at": "2026-11-10T10:00:00Z"})
    };
    let section = known(
        SectionName::Link,
        json!({
            "public_addresses": [{"address": VNPT, "told_by": "https://collector/echo"}],
            "lines": [
                line("wan1", "up", json!(true), VIETTEL),
                line("wan2", "down", json!(true), FPT),
                line("lan", "down", json!(false), FPT),
                line("wan3", "up", Value::Null, FPT),
            ],
        }),
    );
    let facts = facts(&[section]);
    let seen: Vec<_> = facts.lines.iter().map(|line| (line.asn, line.told_by.as_str())).collect();
    assert_eq!(seen, [(45899, "https://collector/echo"), (7552, "router 192.168.1.1")]);
    let down: Vec<_> = facts.lines_down.iter().map(|line| (line.interface.as_str(), line.since)).collect();
    assert_eq!(down, [("wan2", at("2026-11-10T10:00:00Z"))]);
}

#[test]
fn no_line_is_known_only_where_the_machine_has_no_way_out() {
    let lines_known = |section: StoredSection| facts(&[section]).lines_known;
    assert!(lines_known(links(&[VNPT])));
    assert!(lines_known(links(&[])));
    assert!(!lines_known(links(&["10.1.2.3"])));
    let failed = json!([{"kind": "failed", "source": "https://collector/echo", "message": "refused"}]);
    let content = json!({"value": {"public_addresses": []}, "problems": failed});
    assert!(!lines_known(stored(SectionName::Link, "2026-11-10", content)));
}

#[test]
fn sightings_use_the_collectors_clock_alone() {
    // The agent's clock is in 2019: read at its noon, a token unplugged two days before.
    let token = json!({
        "kind": "token", "connection": "usb", "name": "USB Token", "serial": "0A1B2C3D4E", "usb_vendor": "096e",
        "usb_product": "0807", "classified_by": "usb-table", "present": false, "last_seen_at": "2019-05-04T12:00:00Z",
    });
    let mut section = known(SectionName::Peripheral, json!({ "devices": [token] }));
    section.observed_at = at("2019-05-06T12:00:00Z");
    section.reported_at = section.observed_at;
    let sightings = peripheral_sightings(&record("a"), &Sections::decode(&[section]));
    assert_eq!(sightings[0].identity, "usb:096e:0807:0a1b2c3d4e");
    assert_eq!(sightings[0].last_seen_at, at("2026-11-08T12:00:00Z"));
}

#[test]
fn one_thing_seen_twice_by_one_agent_is_one_sighting() {
    let seen = |kind: &str, classified_by: &str, name: &str| {
        json!({"kind": kind, "connection": "network", "name": name, "serial": "VNB3K12345", "vendor": "HP",
               "model": "M428fdw", "address": "192.168.1.50", "classified_by": classified_by, "present": true,
               "last_seen_at": "2026-11-10T12:00:00Z"})
    };
    let devices = [seen("printer", "print-queue", "queue"), seen("scanner", "printer-mib", "HP M428fdw")];
    let section = known(SectionName::Peripheral, json!({ "devices": devices }));
    let sightings = peripheral_sightings(&record("a"), &Sections::decode(&[section]));
    assert_eq!(sightings.len(), 1);
    let merged = merge(&sightings);
    assert_eq!(
        (merged[0].name.as_str(), merged[0].kind),
        ("HP M428fdw", kiemke_schemas::section::peripheral::Kind::Multifunction)
    );
}
