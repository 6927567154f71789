use super::*;
use crate::snmp::recording;
use proptest::prelude::*;

fn read_recording(text: &str) -> Option<Peripheral> {
    read(&recording::read(text.as_bytes()).unwrap(), None, Timestamp::UNIX_EPOCH)
}

const PRINTER_ROW: &str = "1.3.6.1.2.1.25.3.2.1.2.1|6|1.3.6.1.2.1.25.3.1.5\n";

#[test]
fn a_printer_with_its_counter() {
    let text = format!(
        "{PRINTER_ROW}1.3.6.1.2.1.25.3.2.1.3.1|4|Xerox Phaser 3020; Net 1.2, System 4\n\
         1.3.6.1.2.1.43.5.1.1.17.1|4|3360281471 \n1.3.6.1.2.1.43.10.2.1.3.1.1|2|7\n\
         1.3.6.1.2.1.43.10.2.1.4.1.1|65|1279\n1.3.6.1.2.1.2.2.1.6.1|4x|9C934E001122\n"
    );
    let found = read_recording(&text).unwrap();
    assert_eq!(found.kind, Kind::Printer);
    assert_eq!(found.name, "Xerox Phaser 3020");
    assert_eq!(found.vendor.as_deref(), Some("Xerox"));
    assert_eq!(found.model.as_deref(), Some("Phaser 3020"));
    assert_eq!(found.serial.as_deref(), Some("3360281471"));
    assert_eq!(found.page_count, Some(1279));
    assert_eq!(found.mac.as_deref(), Some("9c:93:4e:00:11:22"));
}

#[test]
fn special_counter_values_and_other_units_are_unknown() {
    let row = |unit: i32, count: &str| {
        let text = format!(
            "{PRINTER_ROW}1.3.6.1.2.1.43.10.2.1.3.1.1|2|{unit}\n1.3.6.1.2.1.43.10.2.1.4.1.1|{count}\n"
        );
        read_recording(&text).unwrap().page_count
    };
    assert_eq!(row(7, "2|-2"), None);
    assert_eq!(row(17, "65|800"), None);
    assert_eq!(row(8, "65|800"), Some(800));
    assert_eq!(read_recording(PRINTER_ROW).unwrap().page_count, None);
}

#[test]
fn a_computer_with_printer_queues_is_no_printer() {
    let text = format!(
        "1.3.6.1.2.1.1.1.0|4|Hardware: Intel64 - Software: Windows Version 6.3\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.311.1.1.3.1.2\n\
         {PRINTER_ROW}1.3.6.1.2.1.25.3.2.1.3.1|4|HP LaserJet P2055d\n1.3.6.1.2.1.25.3.2.1.2.2|6|1.3.6.1.2.1.25.3.1.3\n"
    );
    assert_eq!(read_recording(&text), None);
}

#[test]
fn projectors_and_routers_are_no_printers() {
    assert_eq!(read_recording(&format!("{PRINTER_ROW}1.3.6.1.2.1.1.1.0|4|EPSON Projector EB-1785W\n")), None);
    assert_eq!(read_recording("1.3.6.1.2.1.1.1.0|4|RouterOS RB750Gr3\n"), None);
    assert_eq!(read_recording(""), None);
}

#[test]
fn a_document_scanner_is_a_scanner() {
    let text = format!("{PRINTER_ROW}1.3.6.1.2.1.25.3.2.1.3.1|4|Brother ADS-2800W\n");
    let found = read_recording(&text).unwrap();
    assert_eq!((found.kind, found.model.as_deref()), (Kind::Scanner, Some("ADS-2800W")));
}

proptest! {
    #[test]
    fn no_texts_panic(one in ".{0,40}", two in ".{0,40}", serial in proptest::collection::vec(any::<u8>(), 0..20)) {
        let mut mib = Mib::default();
        mib.insert(oid(DESCRIPTION), Value::Bytes(one.clone().into_bytes()));
        mib.insert(oid(DEVICE_TYPE).child(&[1]), Value::Oid(Oid::new(TYPE_PRINTER)));
        mib.insert(oid(DEVICE_DESCRIPTION).child(&[1]), Value::Bytes(two.into_bytes()));
        mib.insert(oid(PRINTER_SERIAL).child(&[1]), Value::Bytes(serial));
        mib.insert(oid("1.3.6.1.4.1.11.2.3.9.1.1.7.0"), Value::Bytes(format!("MFG:{one};MDL:{one};").into_bytes()));
        let _ = read(&mib, None, Timestamp::UNIX_EPOCH);
    }
}
