mod authority;
mod cards;
mod queue;

use super::of_usb;
#[cfg(windows)]
use crate::probe::Root;
use crate::{
    parse::{
        registry::{self, Key, Registry},
        usb, windows_usb,
    },
    probe::windows::{MACHINE, Source, or_absent, or_problem},
};
use jiff::Timestamp;
use kiemke_schemas::{
    Problem, Section,
    section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral, Peripherals},
};

/// Another thing in the same port has another instance id.
#[cfg(windows)]
pub fn plugged(_: &Root) -> Vec<String> {
    let mut ids = crate::probe::windows::System.plugged("USB").unwrap_or_default();
    ids.sort_unstable();
    ids
}

#[cfg(windows)]
pub fn read(_: &Root, now: Timestamp) -> Section<Peripherals> {
    of(&crate::probe::windows::System, now)
}

const ENUM: &str = r"SYSTEM\CurrentControlSet\Enum";
const BIOMETRIC: &str = "{53d29ef7-377c-4d14-864b-eb3a85769359}";

pub fn of(source: &dyn Source, now: Timestamp) -> Section<Peripherals> {
    let mut problems = Vec::new();
    let usb = on_usb(source, now, &mut problems);
    let queues = queue::read(source, &mut problems);
    if usb.is_none() && queues.is_none() {
        return Section { value: None, problems };
    }
    let mut found = usb.unwrap_or_default();
    cards::merge(&or_absent(source.card_readers(), &mut problems), &mut found, now);
    for queue in queues.unwrap_or_default() {
        if let Some(peripheral) = queue::peripheral(&queue, &found, now)
            && !found.iter().any(|known| super::identity(known) == super::identity(&peripheral))
        {
            found.push(peripheral);
        }
    }
    for peripheral in &mut found {
        // Ports were needed to join; the rest is told apart by its instance.
        if peripheral.serial.is_some() && peripheral.usb_vendor.is_some() {
            peripheral.bus_path = peripheral.bus_path.take().map(|path| queue::without_port(&path));
        }
    }
    authority::tell(source, &mut found, now);
    found.sort_by_key(super::identity);
    Section { value: Some(Peripherals { devices: found }), problems }
}

/// What is plugged in now: the registry also remembers what was plugged in years ago.
fn on_usb(source: &dyn Source, now: Timestamp, problems: &mut Vec<Problem>) -> Option<Vec<Peripheral>> {
    let plugged: Vec<String> =
        or_problem(source.plugged("USB"), problems)?.iter().map(|id| id.to_ascii_uppercase()).collect();
    let mut registry = or_absent(source.registry(&format!(r"{MACHINE}\{ENUM}\USB"), 2), problems);
    registry.keys.retain(|path, _| is_plugged(path, &plugged));
    let devices = windows_usb::devices(&registry);
    let mut found: Vec<Peripheral> = devices
        .iter()
        .filter(|device| !usb::is_hub(device))
        .filter_map(|device| of_usb(device, now))
        .collect();
    let known = |found: &[Peripheral], instance: &str| {
        found.iter().any(|known| known.bus_path.as_deref() == Some(instance))
    };
    for device in &devices {
        if !known(&found, &device.bus_path) && is_biometric(&registry, &device.bus_path) {
            found.extend(fingerprint_reader(device, now));
        }
    }
    add_printers(source, registry, &mut found, now, problems);
    Some(found)
}

/// `…\Enum\USB\VID_…\instance` of one of the instance ids; keys above instances stay.
fn is_plugged(path: &str, plugged: &[String]) -> bool {
    let upper = path.to_ascii_uppercase();
    let Some((_, id)) = upper.split_once(r"\ENUM\") else { return true };
    id.split('\\').count() < 3 || plugged.iter().any(|known| known == id)
}

/// The class is all that tells some of them: their makers name them after the chip.
fn is_biometric(registry: &Registry, instance: &str) -> bool {
    let of_class = |key: &Key| {
        registry::text(key, "classguid").is_some_and(|guid| guid.eq_ignore_ascii_case(BIOMETRIC))
            || registry::text(key, "class").is_some_and(|class| class.eq_ignore_ascii_case("Biometric"))
    };
    registry.instances("USB").any(|(_, known, key)| known == instance && of_class(key))
}

fn fingerprint_reader(device: &super::UsbDevice, now: Timestamp) -> Option<Peripheral> {
    let name = super::full_name(device.manufacturer.as_deref(), device.product.as_deref());
    let (vendor, product) = (format!("{:04x}", device.vendor_id), format!("{:04x}", device.product_id));
    let name = name.unwrap_or_else(|| format!("USB {vendor}:{product}"));
    Some(Peripheral {
        vendor: device.manufacturer.clone(),
        model: device.product.clone(),
        serial: device.serial.as_deref().and_then(crate::probe::placeholder::serial),
        usb_vendor: Some(vendor),
        usb_product: Some(product),
        bus_path: Some(device.bus_path.clone()),
        ..Peripheral::seen(Kind::Fingerprint, Connection::Usb, name, ClassifiedBy::InterfaceClass, now)
    })
}

/// The print system knows a printer's own name and its port; the device on USB its numbers.
fn add_printers(
    source: &dyn Source,
    mut registry: Registry,
    found: &mut Vec<Peripheral>,
    now: Timestamp,
    problems: &mut Vec<Problem>,
) {
    // A key `Control` below an instance says that its driver is at work.
    let printers = or_absent(source.registry(&format!(r"{MACHINE}\{ENUM}\USBPRINT"), 3), problems);
    registry.extend(printers);
    // No printer is no problem.
    let ports = windows_usb::printers(&registry, now).unwrap_or_default();
    for port in ports {
        let twin = found.iter_mut().find(|known| same_printer(known, &port.printer));
        let printer = Peripheral { bus_path: Some(queue::with_port(&port.name)), ..port.printer };
        match twin {
            Some(known) => {
                let kind = if known.kind == Kind::Multifunction { known.kind } else { printer.kind };
                *known = Peripheral { kind, present: true, ..printer };
            }
            None if printer.present => found.push(printer),
            None => {}
        }
    }
}

fn same_printer(known: &Peripheral, printer: &Peripheral) -> bool {
    let ids =
        |thing: &Peripheral| (thing.usb_vendor.clone(), thing.usb_product.clone(), thing.serial.clone());
    matches!(known.kind, Kind::Printer | Kind::Multifunction | Kind::Scanner)
        && known.usb_vendor.is_some()
        && ids(known) == ids(printer)
}

#[cfg(test)]
mod tests;
