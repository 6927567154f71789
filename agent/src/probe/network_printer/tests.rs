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
fn a_printer_on_the_makers_print_server_is_a_printer() {
    let text = String::from(
        "1.3.6.1.2.1.1.1.0|4|OKI OkiLAN 8100e Rev.01.02 10/100BASE Ethernet Print Server: Attached to B431 Rev.N2.41\n\
         1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.2001.1.1.1.1\n1.3.6.1.2.1.43.11.1.1.6.1.1|4|Toner\n",
    );
    let named = |more: &str| {
        let found = read_recording(&format!("{text}{more}")).unwrap();
        (found.kind, found.name)
    };
    assert_eq!(named(""), (Kind::Printer, "OKI B431".to_owned()));
    let described = |name: &str| format!("{PRINTER_ROW}1.3.6.1.2.1.25.3.2.1.3.1|4|{name}\n");
    assert_eq!(named(&described("OKI B431")), (Kind::Printer, "OKI B431".to_owned()));
    assert_eq!(named(&described("OKI DATA CORP MC780")), (Kind::Multifunction, "OKI MC780".to_owned()));
}

#[test]
fn the_whole_description_may_be_a_device_identifier() {
    let text = "1.3.6.1.2.1.1.1.0|4|MFG:Pantum;CMD:ACL,PJL;MDL:BM5100ADW series;CLS:PRINTER;DES:Pantum BM5100ADW series;\n";
    let found = read_recording(text).unwrap();
    assert_eq!((found.kind, found.vendor.as_deref()), (Kind::Multifunction, Some("Pantum")));
    assert_eq!(found.model.as_deref(), Some("BM5100ADW series"));
}

#[test]
fn a_description_without_a_type_names_the_model() {
    let text = "1.3.6.1.2.1.1.1.0|4|HP ETHERNET MULTI-ENVIRONMENT\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.11.2.3.9.1\n\
                1.3.6.1.2.1.25.3.2.1.3.1|4|HP LaserJet P1505n\n";
    let found = read_recording(text).unwrap();
    assert_eq!((found.kind, found.model.as_deref()), (Kind::Printer, Some("HP LaserJet P1505n")));
}

#[test]
fn names_of_recorders_and_switches_make_no_scanner() {
    for (object, description) in
        [("39165.1.1", "DS-7608NI-K2"), ("890.1.5.8.20", "ES-3124"), ("1.1", "fi-7300NX")]
    {
        let text = format!("1.3.6.1.2.1.1.1.0|4|{description}\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.{object}\n");
        assert_eq!(read_recording(&text), None, "{description}");
    }
    let known = "1.3.6.1.2.1.1.1.0|4|fi-7300NX\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.211.1\n";
    assert_eq!(read_recording(known).map(|found| found.kind), Some(Kind::Scanner));
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

#[test]
fn a_description_alone_tells_a_printer_of_a_known_family() {
    let said = |text: &str| read_recording(&format!("1.3.6.1.2.1.1.1.0|4|{text}\n")).map(|found| found.kind);
    assert_eq!(said("SHARP MX-3050N"), Some(Kind::Multifunction));
    assert_eq!(said("Dell B2360dn Laser Printer version NH1"), Some(Kind::Printer));
    assert_eq!(said("KYOCERA Document Solutions Printing System"), Some(Kind::Printer));
    assert_eq!(said("Dell UPS Tower 1920W HV"), None);
    assert_eq!(said("Samsung Ubigate iBG2016"), None);
}

#[test]
fn what_a_device_says_exactly_outranks_its_series() {
    let text = format!(
        "1.3.6.1.2.1.1.1.0|4|KONICA MINOLTA bizhub C3350\n{PRINTER_ROW}1.3.6.1.2.1.25.3.2.1.3.1|4|Generic 30C-1\n"
    );
    assert_eq!(read_recording(&text).unwrap().model.as_deref(), Some("bizhub C3350"));
    let text = format!(
        "1.3.6.1.2.1.1.1.0|4|Samsung M4370LX; V1.2\n{PRINTER_ROW}1.3.6.1.2.1.25.3.2.1.3.1|4|Samsung M437x Series\n"
    );
    assert_eq!(read_recording(&text).unwrap().model.as_deref(), Some("M4370LX"));
    let text = format!("{PRINTER_ROW}1.3.6.1.2.1.25.3.2.1.3.1|4|Samsung M437x Series\n");
    assert_eq!(read_recording(&text).unwrap().model.as_deref(), Some("M437x Series"));
}

#[test]
fn a_scanner_in_a_row_of_its_own_is_a_scanner() {
    let text = "1.3.6.1.2.1.1.1.0|4|EPSON 10/100 Scan Server\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.1248.1.1.2\n\
                1.3.6.1.2.1.25.3.2.1.2.1|6|1.3.6.1.2.1.25.3.1.1\n1.3.6.1.2.1.25.3.2.1.3.1|4|DS-530\n";
    let found = read_recording(text).unwrap();
    assert_eq!((found.kind, found.model.as_deref()), (Kind::Scanner, Some("DS-530")));
}

#[test]
fn the_makers_own_mib_tells_the_kind_too() {
    let text = "1.3.6.1.2.1.1.1.0|4|KYOCERA Document Solutions Printing System\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.1347.41\n\
                1.3.6.1.4.1.1347.43.5.1.1.1.1|4|FS-1030MFP\n";
    let found = read_recording(text).unwrap();
    assert_eq!((found.kind, found.model.as_deref()), (Kind::Multifunction, Some("FS-1030MFP")));
}
