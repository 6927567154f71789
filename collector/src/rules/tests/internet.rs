use super::*;
use crate::inventory::{DeviceFacts, line::LineDown, testing::*};
use jiff::SignedDuration;
use kiemke_schemas::section::link::{LineState, RouterLine};
use serde_json::json;

const VNPT: u32 = 45899;
const VNPT_2: u32 = 135905;
const VIETTEL: u32 = 7552;

#[test]
fn single_line() {
    let one_seen = unit().with(seeing(computer("a"), &[sighting(VNPT, 9, 0)]));
    assert_eq!(found(&one_seen), one("internet.single-line", ""));
    assert_eq!(found(&unit().declaring("", "line.1", "VNPT 150 Mbps")), one("internet.single-line", ""));
    let two = one_seen.clone().declaring("", "line.1", "Viettel 100 Mbps");
    assert_eq!(found(&two), NOTHING);
    assert_eq!(
        evidence(&one_seen.declaring("", "line.1", "VNPT 150 Mbps"), "internet.single-line"),
        json!({"lines": [{"isp": "VNPT", "asn": 45899, "infrastructure_group": "VNPT",
               "bandwidth_bps": 150_000_000, "first_seen_at": "2026-11-11T03:00:00Z"}]})
    );
}

#[test]
fn single_line_of_a_system() {
    let system = unit().with(seeing(server("s"), &[sighting(VNPT, 9, 0)])).declaring("HOC", "server.1", "s");
    assert_eq!(found(&system), one("internet.single-line", "HOC"));
    assert_eq!(found(&system.declaring("HOC", "line.1", "FPT 100 Mbps")), NOTHING);
}

#[test]
fn same_isp_group() {
    let both = unit().with(seeing(computer("a"), &[sighting(VNPT, 9, 0), sighting(VNPT_2, 9, 0)]));
    assert_eq!(found(&both), one("internet.same-isp-group", ""));
    let declared = unit().declaring("", "line.1", "Hanoi Telecom 10 Mbps").declaring(
        "",
        "line.2",
        "Vietnamobile 10 Mbps",
    );
    assert_eq!(found(&declared), one("internet.same-isp-group", ""));
    let third = both.declaring("", "line.3", "Viettel 10 Mbps");
    assert_eq!(found(&third), NOTHING);
    let system = unit().declaring("HOC", "line.1", "Viettel (AS7552) 1 Gbps").declaring(
        "HOC",
        "line.2",
        "Viettel (AS24086) 1 Gbps",
    );
    assert_eq!(found(&system), one("internet.same-isp-group", "HOC"));
}

#[test]
fn unknown_lines_are_unknown_and_do_not_fail() {
    let silent_on_lines = unit().with(computer("a"));
    assert_eq!(found(&silent_on_lines), one("internet.unknown", ""));
    assert_eq!(evidence(&silent_on_lines, "internet.unknown"), json!({"devices": ["a"], "limit_days": 7}));
    // Seen eight days ago: known as a line, and nothing for a week.
    let lately =
        |days| unit().with(seeing(computer("a"), &[sighting(VNPT, 20, days), sighting(VIETTEL, 20, days)]));
    assert_eq!(found(&lately(8)), one("internet.unknown", ""));
    assert_eq!(found(&lately(7)), NOTHING);
    // Enrolled yesterday; known to have no way out; declared.
    let new = unit().with(DeviceFacts { enrolled_at: days_ago(1), ..computer("a") });
    assert_eq!(found(&new), NOTHING);
    assert_eq!(found(&unit().with(seeing(computer("a"), &[]))), NOTHING);
    let declared = silent_on_lines.declaring("", "line.1", "VNPT").declaring("", "line.2", "FPT");
    assert_eq!(found(&declared), NOTHING);
}

/// What a computer that was heard of so many minutes ago reads of the router's second line.
fn reads(id: &str, heard: i64, down_for: Option<i64>) -> DeviceFacts {
    let minutes_ago = |minutes| now() - SignedDuration::from_mins(minutes);
    let state = if down_for.is_some() { LineState::Down } else { LineState::Up };
    let line: RouterLine = serde_json::from_value(json!({
        "router": "192.168.1.1", "interface": "wan2", "label": "FPT", "state": state, "internet": true,
        "confidence_permille": 950,
    }))
    .unwrap();
    let down = down_for.map(|minutes| LineDown {
        router: line.router,
        interface: line.interface.clone(),
        label: line.label.clone(),
        since: minutes_ago(minutes),
    });
    DeviceFacts {
        router_lines: vec![line],
        lines_down: down.into_iter().collect(),
        last_seen_at: Some(minutes_ago(heard)),
        last_report_at: Some(minutes_ago(heard)),
        ..seeing(computer(id), &[sighting(VNPT, 9, 0), sighting(VIETTEL, 9, 0)])
    }
}

#[test]
fn line_down_for_half_an_hour() {
    // Two computers read the same router.
    let down = |minutes| unit().with(reads("a", 0, Some(minutes))).with(reads("b", 0, Some(minutes)));
    assert_eq!(found(&down(29)), NOTHING);
    assert_eq!(found(&down(30)), one("internet.line-down", ""));
    assert_eq!(
        evidence(&down(45), "internet.line-down"),
        json!({"lines_down": [{"router": "192.168.1.1", "interface": "wan2", "label": "FPT",
               "down_since": "2026-11-20T02:15:00Z"}]})
    );
}

#[test]
fn a_line_is_up_where_the_agent_that_reads_it_now_says_so() {
    let relieved = unit().with(reads("a", 60, Some(90))).with(reads("b", 0, None));
    assert_eq!(found(&relieved), NOTHING);
    let taken_over = unit().with(reads("a", 60, None)).with(reads("b", 0, Some(90)));
    assert_eq!(found(&taken_over), one("internet.line-down", ""));
}

#[test]
fn a_line_that_is_down_is_looked_at_when_half_an_hour_is_over() {
    let due = |inventory: &UnitInventory| {
        due(inventory, &Thresholds::default(), now()).map(|at| at.duration_since(now()).as_mins())
    };
    assert_eq!(due(&unit().with(reads("a", 0, Some(12)))), Some(18));
    assert_eq!(due(&unit().with(reads("a", 0, Some(30)))), None);
    assert_eq!(due(&unit().with(reads("a", 0, None))), None);
}

#[test]
fn what_only_a_server_of_a_system_sees_is_no_line_of_the_unit() {
    let inventory = unit()
        .with(computer("a"))
        .with(seeing(server("s"), &[sighting(VNPT, 9, 0), sighting(VIETTEL, 9, 0)]))
        .declaring("HOC", "server.1", "s");
    assert_eq!(found(&inventory), one("internet.unknown", ""));
}
