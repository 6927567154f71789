//! What a USB device is: first the table of known products, then its name, then its interfaces.

use super::{name_pattern, name_words, usb_table};
use crate::probe::network_printer::{family, vendor};
use kiemke_schemas::section::peripheral::{ClassifiedBy, Kind};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsbDevice {
    pub vendor_id: u16,
    pub product_id: u16,
    pub class: u8,
    pub manufacturer: Option<String>,
    pub product: Option<String>,
    pub serial: Option<String>,
    /// `1-1.4`
    pub bus_path: String,
    pub interfaces: Vec<UsbInterface>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsbInterface {
    pub class: u8,
    pub subclass: u8,
    pub protocol: u8,
}

const HID: u8 = 0x03;
const IMAGE: u8 = 0x06;
const PRINTER: u8 = 0x07;
const MASS_STORAGE: u8 = 0x08;
const HUB: u8 = 0x09;
const SMART_CARD: u8 = 0x0b;
const VIDEO: u8 = 0x0e;
const VENDOR_SPECIFIC: u8 = 0xff;
/// ICCD: the card is part of the device and cannot be taken out.
const ICCD_PROTOCOLS: [u8; 2] = [1, 2];

pub fn classify(device: &UsbDevice) -> Option<(Kind, ClassifiedBy)> {
    if device.class == HUB {
        return None;
    }
    if let Some(row) = usb_table::find(device.vendor_id, device.product_id) {
        let kind = refined(row.class?, device);
        if kind == Kind::CardReader && reads_memory_cards(device) {
            return None;
        }
        return Some((kind, ClassifiedBy::UsbTable));
    }
    if let Some(kind) = of_name(device) {
        return Some((refined(kind, device), ClassifiedBy::NamePattern));
    }
    of_interfaces(device).map(|kind| (kind, ClassifiedBy::InterfaceClass))
}

/// A list of scanners also holds the scanning half of multifunction devices: one that prints as well is one.
fn refined(kind: Kind, device: &UsbDevice) -> Kind {
    if kind == Kind::Scanner && has(device, PRINTER) { Kind::Multifunction } else { kind }
}

/// Some makers gave one number to readers of memory cards with and without a slot for smart cards.
fn reads_memory_cards(device: &UsbDevice) -> bool {
    let named = device.product.as_deref().is_some_and(|name| name.to_lowercase().contains("mass storage"));
    (has(device, MASS_STORAGE) || (device.interfaces.is_empty() && named)) && !has(device, SMART_CARD)
}

fn of_name(device: &UsbDevice) -> Option<Kind> {
    let words = [device.manufacturer.as_deref(), device.product.as_deref()];
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match name_pattern::kind(&name) {
        // A card reader with the card inside is a token whatever it is called.
        Some(Kind::CardReader) if iccd(device) => Some(Kind::Token),
        known @ (Some(Kind::Printer | Kind::Multifunction | Kind::Scanner) | None) => {
            let may = may_print_or_scan(device, &name);
            may.then(|| family::of(&name).map_or(known, family::Family::kind))?
        }
        other => other,
    }
}

/// Short names of models mean other things on keyboards, modems and discs: `LX3`, `MX518`, `MF190`.
fn may_print_or_scan(device: &UsbDevice, name: &str) -> bool {
    if has(device, PRINTER) || has(device, IMAGE) {
        return true;
    }
    if name_words::names_another_thing(name) {
        return false;
    }
    if device.interfaces.is_empty() {
        return name_words::says_what_it_does(name) || is_of_a_maker(device, name);
    }
    has(device, VENDOR_SPECIFIC) && ![HID, MASS_STORAGE, VIDEO].iter().any(|class| has(device, *class))
}

/// Of one who makes printers or scanners.
fn is_of_a_maker(device: &UsbDevice, name: &str) -> bool {
    let numbered = usb_table::vendor(device.vendor_id);
    let names = [Some(name), device.product.as_deref(), numbered];
    names.into_iter().flatten().any(|name| vendor::by_text(name).is_some())
}

fn of_interfaces(device: &UsbDevice) -> Option<Kind> {
    if iccd(device) {
        return Some(Kind::Token);
    }
    // A CCID interface in a keyboard, a phone or a security key does not make the thing a reader of cards.
    if has(device, SMART_CARD) && !device.interfaces.iter().any(|i| matches!(i.class, HID | MASS_STORAGE)) {
        return Some(Kind::CardReader);
    }
    if has(device, PRINTER) {
        let more = has(device, VENDOR_SPECIFIC) || has(device, IMAGE);
        return Some(if more { Kind::Multifunction } else { Kind::Printer });
    }
    if has(device, VIDEO) {
        return Some(Kind::Webcam);
    }
    // Class 6 is also what cameras and phones speak (PTP, subclass 1): not known to be a scanner.
    let scanner = device.interfaces.iter().any(|i| i.class == IMAGE && (i.subclass, i.protocol) != (1, 1));
    scanner.then_some(Kind::Scanner)
}

fn has(device: &UsbDevice, class: u8) -> bool {
    device.interfaces.iter().any(|interface| interface.class == class)
}

fn iccd(device: &UsbDevice) -> bool {
    device.interfaces.iter().any(|i| i.class == SMART_CARD && ICCD_PROTOCOLS.contains(&i.protocol))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(ids: (u16, u16), name: &str, interfaces: &[(u8, u8, u8)]) -> UsbDevice {
        UsbDevice {
            vendor_id: ids.0,
            product_id: ids.1,
            product: Some(name.to_owned()),
            interfaces: interfaces
                .iter()
                .map(|(class, subclass, protocol)| UsbInterface {
                    class: *class,
                    subclass: *subclass,
                    protocol: *protocol,
                })
                .collect(),
            ..UsbDevice::default()
        }
    }

    const UNLISTED: (u16, u16) = (0xfffe, 0x0001);

    #[test]
    fn the_table_comes_first() {
        let token = device((0x096e, 0x0807), "USB Token", &[(0x0b, 0, 0)]);
        assert_eq!(classify(&token), Some((Kind::Token, ClassifiedBy::UsbTable)));
        let reader = device((0x072f, 0x90cc), "CCID USB Reader", &[(0x0b, 0, 0)]);
        assert_eq!(classify(&reader), Some((Kind::CardReader, ClassifiedBy::UsbTable)));
        let scanner = device((0x04a9, 0x190f), "CanoScan", &[(0xff, 0, 0xff)]);
        assert_eq!(classify(&scanner), Some((Kind::Scanner, ClassifiedBy::UsbTable)));
    }

    #[test]
    fn then_the_name() {
        let by = |name, interfaces: &[_]| classify(&device(UNLISTED, name, interfaces));
        let named = |kind| Some((kind, ClassifiedBy::NamePattern));
        assert_eq!(by("HP LaserJet Pro M404dn", &[(7, 1, 2)]), named(Kind::Printer));
        assert_eq!(by("MFC-L2701DW", &[(7, 1, 2), (0xff, 0xff, 0xff)]), named(Kind::Multifunction));
        assert_eq!(by("fi-7160", &[(0xff, 0xff, 0xff)]), named(Kind::Scanner));
        assert_eq!(by("VNPT-CA Token", &[(0x0b, 0, 0)]), named(Kind::Token));
        assert_eq!(by("EPSON L360 Series", &[(7, 1, 2)]), named(Kind::Multifunction));
        assert_eq!(by("Canon G3010 series", &[(7, 1, 2)]), named(Kind::Multifunction));
        assert_eq!(by("Canon iX6870 series", &[(7, 1, 2)]), named(Kind::Printer));
        assert_eq!(by("EPSON L1250 Series", &[(7, 1, 2), (0xff, 0, 0)]), named(Kind::Printer));
        assert_eq!(by("ScanSnap iX1500", &[(0xff, 0xff, 0xff)]), named(Kind::Scanner));
    }

    #[test]
    fn then_the_interfaces() {
        let by = |interfaces: &[_]| classify(&device(UNLISTED, "Thing 1", interfaces));
        let seen = |kind| Some((kind, ClassifiedBy::InterfaceClass));
        assert_eq!(by(&[(0x0b, 0, 0)]), seen(Kind::CardReader));
        assert_eq!(by(&[(0x0b, 0, 2)]), seen(Kind::Token));
        assert_eq!(by(&[(7, 1, 2)]), seen(Kind::Printer));
        assert_eq!(by(&[(7, 1, 2), (0xff, 0, 0)]), seen(Kind::Multifunction));
        assert_eq!(by(&[(0x0e, 1, 0), (0x0e, 2, 0)]), seen(Kind::Webcam));
        assert_eq!(by(&[(6, 1, 1)]), None);
        assert_eq!(by(&[(3, 1, 1)]), None);
        assert_eq!(by(&[(8, 6, 80)]), None);
    }

    #[test]
    fn a_listed_reader_without_a_slot_for_smart_cards_is_none() {
        let reader = |name, interfaces: &[_]| classify(&device((0x0bda, 0x0161), name, interfaces));
        let listed = Some((Kind::CardReader, ClassifiedBy::UsbTable));
        assert_eq!(reader("USB2.0-CRW", &[(8, 6, 80)]), None);
        assert_eq!(reader("Realtek Semiconductor Corp. Mass Storage Device", &[]), None);
        assert_eq!(reader("USB2.0-CRW", &[(8, 6, 80), (0x0b, 0, 0)]), listed);
        assert_eq!(reader("USB2.0-CRW", &[(0x0b, 0, 0)]), listed);
    }

    #[test]
    fn names_of_other_things_are_no_printers() {
        let short = |ids, name: &str| classify(&device(ids, name, &[])).map(|(kind, _)| kind);
        for (ids, name) in [
            ((0x046d, 0xc01e), "Logitech, Inc. MX518 Optical Mouse"),
            ((0x046d, 0xc044), "Logitech, Inc. LX3 Optical Mouse"),
            ((0x413c, 0x2105), "Dell Computer Corp. Model L100 Keyboard"),
            ((0x19d2, 0x0083), "ZTE WCDMA Technologies MSM MF190"),
            ((0x05f9, 0x2206), "PSC Scanning, Inc. Gryphon series (keyboard emulation mode)"),
            ((0x04a9, 0x31ea), "Canon, Inc. EOS Rebel T2i / EOS 550D / EOS Kiss X4"),
            ((0x0bda, 0x0129), "Realtek Semiconductor Corp. RTS5129 Card Reader Controller"),
            ((0x05e3, 0x0736), "Genesys Logic, Inc. Colour arc SD Card Reader"),
        ] {
            assert_eq!(short(ids, name), None, "{name}");
        }
        assert_eq!(short((0x1fc9, 0x2016), "NXP Semiconductors USB Printer P"), Some(Kind::Printer));
        assert_eq!(short((0x04a9, 0xfff1), "LBP6030/6040/6018L"), Some(Kind::Printer));
        assert_eq!(short((0x04b8, 0xfff1), "L3250 Series"), Some(Kind::Multifunction));
        assert_eq!(short((0x0ca6, 0x0010), "Castles EZUSB PC/SC Smart Card Reader"), Some(Kind::CardReader));
        let modem = device((0x19d2, 0x0083), "ZTE WCDMA MF190", &[(0xff, 0xff, 0xff)]);
        assert_eq!(classify(&modem), None);
    }

    #[test]
    fn a_bar_code_scanner_is_no_document_scanner() {
        let scanner = device(UNLISTED, "Symbol Bar Code Scanner", &[(3, 0, 0)]);
        assert_eq!(classify(&scanner), None);
    }

    #[test]
    fn a_hub_is_nothing_whatever_its_name() {
        let hub = UsbDevice { class: 9, ..device(UNLISTED, "Printer hub", &[(9, 0, 0)]) };
        assert_eq!(classify(&hub), None);
    }

    #[test]
    fn a_listed_scanner_that_prints_is_a_multifunction_device() {
        let both = device((0x04a9, 0x190f), "MF", &[(7, 1, 2), (0xff, 0, 0)]);
        assert_eq!(classify(&both), Some((Kind::Multifunction, ClassifiedBy::UsbTable)));
    }
}
