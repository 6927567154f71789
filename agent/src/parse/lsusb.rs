//! `lsusb` and `lsusb -v`.

use super::{error::ParseError, text};
use crate::probe::peripheral::classify::{UsbDevice, UsbInterface};

pub fn parse(input: &str) -> Result<Vec<UsbDevice>, ParseError> {
    let mut devices: Vec<UsbDevice> = Vec::new();
    for (number, line) in text::lines(input) {
        if let Some(rest) = line.strip_prefix("Bus ") {
            devices.push(head(rest).ok_or_else(|| {
                ParseError::line(number, "\"Bus 001 Device 002: ID 04a9:262b …\" expected")
            })?);
        } else if let Some(device) = devices.last_mut() {
            detail(device, line)
                .map_err(|field| ParseError::field(Some(number), field, "is not a number"))?;
        }
    }
    if devices.is_empty() {
        Err(ParseError::new("no line \"Bus … Device …\": not an output of lsusb"))
    } else {
        Ok(devices)
    }
}

/// `001 Device 003: ID 413c:8161 Dell Computer Corp. Integrated Keyboard`
fn head(rest: &str) -> Option<UsbDevice> {
    let (place, name) = rest.split_once(": ID ")?;
    let (bus, device) = place.split_once(" Device ")?;
    let (ids, name) = name.split_once(' ').unwrap_or((name, ""));
    let (vendor, product) = ids.split_once(':')?;
    let name = name.trim();
    Some(UsbDevice {
        vendor_id: u16::from_str_radix(vendor, 16).ok()?,
        product_id: u16::from_str_radix(product, 16).ok()?,
        class: if names_a_hub(name) { 9 } else { 0 },
        product: (!name.is_empty()).then(|| name.to_owned()),
        bus_path: format!("{}-{}", bus.trim(), device.trim()),
        ..UsbDevice::default()
    })
}

/// The short form tells no class: `Genesys Logic, Inc. Hub`, `… USB 2.0 Hub (part of BCM2046 Bluetooth)`.
fn names_a_hub(name: &str) -> bool {
    let name = if name.ends_with([')', ']']) { name.rsplit(['(', '[']).nth(1).unwrap_or(name) } else { name };
    let name = name.trim_end().to_lowercase();
    name.strip_suffix(" controller").unwrap_or(&name).ends_with("hub")
}

