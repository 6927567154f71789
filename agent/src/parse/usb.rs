//! Devices on USB, from whatever listed them, and what they are.

use crate::probe::peripheral::{self, classify::UsbDevice};
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{Peripheral, Peripherals};
use serde::Serialize;

/// A device that is no hub, also where none of the forms asks for it. Names of fields as in the peripheral section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub name: String,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub usb_vendor: String,
    pub usb_product: String,
    pub bus_path: String,
    /// Classes of its interfaces, two hexadecimal digits.
    pub interface_classes: Vec<String>,
}

const HUB: u8 = 9;

pub fn is_hub(device: &UsbDevice) -> bool {
    device.class == HUB || (!device.interfaces.is_empty() && device.interfaces.iter().all(|i| i.class == HUB))
}

pub fn list(devices: &[UsbDevice]) -> Vec<Listed> {
    devices.iter().filter(|device| !is_hub(device)).map(listed).collect()
}

fn listed(device: &UsbDevice) -> Listed {
    let mut classes: Vec<String> = device.interfaces.iter().map(|i| format!("{:02x}", i.class)).collect();
    classes.sort();
    classes.dedup();
    let ids = (format!("{:04x}", device.vendor_id), format!("{:04x}", device.product_id));
    let name = peripheral::full_name(device.manufacturer.as_deref(), device.product.as_deref());
    Listed {
        name: name.unwrap_or_else(|| format!("USB {}:{}", ids.0, ids.1)),
        vendor: device.manufacturer.clone(),
        model: device.product.clone(),
        serial: device.serial.clone(),
        usb_vendor: ids.0,
        usb_product: ids.1,
        bus_path: device.bus_path.clone(),
        interface_classes: classes,
    }
}

pub fn peripherals(devices: &[UsbDevice], now: Timestamp) -> Peripherals {
    let known = |device: &UsbDevice| peripheral::of_usb(device, now);
    let found: Vec<Peripheral> = devices.iter().filter(|device| !is_hub(device)).filter_map(known).collect();
    Peripherals { devices: found }
}

/// Of `VID_04A9&PID_262B` anywhere in a Windows device id.
pub fn windows_ids(text: &str) -> Option<(u16, u16)> {
    let upper = text.to_ascii_uppercase();
    let hex = |mark: &str| {
        let at = upper.find(mark)? + mark.len();
        u16::from_str_radix(upper.get(at..at + 4)?, 16).ok()
    };
    Some((hex("VID_")?, hex("PID_")?))
}

/// The last part of a Windows device id where the device itself told it: Windows makes up others, with `&`.
pub fn windows_serial(instance: &str) -> Option<String> {
    (!instance.is_empty() && !instance.contains('&')).then(|| instance.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_device_ids() {
        assert_eq!(windows_ids("USB\\VID_04A9&PID_262B\\49R8Ka"), Some((0x04a9, 0x262b)));
        assert_eq!(windows_ids("USB\\Vid_03f0&Pid_5c17&MI_00"), Some((0x03f0, 0x5c17)));
        assert_eq!(windows_ids("USB\\ROOT_HUB"), None);
        assert_eq!(windows_ids("VID_é&PID_"), None);
        assert_eq!(windows_serial("49R8Ka").as_deref(), Some("49R8Ka"));
        assert_eq!(windows_serial("6&1f2bd028&2&0000"), None);
    }
}
