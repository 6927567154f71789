//! What has interfaces and is no edge router, and rows that are not lines of their own.

use super::*;

const DESCRIPTION: &str = "1.3.6.1.2.1.1.1.0|4|";

fn counters(index: u32, received: u64, sent: u64) -> String {
    format!("\n1.3.6.1.2.1.2.2.1.10.{index}|65|{received}\n1.3.6.1.2.1.2.2.1.16.{index}|65|{sent}")
}

#[test]
fn a_host_with_a_public_address_has_no_line_of_its_own() {
    let host = [(1, "lo", "", 24, 1, 1, ""), (2, "eth0", "", 6, 1, 1, "113.160.7.9/255.255.255.0")];
    assert_eq!(read(&router(&host, "")), []);
    let asked = read(&router(&host, &default_route("113.160.7.1", 2)));
    assert!(asked.iter().all(|(_, _, internet)| internet.is_none()), "{asked:?}");
}

#[test]
fn a_switch_leaves_its_labels_to_a_person() {
    let rows = [(1, "gi1", "FortiGate WAN1", 6, 1, 1, ""), (2, "gi2", "UniFi AP", 6, 1, 1, "")];
    let mib = router(&rows, &format!("{DESCRIPTION}SG350-10 10-Port Gigabit Managed Switch"));
    assert_eq!(read(&mib), [line("gi1", LineState::Up, None)]);
    assert_eq!(read(&router(&[(2, "eth1", "UniFi AP", 6, 1, 1, "")], "")), []);
}

#[test]
fn serial_rows_of_stacks_and_ports_of_providers_are_no_lines() {
    assert_eq!(read(&router(&[(1, "Logical-int 1", "", 22, 1, 1, "")], "")), []);
    let names: Vec<String> = (1..=16).map(|port| format!("gpon1-{port}")).collect();
    let rows: Vec<Row<'_>> =
        names.iter().zip(1..).map(|(name, index)| (index, name.as_str(), "", 250, 1, 1, "")).collect();
    assert_eq!(read(&router(&rows, "")), []);
    assert_eq!(read(&router(&rows[..8], "")), []);
    let labelled: Vec<Row<'_>> = rows.iter().map(|row| (row.0, row.1, "GPON", 250, 1, 1, "")).collect();
    assert_eq!(read(&router(&labelled, "")), []);
    let one = [(1, "gpon1", "", 250, 1, 1, ""), (2, "lan1", "", 6, 1, 1, LAN)];
    assert_eq!(read(&router(&one, "")), [line("gpon1", LineState::Up, Some(true))]);
}

#[test]
fn a_failover_link_is_no_line() {
    let rows = [
        (1, "outside", "", 6, 1, 1, "113.160.1.2/255.255.255.252"),
        (2, "inside", "", 6, 1, 1, LAN),
        (3, "STATE-LINK", "STATE Failover Interface", 6, 1, 1, "169.255.1.1/255.255.255.252"),
    ];
    assert_eq!(read(&router(&rows, "")), [line("outside", LineState::Up, Some(true))]);
}

#[test]
fn one_mobile_modem_is_one_line_however_often_it_shows() {
    let rows = [
        (1, "br-lan", "", 209, 1, 1, LAN),
        (2, "wwan0", "", 1, 1, 1, ""),
        (3, "wwan0", "", 1, 1, 1, ""),
        (4, "qmimux0", "", 1, 1, 1, "10.45.1.2/255.255.255.252"),
        (5, "qmimux1", "", 1, 2, 2, ""),
    ];
    assert_eq!(read(&router(&rows, "")), [line("qmimux0", LineState::Up, Some(true))]);
    let two =
        [(1, "br-lan", "", 209, 1, 1, LAN), (2, "wwan0", "", 1, 1, 1, ""), (3, "wwan1", "", 1, 1, 1, "")];
    assert_eq!(read(&router(&two, "")).len(), 2);
}

