use super::*;
use proptest::prelude::*;

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + hour * 3_600).unwrap()
}

fn thing(kind: Kind, serial: Option<&str>) -> Peripheral {
    Peripheral {
        vendor: Some("HP".into()),
        model: Some("LaserJet M404dn".into()),
        serial: serial.map(str::to_owned),
        bus_path: Some("1-1.4".into()),
        ..Peripheral::seen(kind, Connection::Usb, "HP LaserJet M404dn".into(), ClassifiedBy::UsbTable, at(0))
    }
}

fn on_network(kind: Kind, serial: Option<&str>, address: &str) -> Peripheral {
    let address = Some(address.parse().unwrap());
    Peripheral { connection: Connection::Network, bus_path: None, address, ..thing(kind, serial) }
}

fn seen(device: &str, unit: &str, hour: i64, peripheral: Peripheral) -> PeripheralSighting {
    PeripheralSighting {
        device: device.into(),
        unit: unit.into(),
        identity: identity_of(device, unit, &peripheral),
        peripheral,
        first_seen_at: at(0),
        last_seen_at: at(hour),
    }
}

#[test]
fn identity_is_serial_then_address_then_place() {
    let identity = |p: &Peripheral| identity_of("dev", "760", p);
    let with_ids = Peripheral {
        usb_vendor: Some("03F0".into()),
        usb_product: Some("012a".into()),
        ..thing(Kind::Printer, Some("VNB3:K1"))
    };
    assert_eq!(identity(&with_ids), "usb:03f0:012a:vnb3-k1");
    assert_eq!(identity(&thing(Kind::Printer, Some(" VNB3K1 "))), "hp:laserjet m404dn:vnb3k1");
    assert_eq!(identity(&on_network(Kind::Printer, None, "192.168.1.9")), "net:760:192.168.1.9");
    assert_eq!(identity(&thing(Kind::Printer, None)), "host:dev:1-1.4");
    let queue = Peripheral { bus_path: None, ..thing(Kind::Printer, None) };
    assert_eq!(identity(&queue), "host:dev:hp laserjet m404dn");
}

#[test]
fn weak_serials_are_none() {
    for serial in [
        "001",
        "",
        "   ",
        "To be filled by O.E.M.",
        "System Serial Number",
        "0000000000",
        "123456789",
        "N/A",
        "Default string",
        "....",
        "xxxxxx",
    ] {
        assert_eq!(usable_serial(&thing(Kind::Printer, Some(serial))), None, "{serial:?}");
    }
    for serial in ["A1B2", "VNB3K12345", "0001", "CN-1234-5678"] {
        assert_eq!(usable_serial(&thing(Kind::Printer, Some(serial))), Some(serial));
    }
}

#[test]
fn one_network_printer_seen_by_twelve_agents_is_one() {
    let sightings: Vec<_> = (0..12)
        .map(|n| {
            // Two agents could not read the serial.
            let serial = (n % 6 != 0).then_some("VNB3K12345");
            seen(&format!("d{n:02}"), "26740", n, on_network(Kind::Multifunction, serial, "192.168.1.50"))
        })
        .collect();
    let merged = merge(&sightings);
    assert_eq!(merged.len(), 1);
    assert_eq!((merged[0].identity.as_str(), merged[0].devices.len()), ("hp:laserjet m404dn:vnb3k12345", 12));
    assert_eq!((merged[0].devices[0].as_str(), merged[0].last_seen_at), ("d11", at(11)));
    assert_eq!(merged[0].aliases, ["net:26740:192.168.1.50"]);
}

#[test]
fn the_same_private_address_in_two_units_is_two_things() {
    let merged = merge(&[
        seen("a", "26740", 1, on_network(Kind::Printer, None, "192.168.1.50")),
        seen("b", "26743", 2, on_network(Kind::Printer, None, "192.168.1.50")),
    ]);
    let units: Vec<_> = merged.iter().map(|p| p.unit.as_str()).collect();
    assert_eq!(units, ["26740", "26743"]);
}

#[test]
fn a_moved_computer_leaves_network_printers_behind() {
    let mut left = seen("a", "26740", 1, on_network(Kind::Printer, None, "192.168.1.50"));
    left.unit = "26743".into();
    assert_eq!(merge(&[left]), []);
}

