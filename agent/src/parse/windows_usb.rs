//! USB as Windows knows it: `Enum\USB` and `Enum\USBPRINT` of the registry, `CIM_LogicalDevice` of WMI.

use super::{
    error::ParseError,
    records::Record,
    registry::{self, Key, Registry},
    usb,
};
use crate::probe::{
    network_printer::vendor,
    peripheral::{
        self,
        classify::{UsbDevice, UsbInterface},
        usb_table,
    },
};
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral};
use std::collections::BTreeMap;

const NO_CONTAINER: &str = "{00000000-0000-0000-ffff-ffffffffffff}";
/// Drivers whose devices carry the driver's name in place of their own. (Those of `usbscan` have the maker's.)
const GENERIC_SERVICES: &[&str] =
    &["usbccgp", "usbhub", "usbhub3", "usbprint", "usbstor", "hidusb", "usbvideo", "usbccid"];
/// Device setup class, its GUID and the interface class of USB that it stands for.
const SETUP_CLASSES: &[(&str, &str, u8)] = &[
    ("printer", "{4d36e979-e325-11ce-bfc1-08002be10318}", 0x07),
    ("image", "{6bdd1fc6-810f-11d0-bec7-08002be2092f}", 0x06),
    ("smartcardreader", "{50dd5230-ba8a-11d1-bf5d-0000f805f530}", 0x0b),
    ("camera", "{ca3e7ab9-b4c3-4ae6-8251-579ef933890f}", 0x0e),
    ("hidclass", "{745a17a0-74d3-11d0-b6fe-00a0c90f57da}", 0x03),
    ("diskdrive", "{4d36e967-e325-11ce-bfc1-08002be10318}", 0x08),
];
const SERVICES: &[(&str, u8)] = &[
    ("usbprint", 0x07),
    ("usbscan", 0x06),
    ("usbvideo", 0x0e),
    ("usbccid", 0x0b),
    ("usbstor", 0x08),
    ("hidusb", 0x03),
    ("usbhub", 0x09),
    ("usbhub3", 0x09),
];

/// Whether a device that the registry remembers is plugged in: it has a driver at work.
pub fn is_plugged(registry: &Registry, instance: &str) -> bool {
    let controlled = |class: &str| registry.below("USB", class, instance, "Control").is_some();
    registry.instances("USB").any(|(class, known, _)| known == instance && controlled(class))
}

/// Every device on USB that the registry remembers, those left out that never told what they are.
pub fn devices(registry: &Registry) -> Vec<UsbDevice> {
    let tops = registry.instances("USB").filter(|(class, ..)| !is_function(class));
    tops.filter_map(|(class, instance, key)| {
        let (vendor_id, product_id) = usb::windows_ids(class).filter(|ids| *ids != (0, 0))?;
        let mut device = UsbDevice {
            vendor_id,
            product_id,
            serial: usb::windows_serial(instance),
            bus_path: instance.to_owned(),
            interfaces: interfaces(key),
            product: product(key),
            manufacturer: None,
            class: 0,
        };
        for (_, _, function) in functions(registry, class, key) {
            device.interfaces.extend(interfaces(function));
            device.product = device.product.or_else(|| product(function));
        }
        device.class = if usb::is_hub(&device) { 9 } else { 0 };
        Some(device)
    })
    .collect()
}

fn is_function(class: &str) -> bool {
    class.to_ascii_uppercase().contains("&MI_")
}

/// Functions of a composite device: their instance names start with its prefix.
fn functions<'a>(
    registry: &'a Registry,
    class: &'a str,
    device: &'a Key,
) -> impl Iterator<Item = (&'a str, &'a str, &'a Key)> {
    let prefix = registry::text(device, "parentidprefix").map(|prefix| format!("{prefix}&"));
    registry.instances("USB").filter(move |(other, instance, _)| {
        is_function(other)
            && usb::windows_ids(other) == usb::windows_ids(class)
            && prefix.as_ref().is_some_and(|prefix| instance.starts_with(prefix.as_str()))
    })
}