/// Errors name the field.
fn detail<'a>(device: &mut UsbDevice, line: &'a str) -> Result<(), &'a str> {
    let mut words = line.split_whitespace();
    let Some(field) = words.next() else { return Ok(()) };
    let number = words.next().unwrap_or_default();
    let rest = line.trim().strip_prefix(field).unwrap_or_default().trim();
    let rest = rest.strip_prefix(number).unwrap_or_default().trim();
    let byte = || number.parse::<u8>().map_err(|_| field);
    match field {
        "bDeviceClass" => device.class = byte()?,
        "bInterfaceClass" => {
            let interface = UsbInterface { class: byte()?, ..UsbInterface::default() };
            device.interfaces.push(interface);
        }
        "bInterfaceSubClass" => {
            if let Some(last) = device.interfaces.last_mut() {
                last.subclass = byte()?;
            }
        }
        "bInterfaceProtocol" => {
            if let Some(last) = device.interfaces.last_mut() {
                last.protocol = byte()?;
            }
        }
        // What the device says stands before what the table of names says.
        "iManufacturer" => device.manufacturer = said(rest).or(device.manufacturer.take()),
        "iProduct" => device.product = said(rest).or(device.product.take()),
        "iSerial" | "iSerialNumber" => device.serial = said(rest),
        "idVendor" if device.manufacturer.is_none() => device.manufacturer = said(rest),
        "idProduct" => device.product = said(rest).or(device.product.take()),
        _ => {}
    }
    Ok(())
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!matches!(text, "" | "(error)" | "[unknown]" | "(null)")).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::usb;
    use jiff::Timestamp;
    use kiemke_schemas::section::peripheral::Kind;

    const OUTPUT: &str = "\nBus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub\n  bDeviceClass            9 Hub\n\
        Bus 001 Device 004: ID fffe:5c17\n  bDeviceClass            0 (Defined at Interface level)\n  idVendor           0xfffe\n\
        \x20 iManufacturer           1 Hewlett-Packard\n  iProduct                2 HP LaserJet P2055d\n  iSerial                 3 S163EJM\n\
        \x20     bInterfaceClass         7 Printer\n      bInterfaceSubClass      1 Printer\n      bInterfaceProtocol      2 Bidirectional\n";

    #[test]
    fn hubs_are_left_out_and_a_printer_is_one() {
        let devices = parse(OUTPUT).unwrap();
        let listed = usb::list(&devices);
        let [printer] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((printer.usb_vendor.as_str(), printer.usb_product.as_str()), ("fffe", "5c17"));
        assert_eq!(printer.serial.as_deref(), Some("S163EJM"));
        assert_eq!(printer.interface_classes, ["07"]);
        let found = usb::peripherals(&devices, Timestamp::UNIX_EPOCH);
        assert_eq!(found.devices.iter().map(|d| d.kind).collect::<Vec<_>>(), [Kind::Printer]);
    }

    #[test]
    fn the_short_form_is_read_too() {
        let devices = parse("Bus 002 Device 003: ID 04a9:190f Canon, Inc. CanoScan\n").unwrap();
        assert_eq!(devices[0].product.as_deref(), Some("Canon, Inc. CanoScan"));
        assert_eq!(devices[0].bus_path, "002-003");
    }

    #[test]
    fn hubs_of_the_short_form_are_left_out() {
        let text = "Bus 002 Device 001: ID 1d6b:0003 Linux Foundation 3.0 root hub\n\
            Bus 001 Device 003: ID 8087:0024 Intel Corp. Integrated Rate Matching Hub\n\
            Bus 001 Device 005: ID 05e3:0608 Genesys Logic, Inc. Hub\n\
            Bus 001 Device 006: ID 0a5c:4500 Broadcom Corp. BCM2046B1 USB 2.0 Hub (part of BCM2046 Bluetooth)\n\
            Bus 001 Device 007: ID 0424:9514 Microchip Technology, Inc. (formerly SMSC) SMC9514 Hub\n\
            Bus 001 Device 008: ID 2109:2813 VIA Labs, Inc. USB2.0 4-Port HUB Controller\n\
            Bus 001 Device 009: ID 04a9:2676 Canon, Inc. CAPT Device\n\
            Bus 001 Device 010: ID fffe:0001 Hubble Printer\n";
        let names: Vec<_> = usb::list(&parse(text).unwrap()).into_iter().map(|device| device.name).collect();
        assert_eq!(names, ["Canon, Inc. CAPT Device", "Hubble Printer"]);
    }

    #[test]
    fn what_newer_versions_do_not_know_is_no_name() {
        let text = "Bus 001 Device 004: ID 04a9:f00d  \n  bDeviceClass            0 [unknown]\n  idVendor           0x04a9 Canon, Inc.\n\
            \x20 idProduct          0xf00d [unknown]\n  iManufacturer           1 Canon,Inc.\n  iProduct                0 \n";
        let devices = parse(text).unwrap();
        assert_eq!(
            (devices[0].product.as_deref(), usb::list(&devices)[0].name.as_str()),
            (None, "Canon,Inc.")
        );
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(parse("Bus x\n").unwrap_err().line, Some(1));
        let error = parse("Bus 001 Device 001: ID 1d6b:0002 x\n bInterfaceClass seven\n").unwrap_err();
        assert_eq!(error.to_string(), "line 2: field bInterfaceClass: is not a number");
        assert!(parse("").is_err());
    }
}
