use super::*;
use crate::probe::tests::tree;
use kiemke_schemas::section::neighbour::NeighbourKind;
use std::fs;

const HEAD: &str = "IP address       HW type     Flags       HW address            Mask     Device\n";

fn network() -> Network {
    serde_json::from_value(serde_json::json!({
        "interfaces": [
            {"name": "eth0", "medium": "cable", "mac": "aa:bb:cc:00:00:01", "addresses": ["192.168.1.9/24"]},
            {"name": "br0", "medium": "virtual", "addresses": ["172.17.0.1/16"]}
        ],
        "default_routes": [{"interface": "eth0", "gateway": "192.168.1.1"}]
    }))
    .unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const PASSIVE: RemoteSettings = RemoteSettings {
    report_interval_seconds: None,
    echo_urls: Vec::new(),
    latency_targets: Vec::new(),
    snmp: Vec::new(),
    snmp_interval_seconds: None,
    neighbours: true,
    sweep: false,
    mdns: false,
};

#[test]
fn the_tables_neighbours_are_those_on_real_adapters() {
    let lines = "192.168.1.1 0x1 0x2 00:11:22:00:00:01 * eth0\n192.168.1.20 0x1 0x2 3c:52:82:00:00:01 * eth0\n\
                 192.168.1.30 0x1 0x2 9a:00:00:00:00:01 * eth0\n172.17.0.2 0x1 0x2 02:42:00:00:00:02 * br0\n\
                 192.168.1.9 0x1 0x2 aa:bb:cc:00:00:01 * eth0\n192.168.1.255 0x1 0x2 ff:ff:ff:ff:ff:ff * eth0\n";
    let (_guard, root) = tree(&[("/proc/net/arp", format!("{HEAD}{lines}"))]);
    let mut neighbourhood = Neighbourhood::default();
    assert_eq!(neighbourhood.section(), None);
    assert!(neighbourhood.round(&PASSIVE, &root, &network(), at("2026-11-21T00:00:00Z")));
    let found = neighbourhood.section().unwrap().value.unwrap().neighbours;
    let seen: Vec<_> =
        found.iter().map(|one| (one.address.to_string(), one.kind, one.confidence_permille)).collect();
    assert_eq!(
        seen,
        [
            ("192.168.1.1".to_owned(), NeighbourKind::Router, 900),
            ("192.168.1.20".to_owned(), NeighbourKind::Unknown, 0),
            ("192.168.1.30".to_owned(), NeighbourKind::Phone, 500),
        ]
    );
}

#[test]
fn a_neighbour_stays_for_a_week_and_its_sight_is_news_once_a_day() {
    let line = |mac: &str| format!("{HEAD}192.168.1.20 0x1 0x2 {mac} * eth0\n");
    let (_guard, root) = tree(&[("/proc/net/arp", line("3c:52:82:00:00:01"))]);
    let mut neighbourhood = Neighbourhood::default();
    let mut sight = |time: &str| {
        neighbourhood.round(&PASSIVE, &root, &network(), at(time));
        neighbourhood.section().unwrap().value.map(|value| value.neighbours[0].last_seen_at)
    };
    assert_eq!(sight("2026-11-21T00:00:00Z"), Some(at("2026-11-21T00:00:00Z")));
    assert_eq!(sight("2026-11-21T23:00:00Z"), Some(at("2026-11-21T00:00:00Z")));
    assert_eq!(sight("2026-11-22T01:00:00Z"), Some(at("2026-11-22T01:00:00Z")));
    fs::write(root.path("/proc/net/arp"), HEAD).unwrap();
    assert_eq!(sight("2026-11-28T01:00:00Z"), Some(at("2026-11-22T01:00:00Z")));
    assert_eq!(sight("2026-11-29T01:00:00Z"), None);
}

#[test]
fn what_is_switched_off_again_is_told_as_nothing() {
    let text = format!("{HEAD}192.168.1.20 0x1 0x2 3c:52:82:00:00:01 * eth0\n");
    let (_guard, root) = tree(&[("/proc/net/arp", text)]);
    let mut neighbourhood = Neighbourhood::default();
    assert!(!neighbourhood.round(&RemoteSettings::default(), &root, &network(), at("2026-11-21T00:00:00Z")));
    assert_eq!(neighbourhood.section(), None);
    neighbourhood.round(&PASSIVE, &root, &network(), at("2026-11-21T00:00:00Z"));
    neighbourhood.forget_unwanted(&RemoteSettings::default());
    assert_eq!(neighbourhood.section(), Some(Section { value: None, problems: Vec::new() }));
}

#[test]
fn one_thing_with_many_addresses_keeps_the_one_that_lasts() {
    let mut neighbourhood = Neighbourhood::default();
    let mut seen_at = |address: &str| {
        let sight = Sight {
            address: address.parse().unwrap(),
            mac: "3c:52:82:00:00:01".into(),
            interface: "eth0".into(),
        };
        neighbourhood.see(sight, FoundBy::Table, &network(), at("2026-11-21T00:00:00Z"));
        let one = &neighbourhood.seen["3c:52:82:00:00:01"];
        (one.address.to_string(), one.kind)
    };
    let unknown = |address: &str| (address.to_owned(), NeighbourKind::Unknown);
    assert_eq!(seen_at("2001:db8::5"), unknown("2001:db8::5"));
    assert_eq!(seen_at("fe80::5"), unknown("fe80::5"));
    assert_eq!(seen_at("2001:db8::6"), unknown("fe80::5"));
    let router = ("192.168.1.1".to_owned(), NeighbourKind::Router);
    assert_eq!(seen_at("192.168.1.1"), router);
    assert_eq!(seen_at("fe80::5"), router);
}