fn interfaces(key: &Key) -> Vec<UsbInterface> {
    let told = registry::strings(key, "compatibleids").iter().find_map(|id| {
        let upper = id.to_ascii_uppercase();
        let part = |mark: &str| {
            let at = upper.find(mark)? + mark.len();
            u8::from_str_radix(upper.get(at..at + 2)?, 16).ok()
        };
        let class = part("USB\\CLASS_").or_else(|| part("USB\\DEVCLASS_"))?;
        let zero = UsbInterface { class, ..UsbInterface::default() };
        (class != 0).then(|| UsbInterface {
            subclass: part("&SUBCLASS_").unwrap_or(0),
            protocol: part("&PROT_").unwrap_or(0),
            ..zero
        })
    });
    let by_class = class_code(
        registry::text(key, "service"),
        registry::text(key, "class"),
        registry::text(key, "classguid"),
    );
    told.or(by_class.map(|class| UsbInterface { class, ..UsbInterface::default() })).into_iter().collect()
}

fn class_code(service: Option<&str>, class: Option<&str>, guid: Option<&str>) -> Option<u8> {
    let of_service = SERVICES.iter().find(|(name, _)| service.is_some_and(|s| s.eq_ignore_ascii_case(name)));
    let of_class = SETUP_CLASSES.iter().find(|(name, known, _)| {
        class.is_some_and(|class| class.eq_ignore_ascii_case(name))
            || guid.is_some_and(|guid| guid.eq_ignore_ascii_case(known))
    });
    of_service.map(|(_, code)| *code).or(of_class.map(|(_, _, code)| *code))
}

/// Windows XP keeps the device's own name where later versions keep the port.
fn product(key: &Key) -> Option<String> {
    let told = registry::text(key, "locationinformation").filter(|text| !is_place(text));
    let service = registry::text(key, "service").unwrap_or_default().to_lowercase();
    let described = registry::text(key, "friendlyname").or_else(|| registry::text(key, "devicedesc"));
    let described = described.map(without_source).filter(|_| !GENERIC_SERVICES.contains(&service.as_str()));
    // `TLP2844 ;` stands so in the identifier of the device.
    told.or(described)
        .map(|text| text.trim_end_matches([' ', ';']).to_owned())
        .filter(|text| !text.is_empty())
}

/// `Port_#0006.Hub_#0004`, `0000.001a.0007.006.000.000.000.000.000`
fn is_place(text: &str) -> bool {
    text.starts_with("Port_#") || text.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ' '))
}

/// `@oem24.inf,%hp%;HP` → `HP`
fn without_source(text: &str) -> &str {
    if text.starts_with('@') { text.rsplit(';').next().unwrap_or(text) } else { text }
}

/// A port of the print system and the device behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    pub name: String,
    pub printer: Peripheral,
}

/// Printers on USB: `USBPRINT` gives port and name, `USB` the numbers and the serial.
pub fn printers(registry: &Registry, now: Timestamp) -> Result<Vec<Port>, ParseError> {
    let mut ports: Vec<Port> = registry
        .instances("USBPRINT")
        .filter_map(|(class, instance, key)| {
            let parameters = registry.below("USBPRINT", class, instance, "Device Parameters");
            let port = parameters.and_then(|key| registry::text(key, "portname")).map(str::to_owned);
            let port = port.or_else(|| instance.rsplit_once('&').map(|(_, port)| port.to_owned()))?;
            let present = registry.below("USBPRINT", class, instance, "Control").is_some();
            let device = device_behind(registry, class, instance, key, &port);
            Some(Port { name: port, printer: printer(device, present, now) })
        })
        .collect();
    if ports.is_empty() {
        return Err(ParseError::new("no printer below Enum\\USBPRINT"));
    }
    ports.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(ports)
}