#[test]
fn one_device_on_usb_here_and_on_the_network_there_is_one() {
    let on_usb = |vendor: &str, serial| Peripheral {
        vendor: Some(vendor.into()),
        usb_vendor: Some("03f0".into()),
        usb_product: Some("012a".into()),
        ..thing(Kind::Printer, Some(serial))
    };
    let network =
        || seen("b", "26740", 2, on_network(Kind::Multifunction, Some("VNB3K12345"), "192.168.1.50"));
    let merged = merge(&[seen("a", "26740", 1, on_usb("HP", "VNB3K12345")), network()]);
    assert_eq!(merged.len(), 1);
    assert_eq!(
        (merged[0].identity.as_str(), merged[0].kind),
        ("usb:03f0:012a:vnb3k12345", Kind::Multifunction)
    );
    assert_eq!(merged[0].aliases, ["hp:laserjet m404dn:vnb3k12345"]);
    assert_eq!(merge(&[seen("a", "26740", 1, on_usb("Canon", "VNB3K12345")), network()]).len(), 2);
    assert_eq!(merge(&[seen("a", "26740", 1, on_usb("HP", "VNB3K99999")), network()]).len(), 2);
}

#[test]
fn two_serials_at_one_address_stay_two() {
    let merged = merge(&[
        seen("a", "26740", 1, on_network(Kind::Printer, Some("SERIAL-A"), "192.168.1.50")),
        seen("a", "26740", 9, on_network(Kind::Printer, Some("SERIAL-B"), "192.168.1.50")),
        seen("b", "26740", 8, on_network(Kind::Printer, None, "192.168.1.50")),
    ]);
    let seen_by: Vec<_> = merged.iter().map(|p| (p.serial.as_deref(), p.devices.len())).collect();
    assert_eq!(seen_by, [(Some("SERIAL-A"), 1), (Some("SERIAL-B"), 2)]);
}

#[test]
fn a_moved_printer_counts_once_where_it_was_seen_last() {
    let unplugged = Peripheral { present: false, ..thing(Kind::Printer, Some("VNB3K12345")) };
    let merged = merge(&[
        seen("old", "760", 5, unplugged),
        seen("new", "26740", 7, thing(Kind::Printer, Some("VNB3K12345"))),
    ]);
    assert_eq!(merged.len(), 1);
    assert_eq!(
        (merged[0].unit.as_str(), &merged[0].devices),
        ("26740", &vec!["new".to_owned(), "old".into()])
    );
    assert!(merged[0].present);
}

#[test]
fn things_without_a_usable_serial_are_never_merged() {
    let merged = merge(&[
        seen("a", "760", 1, thing(Kind::Token, Some("001"))),
        seen("b", "760", 1, thing(Kind::Token, Some("001"))),
        seen("b", "760", 1, Peripheral { bus_path: Some("2-1".into()), ..thing(Kind::Token, Some("001")) }),
    ]);
    assert_eq!(merged.len(), 3);
}

#[test]
fn a_printer_here_and_a_scanner_there_is_a_multifunction_device() {
    let merged = merge(&[
        seen("a", "760", 1, thing(Kind::Printer, Some("VNB3K12345"))),
        seen("b", "760", 1, thing(Kind::Scanner, Some("VNB3K12345"))),
    ]);
    assert_eq!((merged.len(), merged[0].kind), (1, Kind::Multifunction));
}

prop_compose! {
    fn any_sighting()(
        device in 0..4u8,
        unit in 0..2u8,
        hour in 0..5i64,
        kind in prop_oneof![Just(Kind::Printer), Just(Kind::Scanner), Just(Kind::Multifunction), Just(Kind::Token)],
        serial in prop_oneof![Just(None), Just(Some("001")), Just(Some("SERIAL-A")), Just(Some("SERIAL-B"))],
        address in proptest::option::of(1..4u8),
        usb: bool,
        present: bool,
    ) -> PeripheralSighting {
        let mut peripheral = match address {
            Some(last) => on_network(kind, serial, &format!("192.168.1.{last}")),
            None => thing(kind, serial),
        };
        peripheral.present = present;
        if usb {
            (peripheral.usb_vendor, peripheral.usb_product) = (Some("03f0".into()), Some("012a".into()));
        }
        seen(&format!("d{device}"), &format!("u{unit}"), hour, peripheral)
    }
}

proptest! {
    #[test]
    fn merging_ignores_order_and_repetition(
        (sightings, shuffled) in proptest::collection::vec(any_sighting(), 0..12)
            .prop_flat_map(|all| (Just(all.clone()), Just([all.clone(), all].concat()).prop_shuffle()))
    ) {
        prop_assert_eq!(merge(&sightings), merge(&shuffled));
    }

    #[test]
    fn every_usable_serial_is_one_thing(sightings in proptest::collection::vec(any_sighting(), 0..12)) {
        let serials: std::collections::BTreeSet<_> =
            sightings.iter().filter_map(|s| usable_serial(&s.peripheral)).map(str::to_owned).collect();
        let merged = merge(&sightings);
        let with_serial: Vec<_> = merged.iter().filter_map(|p| p.serial.clone()).collect();
        prop_assert_eq!(with_serial.iter().cloned().collect::<std::collections::BTreeSet<_>>(), serials.clone());
        prop_assert_eq!(with_serial.len(), serials.len());
    }
}
