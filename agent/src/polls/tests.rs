use super::*;
use kiemke_schemas::section::link::LineState;
use kiemke_schemas::settings::SnmpCredentials;

fn target(role: SnmpRole, host: &str, port: u16) -> SnmpTarget {
    let credentials = SnmpCredentials::V2c { community: "public".into() };
    SnmpTarget { role, host: host.parse().unwrap(), port, credentials }
}

fn line(state: LineState, changed_at: &str) -> RouterLine {
    RouterLine {
        router: "192.168.1.1".parse().unwrap(),
        interface: "wan1".into(),
        label: None,
        state,
        internet: Some(true),
        confidence_permille: 900,
        signs: Vec::new(),
        speed_bps: None,
        address: None,
        peak_bps: None,
        changed_at: changed_at.parse().ok(),
    }
}

#[test]
fn words_stand_for_addresses_and_none_is_asked_twice() {
    let settings = RemoteSettings {
        snmp: vec![
            target(SnmpRole::Router, "gateway", 161),
            target(SnmpRole::Router, "192.168.1.1", 161),
            target(SnmpRole::Printer, "discovered", 161),
        ],
        ..RemoteSettings::default()
    };
    let around = Around {
        gateways: vec!["192.168.1.1".parse().unwrap()],
        printers: vec!["192.168.1.9".parse().unwrap()],
    };
    let asked: Vec<String> =
        devices(&settings, &around).iter().map(|(target, at)| format!("{:?} {at}", target.role)).collect();
    assert_eq!(asked, ["Router 192.168.1.1:161", "Printer 192.168.1.9:161"]);
    assert_eq!(devices(&settings, &Around::default()).len(), 1);
}

#[test]
fn a_router_that_does_not_answer_leaves_its_lines_with_an_unknown_state() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let known = RouterLine { router: address.ip(), ..line(LineState::Up, "2026-11-21T00:00:00Z") };
    let mut polls = Polls { lines: vec![known.clone()], ..Polls::default() };
    let settings = RemoteSettings {
        snmp: vec![target(SnmpRole::Router, "127.0.0.1", address.port())],
        ..RemoteSettings::default()
    };
    assert!(polls.round(&settings, &Around::default(), Timestamp::UNIX_EPOCH));
    let mut links = Section { value: None, problems: Vec::new() };
    polls.join_links(&mut links);
    assert_eq!(links.problems[0].kind, ProblemKind::Timeout);
    let lines = links.value.unwrap().lines;
    assert_eq!(lines, [RouterLine { state: LineState::Unknown, changed_at: None, ..known }]);
    assert!(!polls.round(&settings, &Around::default(), Timestamp::UNIX_EPOCH));
    // Switched off: without a value the section would keep them.
    polls.forget();
    let mut links = Section { value: None, problems: Vec::new() };
    polls.join_links(&mut links);
    assert_eq!((links.value, links.problems), (Some(Links::default()), Vec::new()));
    let mut links = Section { value: None, problems: Vec::new() };
    Polls::default().join_links(&mut links);
    assert_eq!(links.value, None);
}

#[test]
fn a_router_that_stops_half_way_keeps_its_lines() {
    let router = "192.168.1.1".parse().unwrap();
    let wan1 = RouterLine { label: Some("VNPT".into()), ..line(LineState::Up, "2026-11-21T00:00:00Z") };
    let wan2 = RouterLine { interface: "wan2".into(), ..wan1.clone() };
    let down = RouterLine { internet: None, ..line(LineState::Down, "2026-11-21T01:00:00Z") };
    let lan = RouterLine { interface: "lan".into(), ..down.clone() };
    let half = lines::of_half(&[wan1.clone(), wan2.clone()], router, vec![down.clone(), lan]);
    let expected = [
        RouterLine { state: LineState::Down, changed_at: down.changed_at, ..wan1 },
        RouterLine { state: LineState::Unknown, changed_at: None, ..wan2 },
    ];
    assert_eq!(half, expected);
    assert_eq!(lines::of_half(&[], router, vec![down.clone()]), [down]);
}

#[test]
fn the_moment_of_a_change_does_not_wander() {
    let before = [line(LineState::Up, "2026-11-21T00:00:00Z")];
    let mut now = [line(LineState::Up, "2026-11-21T00:02:00Z")];
    lines::steady(&before, &mut now);
    assert_eq!(now, before);
    let mut down = [line(LineState::Down, "2026-11-21T00:02:00Z")];
    lines::steady(&before, &mut down);
    assert_eq!(down[0].changed_at, "2026-11-21T00:02:00Z".parse().ok());
}

#[test]
fn a_peak_is_news_when_it_is_a_tenth_higher() {
    assert_eq!(lines::peak(None, None), None);
    assert_eq!(lines::peak(None, Some(5)), Some(5));
    assert_eq!(lines::peak(Some(100), Some(110)), Some(100));
    assert_eq!(lines::peak(Some(100), Some(111)), Some(111));
    assert_eq!(lines::peak(Some(100), None), Some(100));
}

#[test]
fn printers_join_only_what_could_be_read() {
    let printer: Peripheral = serde_json::from_value(serde_json::json!({
        "kind": "printer", "connection": "network", "name": "HP", "serial": "VNB3", "address": "192.168.1.9",
        "classified_by": "printer-mib", "present": true, "last_seen_at": "2026-11-21T00:00:00Z",
    }))
    .unwrap();
    let polls = Polls::resumed(None, Some(Peripherals { devices: vec![printer] }));
    let mut failed = Section { value: None, problems: Vec::new() };
    polls.join_peripherals(&mut failed);
    assert_eq!(failed.value, None);
    let mut read = Section::known(Peripherals::default());
    polls.join_peripherals(&mut read);
    assert_eq!(read.value.unwrap().devices.len(), 1);
}