fn printer(found: (UsbDevice, bool), present: bool, now: Timestamp) -> Peripheral {
    let (device, known) = found;
    let vendor = device.manufacturer.clone();
    let mut printer = peripheral::of_usb(&device, now)
        .filter(|found| matches!(found.kind, Kind::Printer | Kind::Multifunction));
    let printer = printer.get_or_insert_with(|| {
        let name = peripheral::full_name(vendor.as_deref(), device.product.as_deref()).unwrap_or_default();
        Peripheral {
            vendor,
            model: device.product.clone(),
            serial: device.serial.clone(),
            bus_path: Some(device.bus_path.clone()),
            ..Peripheral::seen(Kind::Printer, Connection::Usb, name, ClassifiedBy::PrintQueue, now)
        }
    });
    if !known {
        (printer.usb_vendor, printer.usb_product) = (None, None);
    }
    Peripheral { present, ..printer.clone() }
}

/// The device, and whether its entry below `Enum\USB` was found.
fn device_behind(
    registry: &Registry,
    class: &str,
    instance: &str,
    key: &Key,
    port: &str,
) -> (UsbDevice, bool) {
    let (manufacturer, product) = printer_name(class, key);
    let own = UsbInterface { class: 0x07, ..UsbInterface::default() };
    let top = by_container(registry, key).or_else(|| by_prefix(registry, instance, 0));
    let ids = top.and_then(|(class, ..)| usb::windows_ids(class));
    let mut interfaces = vec![own];
    if let Some((class, _, key)) = top {
        interfaces
            .extend(functions(registry, class, key).flat_map(|(_, _, function)| self::interfaces(function)));
    }
    let (vendor_id, product_id) = ids.unwrap_or_default();
    let device = UsbDevice {
        vendor_id,
        product_id,
        class: 0,
        manufacturer,
        product,
        serial: top.and_then(|(_, instance, _)| usb::windows_serial(instance)),
        bus_path: port.to_owned(),
        interfaces,
    };
    (device, ids.is_some())
}

type Found<'a> = (&'a str, &'a str, &'a Key);

fn by_container<'a>(registry: &'a Registry, key: &Key) -> Option<Found<'a>> {
    let container = registry::text(key, "containerid").filter(|id| !id.eq_ignore_ascii_case(NO_CONTAINER))?;
    registry.instances("USB").find(|(class, _, key)| {
        !is_function(class)
            && usb::windows_ids(class).is_some()
            && registry::text(key, "containerid").is_some_and(|id| id.eq_ignore_ascii_case(container))
    })
}

/// Windows XP: names of children start with the prefix of the parent, over two steps for composite devices.
fn by_prefix<'a>(registry: &'a Registry, instance: &str, depth: u8) -> Option<Found<'a>> {
    let parent = registry.instances("USB").find(|(class, _, key)| {
        usb::windows_ids(class).is_some()
            && registry::text(key, "parentidprefix")
                .is_some_and(|prefix| instance.starts_with(&format!("{prefix}&")))
    })?;
    if is_function(parent.0) && depth < 2 {
        return by_prefix(registry, parent.1, depth + 1).or(Some(parent));
    }
    Some(parent)
}

/// What Windows writes where it knows no name.
const NO_NAMES: &[&str] = &["no printer attached", "usb printing support", "unspecified"];

/// `Hewlett-PackardHP_LaserJet_P2055d` is maker and model without a space between.
fn printer_name(class: &str, key: &Key) -> (Option<String>, Option<String>) {
    let text = class.replace('_', " ");
    let text = text.trim();
    match vendor::by_prefix(text) {
        Some((vendor, rest)) => (Some(vendor.name.to_owned()), Some(vendor.model_of(rest))),
        None => {
            let described = registry::text(key, "devicedesc").map(without_source);
            let described = described.filter(|text| !NO_NAMES.contains(&text.to_lowercase().as_str()));
            (None, Some(described.unwrap_or(text).trim().to_owned()))
        }
    }
}

