//! Readers by PC/SC: their own names where Windows' driver gives all of them one, what lies in them, and readers that
//! are not on USB.

use super::super::name_pattern;
use crate::probe::windows::CardReader;
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral};

/// Made by software: no thing on the desk. Drivers of eToken keep readers that have no token.
const VIRTUAL: [&str; 8] =
    ["virtual", "windows hello", "passport", "aks ifdh", "aks vr", "vpcd", "remote desktop", "redirected"];
const VIRTUAL_BUSES: [&str; 2] = [r"ROOT\", r"SWD\"];
/// What Windows' own driver calls every reader.
const DRIVERS_NAME: &str = "usbccid smartcard reader";

/// Answers to reset, and which bits of them count, of cards that are soldered into tokens: facts from OpenSC and
/// pcsc-tools.
const TOKENS: &[(&str, &str)] = &[
    // Feitian ePass2003
    ("3B9F958131FE9F006646530500000071DF000000000000", "FFFFFFFFFFFFFFFFFFFFFFFF000000FFFFFFFF00000000"),
    // Longmai mToken
    ("3B9F118131FE9F006A6D546F6B656E2D46000081900079", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0000FFFFFF00"),
    ("3B9F118131FE9F006A6D546F6B656E2D5000058190006A", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0000FFFFFF00"),
    ("3B9F118131FE9F006A6D546F6B656E2D4500008190007A", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0000FFFFFF00"),
    // Watchdata ProxKey
    ("3B6D000057443641018693000000000000", "FFFFFFFFFFFFFFFFFFFFFF000000000000"),
    // SafeNet eToken 5110
    (
        "3BFF9600008131FE4380318065B0846566FB12017882900085",
        "FFFF00FFFFFFFF00FFFFFFFFFFFFFF000000FFFFFFFFFFFF00",
    ),
    (
        "3BFF9600008131FE4380318065B0855956FB120FFE82900000",
        "FFFF00FFFFFFFFFFFFFFFFFFFFFF00000000FFF000FFFFFF00",
    ),
    (
        "3BFF9600008131804380318065B0850300EF120FFE82900066",
        "FFFF00FFFFFFFF00FFFFFFFFFFFF00000000FFFFFFFFFFFF00",
    ),
];

/// Adds what PC/SC knows to what was found on USB.
pub fn merge(readers: &[CardReader], found: &mut Vec<Peripheral>, now: Timestamp) {
    let on_usb = found.iter().filter(|thing| is_reader(thing)).count();
    for reader in readers.iter().filter(|reader| !is_virtual(reader)) {
        if let Some(known) = position(reader, found) {
            refine(&mut found[known], reader);
        } else if reader.instance.is_some() || on_usb == 0 {
            // Windows 7 does not tell which thing a reader is: one more name may be another slot of a known one.
            let other = of_reader(reader, now);
            if !found.iter().any(|known| known.bus_path == other.bus_path) {
                found.push(other);
            }
        }
    }
}

fn is_reader(thing: &Peripheral) -> bool {
    matches!(thing.kind, Kind::CardReader | Kind::Token)
}

fn is_virtual(reader: &CardReader) -> bool {
    let name = reader.name.to_lowercase();
    let bus = reader.instance.as_deref().unwrap_or_default().to_ascii_uppercase();
    VIRTUAL.iter().any(|word| name.contains(word)) || VIRTUAL_BUSES.iter().any(|start| bus.starts_with(start))
}

/// By instance, else by the numbers of the product where only one has them, else the only reader there is.
fn position(reader: &CardReader, found: &[Peripheral]) -> Option<usize> {
    let all = || {
        found.iter().enumerate().filter(|(_, thing)| is_reader(thing) && thing.connection == Connection::Usb)
    };
    let only = |mut matching: Vec<usize>| matching.pop().filter(|_| matching.is_empty());
    let Some(id) = &reader.instance else {
        return only(all().map(|(at, _)| at).collect());
    };
    let instance = id.rsplit('\\').next()?;
    let same = |thing: &Peripheral| {
        [&thing.bus_path, &thing.serial].into_iter().flatten().any(|own| own.eq_ignore_ascii_case(instance))
    };
    if let Some((at, _)) = all().find(|(_, thing)| same(thing)) {
        return Some(at);
    }
    let (vendor, product) = crate::parse::usb::windows_ids(id)?;
    let ids = (Some(format!("{vendor:04x}")), Some(format!("{product:04x}")));
    only(
        all()
            .filter(|(_, thing)| (&thing.usb_vendor, &thing.usb_product) == (&ids.0, &ids.1))
            .map(|(at, _)| at)
            .collect(),
    )
}

fn refine(known: &mut Peripheral, reader: &CardReader) {
    if known.name.to_lowercase().contains(DRIVERS_NAME) {
        known.name = own_name(reader);
        known.model = Some(known.name.clone());
    }
    if known.kind == Kind::CardReader && is_token(reader) {
        known.kind = Kind::Token;
        known.classified_by = ClassifiedBy::NamePattern;
    }
}

fn is_token(reader: &CardReader) -> bool {
    name_pattern::kind(&reader.name) == Some(Kind::Token) || is_tokens_card(&reader.atr)
}

fn is_tokens_card(atr: &[u8]) -> bool {
    let hex = data_encoding::HEXUPPER;
    let bytes = |text: &str| hex.decode(text.as_bytes()).unwrap_or_default();
    !atr.is_empty()
        && TOKENS.iter().any(|(known, mask)| {
            let (known, mask) = (bytes(known), bytes(mask));
            known.len() == atr.len()
                && atr.iter().zip(known).zip(mask).all(|((own, known), mask)| own & mask == known & mask)
        })
}

/// `ACS ACR39U ICC Reader 0` → `ACS ACR39U ICC Reader`
fn own_name(reader: &CardReader) -> String {
    let name = reader.name.trim();
    let numbered = name.rsplit_once(' ').filter(|(_, last)| last.bytes().all(|byte| byte.is_ascii_digit()));
    numbered.map_or(name, |(rest, _)| rest.trim_end()).to_owned()
}

fn of_reader(reader: &CardReader, now: Timestamp) -> Peripheral {
    let name = own_name(reader);
    let on_usb = reader.instance.as_deref().is_some_and(|id| id.to_ascii_uppercase().starts_with(r"USB\"));
    let ids = reader.instance.as_deref().and_then(crate::parse::usb::windows_ids).filter(|_| on_usb);
    let place = reader.instance.as_deref().and_then(|id| id.rsplit('\\').next()).map(str::to_owned);
    let kind = if is_token(reader) { Kind::Token } else { Kind::CardReader };
    let connection = if on_usb { Connection::Usb } else { Connection::Local };
    Peripheral {
        model: Some(name.clone()),
        usb_vendor: ids.map(|(vendor, _)| format!("{vendor:04x}")),
        usb_product: ids.map(|(_, product)| format!("{product:04x}")),
        bus_path: place.or_else(|| Some(format!("reader:{name}"))),
        ..Peripheral::seen(kind, connection, name, ClassifiedBy::InterfaceClass, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::peripheral::{
        classify::{UsbDevice, UsbInterface},
        of_usb,
    };

    fn usb(ids: (u16, u16), product: &str, place: &str) -> Peripheral {
        let ccid = UsbInterface { class: 0x0b, ..UsbInterface::default() };
        let device = UsbDevice {
            vendor_id: ids.0,
            product_id: ids.1,
            product: Some(product.into()),
            bus_path: place.into(),
            interfaces: vec![ccid],
            ..UsbDevice::default()
        };
        of_usb(&device, Timestamp::UNIX_EPOCH).unwrap()
    }

    fn reader(name: &str, instance: Option<&str>) -> CardReader {
        CardReader { name: name.into(), instance: instance.map(str::to_owned), atr: Vec::new() }
    }

    fn merged(mut found: Vec<Peripheral>, readers: &[CardReader]) -> Vec<(Kind, Connection, String)> {
        merge(readers, &mut found, Timestamp::UNIX_EPOCH);
        found.into_iter().map(|thing| (thing.kind, thing.connection, thing.name)).collect()
    }

    const DRIVER: &str = "Microsoft Usbccid Smartcard Reader (WUDF)";

    #[test]
    fn a_reader_gets_its_own_name_and_a_token_its_kind() {
        let found = vec![usb((0xfffe, 1), DRIVER, "5&1&0&1"), usb((0xfffe, 2), DRIVER, "5&1&0&2")];
        let readers = [
            reader("Gemalto USB SmartCard Reader 0", Some(r"USB\VID_FFFE&PID_0001\5&1&0&1")),
            reader("Feitian ePass2003 0", Some(r"USB\VID_FFFE&PID_0002&MI_00\6&77&0&0000")),
        ];
        let expected = [
            (Kind::CardReader, Connection::Usb, "Gemalto USB SmartCard Reader".to_owned()),
            (Kind::Token, Connection::Usb, "Feitian ePass2003".to_owned()),
        ];
        assert_eq!(merged(found, &readers), expected);
    }

    #[test]
    fn the_card_inside_tells_a_token() {
        let atr = data_encoding::HEXUPPER.decode(b"3B9F958131FE9F006646530512345671DF000003900001").unwrap();
        let token = CardReader { atr, ..reader("CCID USB Reader 0", Some(r"USB\VID_FFFE&PID_0001\5&1&0&1")) };
        let found = vec![usb((0xfffe, 1), "CCID USB Reader", "5&1&0&1")];
        let expected = [(Kind::Token, Connection::Usb, "CCID USB Reader".to_owned())];
        assert_eq!(merged(found.clone(), &[token]), expected);
        let identity_card =
            CardReader { atr: vec![0x3b, 0x89, 0x80, 1], ..reader("CCID USB Reader 0", None) };
        assert_eq!(merged(found, &[identity_card])[0].0, Kind::CardReader);
    }

    #[test]
    fn readers_that_software_makes_are_no_things() {
        let readers = [
            reader("Windows Hello for Business 1", Some(r"SWD\SCDEVICEENUM\1")),
            reader("Microsoft Virtual Smart Card 0", Some(r"ROOT\SMARTCARDREADER\0000")),
            reader("AKS ifdh 0", None),
            reader("Rainbow Technologies iKeyVirtualReader 0", None),
        ];
        assert_eq!(merged(vec![], &readers), []);
    }

    #[test]
    fn a_reader_built_in_is_counted_and_a_second_slot_is_not() {
        let built_in = [reader("O2 O2Micro PCMCIA Reader 0", Some(r"PCMCIA\O2Micro-1\1"))];
        let expected = [(Kind::CardReader, Connection::Local, "O2 O2Micro PCMCIA Reader".to_owned())];
        assert_eq!(merged(vec![], &built_in), expected);
        let slots = [reader("ACS Dual Reader ICC 0", None), reader("ACS Dual Reader PICC 0", None)];
        assert_eq!(merged(vec![usb((0xfffe, 1), "ACS Dual Reader", "5&1&0&1")], &slots).len(), 1);
        assert_eq!(merged(vec![], &slots).len(), 2);
    }
}
