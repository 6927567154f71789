use super::*;
use crate::probe::tests::tree;
use kiemke_schemas::{
    Problem, ProblemKind,
    section::peripheral::{ClassifiedBy, Kind},
};

fn at(hour: u32) -> Timestamp {
    format!("2026-08-0{}T{:02}:00:00Z", 1 + hour / 24, hour % 24).parse().unwrap()
}

#[test]
fn usb_devices_of_a_one_stop_desk() {
    let (_guard, root) = tree(&[
        ("/sys/bus/usb/devices/usb1/idVendor", "1d6b"),
        ("/sys/bus/usb/devices/1-1/idVendor", "072f\n"),
        ("/sys/bus/usb/devices/1-1/idProduct", "90cc\n"),
        ("/sys/bus/usb/devices/1-1/product", "CCID USB Reader\n"),
        ("/sys/bus/usb/devices/1-1/manufacturer", "ACS\n"),
        ("/sys/bus/usb/devices/1-1/serial", "001\n"),
        ("/sys/bus/usb/devices/1-1:1.0/bInterfaceClass", "0b\n"),
        ("/sys/bus/usb/devices/1-1:1.0/bInterfaceSubClass", "00\n"),
        ("/sys/bus/usb/devices/1-1:1.0/bInterfaceProtocol", "00\n"),
        ("/sys/bus/usb/devices/1-2/idVendor", "046d\n"),
        ("/sys/bus/usb/devices/1-2/idProduct", "c31c\n"),
        ("/sys/bus/usb/devices/1-2/product", "USB Keyboard\n"),
        ("/sys/bus/usb/devices/1-3.1/idVendor", "fffe\n"),
        ("/sys/bus/usb/devices/1-3.1/idProduct", "0001\n"),
        ("/sys/bus/usb/devices/1-3.1/product", "Canon DR-C240\n"),
        ("/sys/bus/usb/devices/1-3.1/serial", "HB123456\n"),
    ]);
    let section = read(&root, at(0));
    assert_eq!(section.problems, []);
    let devices = section.value.unwrap().devices;
    let seen: Vec<_> =
        devices.iter().map(|d| (d.kind, d.classified_by, d.name.as_str(), d.serial.as_deref())).collect();
    let expected = [
        (Kind::CardReader, ClassifiedBy::UsbTable, "ACS CCID USB Reader", None),
        (Kind::Scanner, ClassifiedBy::NamePattern, "Canon DR-C240", Some("HB123456")),
    ];
    assert_eq!(seen, expected);
    assert_eq!(devices[0].bus_path.as_deref(), Some("1-1"));
    assert_eq!(devices[0].usb_product.as_deref(), Some("90cc"));
}

#[test]
fn no_usb_is_not_the_same_as_no_devices() {
    let (_guard, root) = tree(&[("/sys/bus/pci/x", "")]);
    let problem = Problem::new(ProblemKind::Absent, "/sys/bus/usb/devices", "this machine has no USB bus");
    assert_eq!(read(&root, at(0)), Section::unknown(problem));
    let (_guard, root) = tree(&[("/sys/bus/usb/devices/usb1/idVendor", "1d6b")]);
    assert_eq!(read(&root, at(0)), Section::known(Peripherals::default()));
}

fn reader(serial: Option<&str>, path: &str, seen: Timestamp) -> Peripheral {
    let device = UsbDevice {
        vendor_id: 0x072f,
        product_id: 0x90cc,
        serial: serial.map(str::to_owned),
        bus_path: path.to_owned(),
        ..UsbDevice::default()
    };
    of_usb(&device, seen).unwrap()
}

fn list(devices: &[Peripheral]) -> Peripherals {
    Peripherals { devices: devices.to_vec() }
}

#[test]
fn what_stays_plugged_in_makes_no_news_for_a_day() {
    let last = list(&[reader(Some("A1234567"), "1-1", at(0))]);
    assert_eq!(steady(&last, list(&[reader(Some("A1234567"), "1-1", at(5))])), last);
    let moved_on = list(&[reader(Some("A1234567"), "1-1", at(25))]);
    assert_eq!(steady(&last, moved_on.clone()), moved_on);
}

#[test]
fn an_unplugged_thing_stays_with_the_computer_and_comes_back() {
    let last = list(&[reader(Some("A1234567"), "1-1", at(0))]);
    let gone = steady(&last, Peripherals::default());
    assert_eq!(gone.devices, [Peripheral { present: false, ..reader(Some("A1234567"), "1-1", at(0)) }]);
    assert_eq!(steady(&gone, Peripherals::default()), gone);
    let back = list(&[reader(Some("A1234567"), "1-2", at(3))]);
    assert_eq!(steady(&gone, back.clone()), back);
    let identity = "072f:90cc:A1234567".to_owned();
    assert_eq!(changes(&last, &gone), [Event::PeripheralDetached { identity: identity.clone() }]);
    assert_eq!(changes(&gone, &back), [Event::PeripheralAttached { identity }]);
}

#[test]
fn two_things_without_serial_are_two() {
    let two = list(&[reader(None, "1-1", at(0)), reader(None, "1-2", at(0))]);
    assert_eq!(steady(&two, two.clone()).devices.len(), 2);
}

#[test]
fn a_maker_is_named_once() {
    let name = |vendor, model| full_name(Some(vendor), Some(model)).unwrap();
    assert_eq!(name("Hewlett-Packard", "HP LaserJet 1020"), "HP LaserJet 1020");
    assert_eq!(name("Canon", "Canon LBP6030"), "Canon LBP6030");
    assert_eq!(name("Brother", "MFC-L2701DW"), "Brother MFC-L2701DW");
    assert_eq!(name("Samsung Electronics", "SECC-1"), "Samsung Electronics SECC-1");
    assert_eq!(name("FS", "FS300"), "FS300");
    assert_eq!(name("Canon", "C 300"), "Canon C 300");
}
