use super::*;
use crate::inventory::{DeviceFacts, DeviceKind, Protection, device::DeviceState, testing::*};
use kiemke_schemas::section::{antivirus::ProductState, peripheral::Kind};
use proptest::prelude::*;

fn with_view<R>(inventory: &UnitInventory, f: impl FnOnce(View<'_>) -> R) -> R {
    f(View { inventory, thresholds: &Thresholds::default(), now: now() })
}

fn unit_lines(inventory: &UnitInventory) -> Vec<(String, Option<u64>)> {
    let lines = with_view(inventory, lines_of_unit).lines;
    lines.into_iter().map(|line| (line.isp, line.bandwidth_bps.map(|bps| bps / 1_000_000))).collect()
}

fn value(count: Count) -> (Option<u64>, usize) {
    (count.value, count.left_out.len())
}

#[test]
fn computers_are_workstations_and_laptops() {
    let inventory = unit()
        .with(computer("a"))
        .with(DeviceFacts { kind: DeviceKind::Laptop, ..computer("b") })
        .with(server("s"))
        .with(DeviceFacts { kind: DeviceKind::Unknown, ..computer("u") });
    let count = with_view(&inventory, computers);
    assert_eq!((count.value, count.subjects), (Some(2), vec!["a".to_owned(), "b".into()]));
    assert_eq!(count.left_out, ["u"]);
    assert_eq!(count.as_of, Some(now()));
}

#[test]
fn a_device_counts_until_it_is_retired_or_silent_for_ninety_days() {
    let counts = |device| device_counts(&device, &Thresholds::default(), now());
    let in_state = |state| DeviceFacts { state, ..computer("a") };
    let states = [DeviceState::Active, DeviceState::Suspended, DeviceState::Revoked, DeviceState::Retired];
    assert_eq!(states.map(|state| counts(in_state(state))), [true, true, false, false]);
    let heard = |days| DeviceFacts {
        last_seen_at: Some(days_ago(days)),
        last_report_at: Some(days_ago(days + 4)),
        ..computer("a")
    };
    assert_eq!((counts(heard(90)), counts(heard(91))), (true, false));
}

#[test]
fn no_computer_is_missing_and_never_zero() {
    assert_eq!(value(with_view(&unit(), computers)), (None, 0));
    assert_eq!(value(with_view(&unit().with(server("s")), computers)), (None, 0));
    assert_eq!(value(with_view(&unit().with(server("s")), checked_computers)), (None, 0));
}

#[test]
fn a_workstation_that_serves_a_system_is_counted_with_the_system() {
    let inventory = unit().with(computer("a")).with(computer("b")).declaring("HOC", "server.1", "pc-b");
    assert_eq!(value(with_view(&inventory, computers)), (Some(1), 0));
    let systems = systems(&inventory);
    assert_eq!((systems[0].name, systems[0].servers[0].device.as_str()), ("HOC", "b"));
}

#[test]
fn protected_means_installed_and_unknown_is_left_out() {
    let with = |protection| DeviceFacts { protection, ..computer("x") };
    let inventory = unit()
        .with(computer("a"))
        .with(with(installed(vec![product(ProductState::Off)])))
        .with(with(Protection::Absent))
        .with(with(Protection::Unknown));
    assert_eq!(value(with_view(&inventory, protected_computers)), (Some(2), 1));
    assert_eq!(value(with_view(&unit().with(with(Protection::Absent)), protected_computers)), (Some(0), 0));
    assert_eq!(value(with_view(&unit().with(with(Protection::Unknown)), protected_computers)), (None, 1));
}

#[test]
fn a_check_is_valid_until_its_end() {
    let until = |day| DeviceFacts {
        check: Some(crate::inventory::device::SecurityCheck { valid_until: Some(day), ..check() }),
        ..computer("a")
    };
    let is_checked = |device: DeviceFacts, days| {
        let (inventory, thresholds) =
            (unit().with(device), Thresholds { check_valid_days: days, ..Thresholds::default() });
        checked_computers(View { inventory: &inventory, thresholds: &thresholds, now: now() }).value
    };
    assert_eq!(is_checked(computer("a"), 0), Some(1));
    // Checked on 1 October, today is 20 November.
    assert_eq!((is_checked(computer("a"), 50), is_checked(computer("a"), 49)), (Some(1), Some(0)));
    assert_eq!(is_checked(until(jiff::civil::date(2026, 11, 20)), 0), Some(1));
    assert_eq!(is_checked(until(jiff::civil::date(2026, 11, 19)), 0), Some(0));
    assert_eq!(is_checked(DeviceFacts { check: None, ..computer("a") }, 0), Some(0));
}

#[test]
fn a_multifunction_device_counts_as_printer_and_scanner() {
    let inventory = unit()
        .with(computer("a"))
        .with_peripheral(peripheral("p1", Kind::Printer, "a"))
        .with_peripheral(peripheral("m1", Kind::Multifunction, "a"))
        .with_peripheral(peripheral("w1", Kind::Webcam, "a"));
    assert_eq!(value(with_view(&inventory, |v| peripherals(Class::Printers, v))), (Some(2), 0));
    assert_eq!(value(with_view(&inventory, |v| peripherals(Class::Scanners, v))), (Some(1), 0));
    assert_eq!(value(with_view(&inventory, |v| peripherals(Class::Tokens, v))), (Some(0), 0));
    assert_eq!(with_view(&inventory, |v| checked_peripherals(Class::Printers, v)).value, Some(2));
}

#[test]
fn zero_peripherals_need_a_probe_that_worked() {
    let failed = |id| DeviceFacts { peripherals_known: false, ..computer(id) };
    let scanners =
        |inventory: &UnitInventory| value(with_view(inventory, |v| peripherals(Class::Scanners, v)));
    assert_eq!(scanners(&unit()), (None, 0));
    assert_eq!(scanners(&unit().with(failed("a"))), (None, 1));
    assert_eq!(scanners(&unit().with(failed("a")).with(computer("b"))), (Some(0), 1));
    assert_eq!(scanners(&unit().with(server("s"))), (None, 0));
}

#[test]
fn an_unplugged_token_counts_for_thirty_days_of_its_computers_reports() {
    let tokens = |seen_days_ago, reported_days_ago| {
        let mut token = peripheral("t", Kind::Token, "a");
        (token.present, token.last_seen_at) = (false, days_ago(seen_days_ago));
        let device = DeviceFacts { last_report_at: Some(days_ago(reported_days_ago)), ..computer("a") };
        with_view(&unit().with(device).with_peripheral(token), |v| peripherals(Class::Tokens, v)).value
    };
    assert_eq!(tokens(30, 0), Some(1));
    assert_eq!(tokens(31, 0), Some(0));
    // The computer has been off for ten days: it missed the token for 21 days only.
    assert_eq!(tokens(31, 10), Some(1));
}

#[test]
fn peripherals_go_with_their_computer() {
    let inventory = unit()
        .with(computer("a"))
        .with_peripheral(peripheral("p1", Kind::Printer, "retired"))
        .with_peripheral(peripheral("p2", Kind::Printer, "elsewhere"));
    assert_eq!(value(with_view(&inventory, |v| peripherals(Class::Printers, v))), (Some(0), 0));
}

#[test]
fn declared_and_observed_lines_of_one_isp_are_one() {
    let seen = [sighting(7552, 10, 0), sighting(45899, 5, 0)];
    let inventory = unit()
        .with(seeing(computer("a"), &seen))
        .declaring("", "line.1", "vnpt 1 Gbps")
        .declaring("", "line.2", "Viettel 300 Mbps");
    assert_eq!(unit_lines(&inventory), [("VNPT".into(), Some(1_000)), ("Viettel".into(), Some(300))]);
    let line = &with_view(&inventory, lines_of_unit).lines[1];
    assert_eq!((line.asn, line.infrastructure_group.as_str()), (Some(7552), "VIETTEL"));
    assert_eq!((line.first_seen_at, line.provenance.len()), (Some(days_ago(10)), 2));
}

#[test]
fn lines_of_an_isp_are_the_larger_of_declared_and_observed() {
    let both = [sighting(24086, 3, 0), sighting(7552, 9, 0)];
    let observed = unit().with(seeing(computer("a"), &both));
    let viettel = |bandwidth| ("Viettel".to_owned(), bandwidth);
    assert_eq!(unit_lines(&observed), [viettel(None), viettel(None)]);
    let one_declared = observed.clone().declaring("", "line.1", "Viettel (AS24086) 200 Mbps");
    assert_eq!(unit_lines(&one_declared), [viettel(Some(200)), viettel(None)]);
    let asns: Vec<_> = with_view(&one_declared, lines_of_unit).lines.iter().map(|l| l.asn).collect();
    assert_eq!(asns, [Some(24086), Some(7552)]);
    let three_declared = observed
        .declaring("", "line.1", "Viettel 10 Mbps")
        .declaring("", "line.2", "Viettel 20 Mbps")
        .declaring("", "line.10", "Viettel 30 Mbps");
    assert_eq!(unit_lines(&three_declared), [viettel(Some(10)), viettel(Some(20)), viettel(Some(30))]);
}

#[test]
fn lines_stand_as_declared_then_by_first_sight_then_by_name() {
    let seen = [sighting(18403, 2, 0), sighting(7552, 4, 0), sighting(45903, 4, 0)];
    let inventory = unit().with(seeing(computer("a"), &seen)).declaring("", "line.1", "VNPT 50 Mbps");
    let names: Vec<_> = unit_lines(&inventory).into_iter().map(|(isp, _)| isp).collect();
    assert_eq!(names, ["VNPT", "CMC", "Viettel", "FPT"]);
}

#[test]
fn one_network_seen_by_many_computers_is_one_line_and_ends_after_thirty_days() {
    let inventory = unit()
        .with(seeing(computer("a"), &[sighting(45899, 9, 0), sighting(18403, 90, 31)]))
        .with(seeing(computer("b"), &[sighting(45899, 20, 5)]));
    let lines = with_view(&inventory, lines_of_unit);
    assert_eq!(lines.lines.len(), 1);
    assert_eq!(lines.lines[0].first_seen_at, Some(days_ago(20)));
    assert_eq!(lines.lines[0].last_seen_at, Some(now()));
}

#[test]
fn lines_that_only_servers_see_belong_to_the_system() {
    let inventory = unit()
        .with(seeing(computer("a"), &[sighting(45899, 9, 0), sighting(7552, 9, 0)]))
        .with(seeing(server("s1"), &[sighting(45899, 9, 0)]))
        .with(seeing(server("s2"), &[sighting(18403, 9, 0)]))
        .declaring("HOC", "server.1", "s1")
        .declaring("HOC", "server.2", "PC-S2")
        .declaring("HOC", "line.1", "VNPT 100 Mbps");
    let names: Vec<_> = unit_lines(&inventory).into_iter().map(|(isp, _)| isp).collect();
    assert_eq!(names, ["VNPT", "Viettel"]);
    let of_system = with_view(&inventory, |v| lines_of_system("HOC", v)).lines;
    let names: Vec<_> = of_system.iter().map(|l| (l.isp.as_str(), l.bandwidth_bps)).collect();
    assert_eq!(names, [("VNPT", Some(100_000_000)), ("FPT", None)]);
}

#[test]
fn no_line_is_known_only_where_a_device_could_tell() {
    let known = |inventory: &UnitInventory| with_view(inventory, lines_of_unit).known;
    assert!(!known(&unit()));
    assert!(!known(&unit().with(computer("a"))));
    assert!(known(&unit().with(seeing(computer("a"), &[]))));
    assert!(known(&unit().declaring("", "line.1", "VNPT 50 Mbps")));
    assert_eq!(with_view(&unit().with(computer("a")), lines_of_unit).left_out, ["a"]);
}

#[test]
fn a_system_adds_up_its_servers_and_takes_the_largest_peak() {
    let server = |id, processors, p95: u32, used, total, connections| DeviceFacts {
        processors: Some(processors),
        processor_p95_permille: Some(p95),
        processors_in_use: Some((processors * p95).div_ceil(1000)),
        storage_used_bytes: Some(used),
        storage_total_bytes: Some(total),
        connections_max: Some(connections),
        ..server(id)
    };
    let inventory = unit()
        .with(server("s1", 8, 500, 400, 1_000, 700))
        .with(server("s2", 16, 250, 900, 2_000, 1_000))
        .with(super::super::testing::server("s3"))
        .declaring("HOC", "server.1", "s1")
        .declaring("HOC", "server.2", "s2")
        .declaring("HOC", "server.3", "s3")
        .declaring("HOC", "server.4", "no-such-host");
    let found = systems(&inventory);
    let system = &found[0];
    assert_eq!((system.servers.len(), system.unknown_servers.as_slice()), (3, ["no-such-host"].as_slice()));
    assert_eq!((system.processors(), system.storage()), (Some((8, 24)), Some((1_300, 3_000))));
    assert_eq!(system.processors_total(), Some(28));
    // (8 × 500 + 16 × 250) / 24 = 333.3
    assert_eq!(system.processor_load_permille(), Some(334));
    assert_eq!((system.connections_max(), system.throughput_max_bps()), (Some(1_000), None));
}

const ASNS: [u32; 6] = [45899, 135905, 7552, 24086, 18403, 45903];

proptest! {
    /// The order in which devices and sightings come changes nothing, and seeing twice is seeing once.
    #[test]
    fn lines_do_not_depend_on_order_or_repetition(
        seen in proptest::collection::vec((0usize..6, 0i64..40, 0usize..4), 0..12),
        declared in proptest::collection::vec(0usize..3, 0..3),
        seed in any::<u64>(),
    ) {
        let build = |seen: &[(usize, i64, usize)]| {
            let mut inventory = unit();
            for device in 0..4 {
                let lines: Vec<_> = seen.iter().filter(|s| s.2 == device).map(|s| sighting(ASNS[s.0], s.1 + 1, s.1)).collect();
                inventory = inventory.with(seeing(computer(&format!("d{device}")), &lines));
            }
            for (n, isp) in declared.iter().enumerate() {
                inventory = inventory.declaring("", &format!("line.{n}"), ["VNPT", "Viettel", "FPT"][*isp]);
            }
            inventory
        };
        let names = |inventory: &UnitInventory| with_view(inventory, lines_of_unit).lines.iter().map(|l| (l.isp.clone(), l.asn)).collect::<Vec<_>>();
        let once = names(&build(&seen));
        let mut shuffled: Vec<_> = seen.iter().chain(&seen).copied().collect();
        let length = shuffled.len().max(1) as u64;
        shuffled.sort_by_key(|s| (s.1 as u64).wrapping_mul(seed | 1) % length);
        prop_assert_eq!(&once, &names(&build(&shuffled)));
        for isp in ["VNPT", "Viettel", "FPT", "CMC"] {
            let wanted = |asn: usize| crate::reference::isps().network(ASNS[asn]).unwrap().isp == isp;
            let observed = seen.iter().filter(|s| s.1 <= 30 && wanted(s.0)).map(|s| s.0).collect::<std::collections::BTreeSet<_>>().len();
            let said = declared.iter().filter(|d| ["VNPT", "Viettel", "FPT"][**d] == isp).count();
            prop_assert_eq!(once.iter().filter(|l| l.0 == isp).count(), observed.max(said));
        }
    }
}