/// Devices on USB among the logical devices of WMI.
pub fn of_records(records: &[Record]) -> Result<Vec<UsbDevice>, ParseError> {
    let id_of = |record: &Record| record.get("PNPDeviceID").or(record.get("DeviceID")).map(str::to_owned);
    if !records.iter().any(|record| id_of(record).is_some()) {
        return Err(ParseError::field(None, "DeviceID", "is missing in every record"));
    }
    let mut found: BTreeMap<String, Record> = BTreeMap::new();
    for record in records {
        let Some(id) = id_of(record).map(|id| id.to_ascii_uppercase()).filter(|id| id.starts_with("USB\\"))
        else {
            continue;
        };
        // Several classes tell of one thing, each something else.
        found.entry(id).and_modify(|known| known.fill(record)).or_insert_with(|| record.clone());
    }
    let (mut devices, mut functions) = (Vec::new(), Vec::new());
    for record in found.values() {
        let Some((id, ids)) = id_of(record).and_then(|id| usb::windows_ids(&id).map(|ids| (id, ids))) else {
            continue;
        };
        match is_function(&id) {
            true => functions.push((ids, record)),
            false => devices.push(of_record(record, &id, ids)),
        }
    }
    give_functions(&mut devices, &functions);
    for device in &mut devices {
        device.class = if usb::is_hub(device) { 9 } else { 0 };
    }
    Ok(devices)
}

/// To every device of their maker and model: the records do not say of which one they are.
fn give_functions(devices: &mut [UsbDevice], functions: &[((u16, u16), &Record)]) {
    for (ids, record) in functions {
        for device in devices.iter_mut().filter(|device| (device.vendor_id, device.product_id) == *ids) {
            device.interfaces.extend(record_interfaces(record));
            device.product = device.product.take().or_else(|| own_name(record, ids.0));
            device.manufacturer = device.manufacturer.take().or_else(|| maker(record, *ids));
        }
    }
}

fn of_record(record: &Record, id: &str, (vendor_id, product_id): (u16, u16)) -> UsbDevice {
    let instance = id.rsplit('\\').next().unwrap_or_default();
    UsbDevice {
        vendor_id,
        product_id,
        class: 0,
        manufacturer: maker(record, (vendor_id, product_id)),
        product: own_name(record, vendor_id),
        serial: usb::windows_serial(instance),
        bus_path: instance.to_owned(),
        interfaces: record_interfaces(record),
    }
}

fn record_interfaces(record: &Record) -> Vec<UsbInterface> {
    let code = class_code(service(record).as_deref(), record.get("PNPClass"), record.get("ClassGuid"));
    code.map(|class| UsbInterface { class, ..UsbInterface::default() }).into_iter().collect()
}

/// `Win32_USBHub` holds hubs and composite devices and tells no service.
fn service(record: &Record) -> Option<String> {
    let hub = record.get("CreationClassName").is_some_and(|class| class.eq_ignore_ascii_case("Win32_USBHub"));
    let described = || record.get("Name").unwrap_or_default().to_lowercase();
    let of_class = || hub.then(|| if described().ends_with("hub") { "usbhub" } else { "usbccgp" }.to_owned());
    record.get("Service").map(str::to_lowercase).or_else(of_class)
}

/// Whether maker and name are those of the driver: Windows' own serves devices of any maker.
fn tells_of_its_driver(record: &Record, vendor_id: u16) -> bool {
    const MICROSOFT: u16 = 0x045e;
    let generic = service(record).is_some_and(|service| GENERIC_SERVICES.contains(&service.as_str()));
    generic || (vendor_id != MICROSOFT && record.get("Manufacturer") == Some("Microsoft"))
}

fn own_name(record: &Record, vendor_id: u16) -> Option<String> {
    let name = record.get("Name").or(record.get("Caption")).or(record.get("Description"))?;
    (!tells_of_its_driver(record, vendor_id)).then(|| name.to_owned())
}

/// `(Standard USB Host Controller)` and the like are no makers; of known products the driver's maker may be another.
fn maker(record: &Record, (vendor_id, product_id): (u16, u16)) -> Option<String> {
    let told = record.get("Manufacturer").filter(|text| !text.starts_with('('));
    let told = told.filter(|_| !tells_of_its_driver(record, vendor_id));
    let told = told.filter(|_| usb_table::find(vendor_id, product_id).is_none())?;
    Some(vendor::by_text(told).map_or_else(|| told.to_owned(), |vendor| vendor.name.to_owned()))
}

#[cfg(test)]
#[path = "windows_usb_tests.rs"]
mod tests;
