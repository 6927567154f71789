use super::{
    classify::{UsbDevice, UsbInterface},
    cups, of_usb,
};
use crate::probe::Root;
use jiff::Timestamp;
use kiemke_schemas::{Problem, ProblemKind, Section, section::peripheral::Peripherals};

const DEVICES: &str = "/sys/bus/usb/devices";
const QUEUES: &str = "/etc/cups/printers.conf";

pub fn read(root: &Root, now: Timestamp) -> Section<Peripherals> {
    let mut problems = Vec::new();
    let usb = match root.names(DEVICES) {
        Ok(names) => Some(devices(root, &names)),
        Err(problem) => {
            problems.push(without_usb(root, problem));
            None
        }
    };
    let queues = root.value(QUEUES, &mut problems);
    let known = usb.is_some() || queues.is_some();
    let mut found: Vec<_> = usb.unwrap_or_default().iter().filter_map(|device| of_usb(device, now)).collect();
    for queue in cups::queues(&queues.unwrap_or_default()) {
        if let Some(peripheral) = cups::peripheral(&queue, &found, now) {
            found.push(peripheral);
        }
    }
    found.sort_by_key(super::identity);
    Section { value: known.then_some(Peripherals { devices: found }), problems }
}

/// A kernel without USB differs from a tree that may not be read.
fn without_usb(root: &Root, problem: Problem) -> Problem {
    match problem.kind {
        ProblemKind::Absent if root.exists("/sys/bus") => {
            Problem::new(ProblemKind::Absent, problem.source, "this machine has no USB bus")
        }
        _ => problem,
    }
}

/// Ports and the running numbers of what is in them: another thing in the same port has another number.
pub fn plugged(root: &Root) -> Vec<String> {
    let names = root.names(DEVICES).unwrap_or_default();
    let devices = names.into_iter().filter(|name| !name.contains(':'));
    devices
        .map(|name| {
            let number = root.attribute(&format!("{DEVICES}/{name}/devnum")).unwrap_or_default();
            format!("{name} {number}")
        })
        .collect()
}

/// Names without a colon are devices, the others their interfaces: `1-1.4` and `1-1.4:1.0`.
fn devices(root: &Root, names: &[String]) -> Vec<UsbDevice> {
    names
        .iter()
        .filter(|name| !name.contains(':') && !name.starts_with("usb"))
        .filter_map(|name| device(root, name, names))
        .collect()
}

/// `None` for what was unplugged while it was read.
fn device(root: &Root, name: &str, names: &[String]) -> Option<UsbDevice> {
    let text = |file: &str| root.attribute(&format!("{DEVICES}/{name}/{file}"));
    let interfaces = names
        .iter()
        .filter(|other| other.split_once(':').is_some_and(|(device, _)| device == name))
        .filter_map(|interface| self::interface(root, interface))
        .collect();
    Some(UsbDevice {
        vendor_id: u16::from_str_radix(&text("idVendor")?, 16).ok()?,
        product_id: u16::from_str_radix(&text("idProduct")?, 16).ok()?,
        class: text("bDeviceClass").and_then(|class| u8::from_str_radix(&class, 16).ok()).unwrap_or_default(),
        manufacturer: text("manufacturer"),
        product: text("product"),
        serial: text("serial"),
        bus_path: name.to_owned(),
        interfaces,
    })
}

fn interface(root: &Root, name: &str) -> Option<UsbInterface> {
    let byte =
        |file: &str| u8::from_str_radix(&root.attribute(&format!("{DEVICES}/{name}/{file}"))?, 16).ok();
    Some(UsbInterface {
        class: byte("bInterfaceClass")?,
        subclass: byte("bInterfaceSubClass")?,
        protocol: byte("bInterfaceProtocol")?,
    })
}
