mod others;

use super::*;
use crate::snmp::{mib::Value, recording};
use proptest::prelude::*;
use std::net::Ipv4Addr;

/// One row of a made-up router: index, name, label, ifType, admin, oper, address with mask.
type Row<'a> = (u32, &'a str, &'a str, u32, u8, u8, &'a str);

fn router(rows: &[Row<'_>], more: &str) -> Mib {
    let mut text = String::from(more);
    for (index, name, label, kind, admin, oper, network) in rows {
        text += &format!(
            "\n1.3.6.1.2.1.2.2.1.2.{index}|4|{name}\n1.3.6.1.2.1.2.2.1.3.{index}|2|{kind}\n1.3.6.1.2.1.2.2.1.7.{index}|2|{admin}\n\
             1.3.6.1.2.1.2.2.1.8.{index}|2|{oper}\n1.3.6.1.2.1.31.1.1.1.1.{index}|4|{name}\n1.3.6.1.2.1.31.1.1.1.18.{index}|4|{label}\n"
        );
        if let Some((address, mask)) = network.split_once('/') {
            text += &format!(
                "1.3.6.1.2.1.4.20.1.2.{address}|2|{index}\n1.3.6.1.2.1.4.20.1.3.{address}|64|{mask}\n"
            );
        }
    }
    recording::read(text.as_bytes()).unwrap()
}

fn default_route(next: &str, index: u32) -> String {
    format!("1.3.6.1.2.1.4.24.4.1.5.0.0.0.0.0.0.0.0.0.{next}|2|{index}")
}

fn read(mib: &Mib) -> Vec<(String, LineState, Option<bool>)> {
    let lines = lines(mib, IpAddr::V4(Ipv4Addr::LOCALHOST), Timestamp::UNIX_EPOCH);
    lines.into_iter().map(|line| (line.line.interface, line.line.state, line.line.internet)).collect()
}

fn line(name: &str, state: LineState, internet: Option<bool>) -> (String, LineState, Option<bool>) {
    (name.to_owned(), state, internet)
}

const LAN: &str = "192.168.1.1/255.255.255.0";

#[test]
fn two_dialled_lines_over_named_ports_are_two() {
    let mib = router(
        &[
            (1, "ether1", "VNPT", 6, 1, 1, ""),
            (2, "ether2", "Viettel", 6, 1, 1, ""),
            (3, "bridge", "", 209, 1, 1, LAN),
            (4, "pppoe-vnpt", "", 23, 1, 1, "113.160.1.2/255.255.255.255"),
            (5, "pppoe-viettel", "", 23, 1, 2, ""),
        ],
        "1.3.6.1.2.1.31.1.2.1.3.4.1|2|1\n1.3.6.1.2.1.31.1.2.1.3.5.2|2|1",
    );
    assert_eq!(
        read(&mib),
        [line("ether1", LineState::Up, Some(true)), line("ether2", LineState::Down, Some(true))]
    );
}

#[test]
fn an_idle_session_belongs_to_its_port() {
    let mib = router(
        &[
            (1, "wan1", "", 6, 1, 1, "10.0.0.2/255.255.255.0"),
            (2, "wan1_ppp", "", 23, 1, 2, ""),
            (3, "lan1", "", 6, 1, 1, LAN),
        ],
        &default_route("10.0.0.1", 1),
    );
    assert_eq!(read(&mib), [line("wan1", LineState::Up, Some(true))]);
}

#[test]
fn a_dialer_and_its_port_without_stack_table_are_one() {
    let mib = router(
        &[
            (1, "GigabitEthernet0/0", "WAN FPT", 6, 1, 1, ""),
            (2, "GigabitEthernet0/1", "", 6, 1, 1, LAN),
            (3, "Dialer1", "", 23, 1, 1, "100.70.3.4/255.255.255.255"),
            (4, "Virtual-Access2", "", 23, 1, 1, ""),
            (5, "NVI0", "", 1, 1, 1, ""),
        ],
        "",
    );
    assert_eq!(read(&mib), [line("GigabitEthernet0/0", LineState::Up, Some(true))]);
}

#[test]
fn behind_a_modem_the_default_route_tells() {
    let rows = [(1, "eth0", "", 6, 1, 1, "192.168.100.2/255.255.255.0"), (2, "eth1", "", 6, 1, 1, LAN)];
    let mib = router(&rows, &default_route("192.168.100.1", 0));
    assert_eq!(read(&mib), [line("eth0", LineState::Up, Some(true))]);
}

#[test]
fn an_access_point_asks_a_person() {
    let mib = router(
        &[(1, "eth0", "", 6, 1, 1, ""), (2, "br-lan", "", 209, 1, 1, "192.168.1.9/255.255.255.0")],
        &default_route("192.168.1.1", 2),
    );
    assert!(read(&mib).iter().all(|(_, _, internet)| *internet != Some(true)), "{:?}", read(&mib));
}

#[test]
fn the_label_outranks_the_name() {
    let mib = router(
        &[
            (1, "wan1", "inside", 6, 1, 1, LAN),
            (2, "port5", "Đường truyền Viettel", 6, 1, 2, ""),
            (3, "port6", "Mạng nội bộ", 6, 1, 1, ""),
            (4, "mgmt", "", 6, 1, 1, "113.160.9.9/255.255.255.0"),
        ],
        "",
    );
    assert_eq!(read(&mib), [line("port5", LineState::Down, Some(true))]);
}

#[test]
fn two_providers_on_one_trunk_are_two_lines() {
    let mib = router(
        &[
            (1, "ge-0/0/0", "Internet trunk", 6, 1, 1, ""),
            (2, "ge-0/0/0.10", "VNPT", 53, 1, 1, "113.160.1.2/255.255.255.252"),
            (3, "ge-0/0/0.20", "CMC", 53, 1, 1, "101.99.1.2/255.255.255.252"),
        ],
        "",
    );
    assert_eq!(
        read(&mib),
        [line("ge-0/0/0.10", LineState::Up, Some(true)), line("ge-0/0/0.20", LineState::Up, Some(true))]
    );
}

#[test]
fn spares_and_missing_hardware_are_no_lines() {
    let mib = router(
        &[(1, "WAN2", "", 6, 2, 2, ""), (2, "wwan0", "", 243, 1, 6, ""), (3, "LAN", "", 6, 1, 1, LAN)],
        "",
    );
    assert_eq!(
        read(&mib),
        [line("WAN2", LineState::Spare, Some(false)), line("wwan0", LineState::Spare, Some(false))]
    );
}

/// Octets received and sent, in hundreds of millions.
fn traffic(index: u32, received: u64, sent: u64) -> String {
    let counter =
        |column: u32, count: u64| format!("1.3.6.1.2.1.2.2.1.{column}.{index}|65|{count}00000000\n");
    counter(10, received) + &counter(16, sent)
}

const TWO_DIALLED: [Row<'_>; 5] = [
    (1, "ether1", "WAN VNPT", 6, 1, 1, ""),
    (2, "ether2", "WAN Viettel", 6, 1, 1, ""),
    (3, "bridge", "", 209, 1, 1, LAN),
    (4, "pppoe-out1", "", 23, 1, 1, "113.160.1.2/255.255.255.255"),
    (5, "pppoe-out2", "", 23, 1, 2, ""),
];

#[test]
fn two_dialled_lines_of_which_one_is_down_are_two() {
    let mut rows = TWO_DIALLED;
    let counted = [traffic(1, 90, 80), traffic(4, 88, 78), traffic(2, 50, 30)].concat();
    let expected = [line("ether1", LineState::Up, Some(true)), line("ether2", LineState::Down, Some(true))];
    assert_eq!(read(&router(&rows, &counted)), expected);
    // Its cable is pulled as well.
    rows[1].5 = 2;
    assert_eq!(read(&router(&rows, &counted)), expected);
}

#[test]
fn a_session_that_was_dialled_again_has_counters_of_its_own() {
    let mut rows = TWO_DIALLED;
    rows[4] = (5, "pppoe-out2", "", 23, 1, 1, "27.72.1.2/255.255.255.255");
    let counted = [traffic(1, 90, 80), traffic(4, 88, 78), traffic(2, 5000, 3000), traffic(5, 1, 1)].concat();
    let expected = [line("ether1", LineState::Up, Some(true)), line("ether2", LineState::Up, Some(true))];
    assert_eq!(read(&router(&rows, &counted)), expected);
}

#[test]
fn sessions_and_ports_of_one_label_belong_together() {
    let mib = router(
        &[
            (1, "eth0", "Internet (PPPoE)", 6, 1, 1, ""),
            (2, "eth1", "Internet 2 (PPPoE)", 6, 1, 1, ""),
            (3, "switch0", "Local", 6, 1, 1, LAN),
            (4, "pppoe0", "Internet 2 (PPPoE)", 23, 1, 1, "113.161.1.2/255.255.255.255"),
            (5, "pppoe1", "Internet (PPPoE)", 23, 1, 2, ""),
        ],
        "",
    );
    assert_eq!(
        read(&mib),
        [line("pppoe1", LineState::Down, Some(true)), line("pppoe0", LineState::Up, Some(true))]
    );
}

#[test]
fn ports_of_a_bundle_are_one_line() {
    let mib = router(
        &[
            (1, "ae1", "Internet VNPT", 161, 1, 1, "113.161.1.2/255.255.255.252"),
            (2, "ge-0/0/0", "Internet VNPT ae1", 6, 1, 1, ""),
            (3, "ge-0/0/1", "Internet VNPT", 6, 1, 1, ""),
            (4, "ge-0/0/2", "Internet FPT", 6, 1, 2, ""),
        ],
        "",
    );
    assert_eq!(
        read(&mib),
        [line("ae1", LineState::Up, Some(true)), line("ge-0/0/2", LineState::Down, Some(true))]
    );
}

#[test]
fn trunks_to_other_networks_are_no_internet_lines() {
    let mib = router(
        &[
            (1, "ether1", "Đường truyền TSLCD Viettel", 6, 1, 1, "10.79.1.2/255.255.255.252"),
            (2, "ether2", "Internet FPT", 6, 1, 1, "113.161.1.2/255.255.255.252"),
            (3, "ether3", "MPLS VNPT", 6, 1, 1, "10.80.2.2/255.255.255.252"),
            (4, "ether4", "MegaWAN", 6, 1, 1, "10.81.2.2/255.255.255.252"),
            (5, "wan2", "Mạng truyền số liệu chuyên dùng", 6, 1, 1, "10.82.2.2/255.255.255.252"),
            (6, "WAN1_TR069", "", 6, 1, 1, "10.50.1.2/255.255.0.0"),
            (7, "bridge", "", 209, 1, 1, LAN),
        ],
        &default_route("113.161.1.1", 2),
    );
    assert_eq!(read(&mib), [line("ether2", LineState::Up, Some(true))]);
}

#[test]
fn channels_and_optics_below_a_line_are_no_further_lines() {
    let mut rows =
        vec![(1, "eth0", "", 6, 1, 1, LAN), (2, "RF MAC Interface", "", 127, 1, 1, "10.5.0.2/255.255.0.0")];
    rows.extend((10..18).map(|index| (index, "RF Downstream Interface", "", 128, 1, 1, "")));
    rows.extend((30..34).map(|index| (index, "RF Upstream Interface", "", 129, 1, 1, "")));
    assert_eq!(read(&router(&rows, "")), [line("RF MAC Interface", LineState::Up, Some(true))]);
    let terminal = [
        (1, "eth1", "", 6, 1, 1, ""),
        (2, "pon", "", 250, 1, 1, ""),
        (3, "wan0", "", 6, 1, 1, "100.70.1.2/255.255.0.0"),
        (4, "br0", "", 209, 1, 1, LAN),
    ];
    assert_eq!(read(&router(&terminal, "")), [line("wan0", LineState::Up, Some(true))]);
    let firewall = [(1, "em0", "WAN", 6, 1, 1, "113.161.1.2/255.255.255.0"), (2, "enc0", "", 244, 1, 1, "")];
    assert_eq!(read(&router(&firewall, "")), [line("em0", LineState::Up, Some(true))]);
}

#[test]
fn a_switch_that_learned_a_route_of_ipv6_asks_a_person() {
    let rows = [(1, "Vlan1", "", 53, 1, 1, "192.168.1.2/255.255.255.0"), (2, "Gi0/1", "", 6, 1, 1, "")];
    let route = "1.3.6.1.2.1.4.24.7.1.7.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1|2|1\n";
    let found = read(&router(&rows, route));
    assert!(found.iter().all(|(_, _, internet)| *internet != Some(true)), "{found:?}");
}

#[test]
fn a_session_to_a_branch_is_left_to_a_person() {
    let rows = [
        (1, "ether1", "", 6, 1, 1, "113.161.1.2/255.255.255.0"),
        (2, "to-HQ", "", 23, 1, 1, "10.10.0.2/255.255.255.255"),
        (3, "bridge", "", 209, 1, 1, LAN),
    ];
    let mib = router(&rows, &default_route("113.161.1.1", 0));
    assert_eq!(read(&mib), [line("ether1", LineState::Up, Some(true)), line("to-HQ", LineState::Up, None)]);
}

#[test]
fn a_modem_that_is_switched_off_takes_no_port() {
    let rows = [
        (1, "wan1", "", 6, 1, 1, "192.168.10.2/255.255.255.0"),
        (2, "internal", "", 6, 1, 1, LAN),
        (3, "modem", "", 23, 2, 2, ""),
        (4, "wwan", "", 6, 1, 2, ""),
    ];
    let expected = [
        line("wan1", LineState::Up, Some(true)),
        line("modem", LineState::Spare, Some(false)),
        line("wwan", LineState::Down, Some(true)),
    ];
    assert_eq!(read(&router(&rows, "")), expected);
}

proptest! {
    #[test]
    fn no_tables_panic(rows in proptest::collection::vec((0_u32..6, 0_u32..30, 1_u32..9, any::<u64>(), ".{0,12}"), 0..40)) {
        let mut mib = Mib::default();
        for (root, column, index, number, text) in rows {
            let root = ["1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.3.6.1.2.1.31.1.2.1.3", "1.3.6.1.2.1.4.20.1.2.10.0.0", "1.3.6.1.2.1.4.34.1.3.1.4.10.0.0", "1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0"][root as usize];
            let value = if number % 2 == 0 { Value::Unsigned(number) } else { Value::Bytes(text.into_bytes()) };
            mib.insert(oid(root).child(&[column, index]), value);
        }
        lines(&mib, IpAddr::V4(Ipv4Addr::LOCALHOST), Timestamp::UNIX_EPOCH);
    }
}