#[test]
fn a_port_with_the_modems_network_carries_the_session_whose_traffic_it_has() {
    let rows = [
        (1, "WAN", "", 6, 1, 1, "192.168.100.2/255.255.255.0"),
        (2, "ether2", "", 6, 1, 1, LAN),
        (3, "pppoe-out1", "", 23, 1, 1, "113.160.1.2/255.255.255.255"),
    ];
    let much = counters(1, 6_420_000_000, 358_000_000) + &counters(3, 6_300_000_000, 286_000_000);
    assert_eq!(read(&router(&rows, &much)), [line("pppoe-out1", LineState::Up, Some(true))]);
    let other = counters(1, 9_000_000_000, 900_000_000) + &counters(3, 6_300_000_000, 286_000_000);
    assert_eq!(read(&router(&rows, &other)).len(), 2);
}

#[test]
fn a_router_with_private_addresses_alone_asks_a_person() {
    let rows = [
        (1, "em1", "", 6, 1, 1, "10.1.0.156/255.255.255.248"),
        (2, "em2", "", 6, 1, 1, LAN),
        (3, "em3", "", 6, 1, 2, ""),
        (4, "br0", "", 6, 1, 1, "192.168.9.1/255.255.255.0"),
    ];
    assert_eq!(
        read(&router(&rows, "")),
        [line("em1", LineState::Up, None), line("em2", LineState::Up, None)]
    );
}

#[test]
fn a_vpn_of_branches_beside_a_public_line_is_no_line() {
    let rows = [
        (1, "p3", "", 6, 1, 1, "113.160.1.2/255.255.255.252"),
        (2, "p1", "", 6, 1, 1, LAN),
        (3, "ppp15056", "", 23, 1, 1, "192.168.122.254/255.255.255.255"),
    ];
    let found = read(&router(&rows, ""));
    assert_eq!(found[0], line("p3", LineState::Up, Some(true)));
    assert!(found[1..].iter().all(|(_, _, internet)| internet.is_none()), "{found:?}");
}

#[test]
fn a_default_speed_of_a_session_gives_way_to_its_port() {
    let rows = [
        (1, "WAN", "", 6, 1, 1, ""),
        (2, "pppoe-out1", "", 23, 1, 1, "113.160.1.2/255.255.255.255"),
        (3, "ether2", "", 6, 1, 1, LAN),
    ];
    let speeds =
        "1.3.6.1.2.1.31.1.1.1.15.1|66|100\n1.3.6.1.2.1.31.1.1.1.15.2|66|10\n1.3.6.1.2.1.31.1.1.1.15.3|66|100";
    let found = lines(&router(&rows, speeds), IpAddr::V4(Ipv4Addr::LOCALHOST), Timestamp::UNIX_EPOCH);
    assert_eq!(found.iter().map(|line| line.line.speed_bps).collect::<Vec<_>>(), [Some(100_000_000)]);
}

#[test]
fn many_public_networks_tell_no_line_from_another() {
    let rows: Vec<(String, String)> =
        (1..=5).map(|at| (format!("v{at}"), format!("113.160.{at}.1/255.255.255.0"))).collect();
    let rows: Vec<Row<'_>> =
        rows.iter().zip(1..).map(|((n, a), at)| (at, n.as_str(), "", 53, 1, 1, a.as_str())).collect();
    assert!(read(&router(&rows, "")).iter().all(|(_, _, internet)| internet.is_none()));
    assert_eq!(read(&router(&rows[..2], "")).len(), 2);
}

#[test]
fn ports_of_a_bundle_with_one_label_are_one_line() {
    let rows = [
        (1, "1/1/10", "Internet VNPT", 6, 1, 1, ""),
        (2, "2/1/10", "Internet VNPT", 6, 1, 1, ""),
        (3, "lag20", "Internet VNPT", 161, 1, 1, ""),
    ];
    assert_eq!(read(&router(&rows, "")).len(), 1);
}

#[test]
fn a_host_with_several_interfaces_in_one_network_has_no_line() {
    let names: Vec<(String, String)> =
        (1..=4).map(|at| (format!("ens3{at}"), format!("10.3.19.{at}/255.255.255.0"))).collect();
    let rows: Vec<Row<'_>> =
        names.iter().zip(1..).map(|((n, a), at)| (at, n.as_str(), "", 6, 1, 1, a.as_str())).collect();
    assert!(
        read(&router(&rows, &default_route("10.3.19.254", 1)))
            .iter()
            .all(|(_, _, internet)| internet.is_none())
    );
}

#[test]
fn every_line_that_names_its_provider_is_one() {
    let rows = [
        (1, "port1", "liantong", 6, 1, 1, "113.160.1.2/255.255.255.240"),
        (2, "port2", "dianxin", 6, 1, 1, "113.170.1.2/255.255.255.240"),
        (3, "port3", "", 6, 1, 1, LAN),
    ];
    let found = read(&router(&rows, &default_route("113.160.1.1", 1)));
    assert_eq!(found, [line("port1", LineState::Up, Some(true)), line("port2", LineState::Up, Some(true))]);
}

#[test]
fn bonded_pairs_below_a_session_are_one_line() {
    let rows = [
        (1, "GigabitEthernet0/0", "LAN", 6, 1, 1, ""),
        (2, "Gshdsl0/0", "", 169, 1, 1, ""),
        (3, "Gshdsl0/1", "", 169, 1, 1, ""),
        (4, "Gshdsl0/2", "", 169, 1, 1, ""),
        (5, "Gshdsl0/3", "", 169, 1, 1, ""),
        (6, "Dialer1", "", 23, 1, 1, ""),
    ];
    let used = counters(6, 8_431_047_503, 11_858_075_321);
    assert_eq!(read(&router(&rows, &used)), [line("Dialer1", LineState::Up, Some(true))]);
    assert_eq!(read(&router(&rows[..5], "")), [line("Gshdsl0/0", LineState::Up, Some(true))]);
    // Two lines each count their own.
    let two = counters(2, 5_000, 6_000) + &counters(3, 7_000, 8_000);
    assert_eq!(read(&router(&rows[..3], &two)).len(), 2);
}

#[test]
fn a_modem_and_its_channels_are_one_line() {
    let rows = [
        (1, "ethernet0/0", "", 7, 1, 1, ""),
        (3, "cellular0/0", "", 243, 1, 2, ""),
        (4, "cellular0/1", "", 142, 1, 2, ""),
        (6, "cellular1/0", "", 243, 1, 1, ""),
        (7, "cellular1/1", "", 142, 1, 1, ""),
        (10, "ppp30", "", 23, 1, 7, ""),
        (12, "direct-ip1", "", 22, 1, 1, ""),
        (15, "l2tp30", "", 53, 1, 2, ""),
        (16, "atm0/0", "", 37, 1, 2, ""),
    ];
    let used = counters(6, 22_922_485, 6_382_266)
        + &counters(7, 13_906_586, 0)
        + &counters(12, 12_392_561, 0)
        // Line and channel of DSL.
        + "\n1.3.6.1.2.1.2.2.1.2.17|4|ADSL Physical/0\n1.3.6.1.2.1.2.2.1.3.17|2|94\n1.3.6.1.2.1.2.2.1.7.17|2|1\
           \n1.3.6.1.2.1.2.2.1.8.17|2|2\n1.3.6.1.2.1.31.1.1.1.1.17|4|atm0/0";
    assert_eq!(
        read(&router(&rows, &used)),
        [
            line("cellular0/0", LineState::Down, Some(true)),
            line("cellular1/0", LineState::Up, Some(true)),
            line("atm0/0", LineState::Down, Some(true)),
        ]
    );
    let two = [(1, "Cellular0/0/0", "", 243, 1, 1, ""), (2, "Cellular0/1/0", "", 243, 1, 1, "")];
    assert_eq!(read(&router(&two, "")).len(), 2);
}

#[test]
fn empty_sockets_and_channels_never_used_are_no_lines() {
    let rows = [
        (1, "X0 (LAN)", "", 6, 1, 1, LAN),
        (2, "X1 (WAN)", "", 6, 1, 1, "113.160.1.2/255.255.255.252"),
        (3, "U0 (WAN)", "", 6, 1, 2, ""),
        (4, "DSL-CH-1", "", 23, 1, 2, ""),
    ];
    let up = [line("X1 (WAN)", LineState::Up, Some(true))];
    assert_eq!(read(&router(&rows, &counters(3, 0, 1399))), up);
    let used = [up.as_slice(), &[line("U0 (WAN)", LineState::Down, Some(true))]].concat();
    assert_eq!(read(&router(&rows, &counters(3, 52_000, 1399))), used);
}

#[test]
fn what_only_unused_channels_run_over_is_no_line() {
    let rows = [
        (76, "BRG-1", "", 209, 1, 1, "10.2.2.250/255.255.255.0"),
        (84, "DSL-1", "", 6, 1, 1, ""),
        (85, "DSL-CH-1", "", 70, 1, 2, ""),
    ];
    let stack = "1.3.6.1.2.1.31.1.2.1.3.85.84|2|1";
    assert_eq!(read(&router(&rows, stack)), []);
    let used = format!("{stack}{}", counters(84, 5_000, 6_000));
    assert!(!read(&router(&rows, &used)).is_empty());
}

#[test]
fn a_host_in_two_networks_asks_a_person() {
    let rows = [(1, "eth0", "", 6, 1, 1, "192.168.100.2/255.255.255.0"), (2, "eth1", "", 6, 1, 1, LAN)];
    let route = default_route("192.168.100.1", 1);
    let host = format!("{route}\n1.3.6.1.2.1.4.1.0|2|2");
    assert_eq!(read(&router(&rows, &host)), [line("eth0", LineState::Up, None)]);
    // It says nothing of it, and is nobody's gateway.
    let beside = [rows[0], (2, "eth1", "", 6, 1, 1, "10.10.11.60/255.255.255.0")];
    assert_eq!(read(&router(&beside, &route)), [line("eth0", LineState::Up, None)]);
    let gateway = format!("{route}\n1.3.6.1.2.1.4.1.0|2|1");
    assert_eq!(read(&router(&rows, &gateway)), [line("eth0", LineState::Up, Some(true))]);
}

#[test]
fn a_session_with_an_office_address_beside_a_named_line_is_left_to_a_person() {
    let rows = [
        (7, "wan", "", 6, 1, 1, "192.168.1.10/255.255.255.0"),
        (9, "br-lan", "", 6, 1, 1, "192.168.100.1/255.255.255.0"),
        (11, "ppp0", "", 23, 1, 1, "192.168.40.1/255.255.255.255"),
    ];
    let found = read(&router(&rows, ""));
    assert_eq!(found[0], line("wan", LineState::Up, Some(true)));
    assert!(found[1..].iter().all(|(_, _, internet)| internet.is_none()), "{found:?}");
}

#[test]
fn rows_of_one_name_are_one_line_unless_their_labels_differ() {
    let one = [(1, "ppp2.2", "", 23, 1, 1, ""), (2, "ppp2.2", "", 23, 1, 1, "")];
    assert_eq!(read(&router(&one, "")), [line("ppp2.2", LineState::Up, Some(true))]);
    let two = [(1, "port1", "VNPT", 6, 1, 1, ""), (2, "port1", "Viettel", 6, 1, 1, "")];
    assert_eq!(read(&router(&two, "")).len(), 2);
}

#[test]
fn sums_of_lines_are_no_further_lines() {
    let rows = [
        (1, "lan0", "", 6, 1, 1, LAN),
        (2, "wan0", "", 6, 1, 1, ""),
        (3, "sp_wan", "", 6, 1, 1, ""),
        (4, "proxy_wan0", "", 6, 1, 1, ""),
    ];
    assert_eq!(read(&router(&rows, "")), [line("wan0", LineState::Up, Some(true))]);
}
