//! Printers, scanners and multifunction devices on the network, read from Printer-MIB, Host Resources and
//! what makers add. Pure: polling is done by [`crate::snmp`].

mod device_id;
pub mod family;
mod model;
pub mod vendor;

use crate::{
    address,
    probe::placeholder,
    snmp::{
        mib::{Mib, Value},
        oid::{Oid, oid},
    },
};
use device_id::DeviceId;
use family::Family;
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral};
use std::net::IpAddr;
use vendor::Vendor;

pub const DESCRIPTION: &str = "1.3.6.1.2.1.1.1.0";
pub const OBJECT: &str = "1.3.6.1.2.1.1.2.0";
const DEVICE_TYPE: &str = "1.3.6.1.2.1.25.3.2.1.2";
const DEVICE_DESCRIPTION: &str = "1.3.6.1.2.1.25.3.2.1.3";
const TYPE_OTHER: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 3, 1, 1];
const TYPE_PROCESSOR: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 3, 1, 3];
const TYPE_PRINTER: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 3, 1, 5];
const PRINTER_NAME: &str = "1.3.6.1.2.1.43.5.1.1.16";
const PRINTER_SERIAL: &str = "1.3.6.1.2.1.43.5.1.1.17";
const MARKER_UNIT: &str = "1.3.6.1.2.1.43.10.2.1.3";
const MARKER_COUNT: &str = "1.3.6.1.2.1.43.10.2.1.4";
const SUPPLY: &str = "1.3.6.1.2.1.43.11.1.1.6";
const PHYSICAL_SERIAL: &str = "1.3.6.1.2.1.47.1.1.1.1.11";
const MAC: &str = "1.3.6.1.2.1.2.2.1.6";
/// PrtMarkerCounterUnitTC: impressions, sheets.
const PAGE_UNITS: &[u64] = &[7, 8];

pub fn names() -> Vec<Oid> {
    device_id::names().into_iter().chain(vendor::names()).collect()
}

pub fn roots() -> Vec<Oid> {
    let tables = [
        DEVICE_TYPE,
        DEVICE_DESCRIPTION,
        PRINTER_NAME,
        PRINTER_SERIAL,
        MARKER_UNIT,
        MARKER_COUNT,
        SUPPLY,
        PHYSICAL_SERIAL,
        MAC,
    ];
    tables.map(oid).to_vec()
}

/// `None` for everything that neither prints nor scans.
pub fn read(mib: &Mib, address: Option<IpAddr>, now: Timestamp) -> Option<Peripheral> {
    let texts = Texts::of(mib);
    let vendor = texts.vendor(mib);
    let makers = [vendor, maker(mib)];
    let kind = kind(mib, &texts, makers)?;
    let model = texts.model(mib, makers);
    let vendor_name =
        vendor.map(|vendor| vendor.name.to_owned()).or_else(|| texts.id.as_ref()?.vendor.clone());
    let name = name(vendor_name.as_deref(), model.as_deref());
    Some(Peripheral {
        vendor: vendor_name,
        model,
        serial: serial(mib, &texts, makers),
        address,
        mac: mac(mib),
        page_count: page_count(mib),
        ..Peripheral::seen(kind, Connection::Network, name, ClassifiedBy::PrinterMib, now)
    })
}

fn kind(mib: &Mib, texts: &Texts, makers: Makers) -> Option<Kind> {
    let names: Vec<&str> = makers.iter().flatten().map(|vendor| vendor.name).collect();
    let family = texts.names().find_map(|text| family::of_maker(text, &names));
    let prints = prints(mib, texts, family);
    match family {
        Some(Family::Other) => None,
        // Recorders and switches have such names too.
        Some(Family::Scanner) => (prints || !names.is_empty()).then_some(Kind::Scanner),
        _ if !prints => None,
        Some(Family::Multifunction) => Some(Kind::Multifunction),
        Some(Family::Printer) if !texts.name_a_scanner() => Some(Kind::Printer),
        None if !texts.name_a_scanner() && !has_further_functions(mib, texts) => Some(Kind::Printer),
        _ => Some(Kind::Multifunction),
    }
}

fn name(vendor: Option<&str>, model: Option<&str>) -> String {
    match (vendor, model) {
        (Some(vendor), Some(model)) if !model.starts_with(vendor) => format!("{vendor} {model}"),
        (_, Some(model)) => model.to_owned(),
        (Some(vendor), None) => vendor.to_owned(),
        (None, None) => "printer".to_owned(),
    }
}

/// The brand on the device, and who made it: brands sell others' devices.
type Makers = [Option<&'static Vendor>; 2];

fn maker(mib: &Mib) -> Option<&'static Vendor> {
    mib.get(&oid(OBJECT)).and_then(Value::oid).and_then(vendor::by_object)
}

/// What the device says of itself in words.
struct Texts {
    system: Option<String>,
    /// hrDeviceDescr of the printer, or of a scanner.
    printer: Option<String>,
    /// hrDeviceDescr of all its parts.
    parts: Vec<String>,
    id: Option<DeviceId>,
    /// What the maker's own MIB calls it.
    own: Option<String>,
}

impl Texts {
    fn of(mib: &Mib) -> Self {
        let described = |index: u32| mib.text(&oid(DEVICE_DESCRIPTION).child(&[index]));
        let own_model = |vendor: &Vendor| vendor.model.iter().find_map(|name| mib.text(&oid(name)));
        Self {
            system: mib.text(&oid(DESCRIPTION)),
            printer: devices_of(mib, TYPE_PRINTER)
                .find_map(described)
                .or_else(|| untyped(mib))
                .or_else(|| maker(mib).and(devices_of(mib, TYPE_OTHER).find_map(described))),
            parts: mib.column(&oid(DEVICE_DESCRIPTION)).filter_map(|(_, value)| value.text()).collect(),
            id: device_id::find(mib),
            own: maker(mib).and_then(own_model),
        }
    }

    /// The most exact first.
    fn names(&self) -> impl Iterator<Item = &str> {
        let id = self.id.iter().flat_map(|id| [&id.description, &id.model].into_iter().flatten());
        self.printer.iter().chain(id).chain(&self.system).chain(&self.own).map(String::as_str)
    }

    fn vendor(&self, mib: &Mib) -> Option<&'static Vendor> {
        let by_id = self.id.as_ref().and_then(|id| id.vendor.as_deref());
        by_id.into_iter().chain(self.names()).find_map(vendor::by_text).or_else(|| maker(mib))
    }

    fn model(&self, mib: &Mib, makers: Makers) -> Option<String> {
        let own =
            makers.iter().flatten().flat_map(|vendor| vendor.model).find_map(|name| mib.text(&oid(name)));
        let id = self.id.as_ref().and_then(|id| id.description.clone().or(id.model.clone()));
        let given = mib.column(&oid(PRINTER_NAME)).find_map(|(_, value)| value.text());
        let product = self.system.as_deref().and_then(|text| tagged(text, &["PID:", "Attached to "]));
        // Brands that sell others' devices leave another brand's name in them.
        let own = own.filter(|text: &String| {
            makers[0].is_none_or(|brand| vendor::by_text(text).is_none_or(|other| other.name == brand.name))
        });
        let texts = [self.printer.clone(), own, id, product, given, self.system.clone()];
        let (series, exact): (Vec<_>, Vec<_>) =
            texts.into_iter().flatten().partition(|text| model::is_of_a_series(text));
        exact.into_iter().chain(series).find_map(|text| model::of(&text, makers[0]))
    }

    /// By its number, or by the name at the start of its description.
    fn maker_is_known(&self, mib: &Mib) -> bool {
        maker(mib).or_else(|| vendor::by_text(self.system.as_deref()?)).is_some()
    }

    fn name_a_printer(&self) -> bool {
        let said = self.system.as_deref().unwrap_or_default().to_lowercase();
        ["printing system", "laser printer", "network printer"].iter().any(|words| said.contains(words))
    }

    fn name_a_scanner(&self) -> bool {
        let words = ["scanner", "copier", "facsimile", "multi-function", "multifunction", "mfp"];
        let said = |text: &String| {
            let text = text.to_lowercase();
            words.iter().any(|word| text.contains(word))
        };
        self.parts.iter().chain(&self.system).any(said)
            || self.id.as_ref().is_some_and(DeviceId::names_a_scanner)
    }
}

/// What some small devices describe without saying of which type it is.
fn untyped(mib: &Mib) -> Option<String> {
    let typed = mib.has(&oid(DEVICE_TYPE));
    mib.column(&oid(DEVICE_DESCRIPTION)).filter(|_| !typed).find_map(|(_, value)| value.text())
}

fn devices_of<'a>(mib: &'a Mib, kind: &'static [u32]) -> impl Iterator<Item = u32> + 'a {
    let types: Vec<_> = mib.column(&oid(DEVICE_TYPE)).map(|(index, value)| (index, value.clone())).collect();
    types
        .into_iter()
        .filter(move |(_, value)| value.oid().is_some_and(|o| o.parts() == kind))
        .map(|(at, _)| at)
}

fn prints(mib: &Mib, texts: &Texts, family: Option<Family>) -> bool {
    let printer_mib = [PRINTER_SERIAL, MARKER_COUNT, SUPPLY].iter().any(|table| mib.has(&oid(table)));
    let row = devices_of(mib, TYPE_PRINTER).next().is_some();
    let known = texts.maker_is_known(mib) && (family.is_some() || texts.name_a_printer());
    // Computers list the printers that they have queues for.
    let computer = devices_of(mib, TYPE_PROCESSOR).next().is_some() && !known;
    let class = texts.id.as_ref().and_then(|id| id.class.as_deref());
    let by_id = class.is_some_and(|class| class.eq_ignore_ascii_case("PRINTER"));
    printer_mib || by_id || (!computer && (row || known))
}

/// Makers that name no scanner list it as a further device of the same name.
fn has_further_functions(mib: &Mib, texts: &Texts) -> bool {
    texts.printer.is_some()
        && devices_of(mib, TYPE_OTHER)
            .any(|index| mib.text(&oid(DEVICE_DESCRIPTION).child(&[index])) == texts.printer)
}

fn serial(mib: &Mib, texts: &Texts, makers: Makers) -> Option<String> {
    let standard = oid(PRINTER_SERIAL);
    let physical = oid(PHYSICAL_SERIAL);
    let column = |root: &Oid| mib.below(root).filter_map(|(_, value)| value.text()).collect::<Vec<_>>();
    let own =
        makers.iter().flatten().flat_map(|vendor| vendor.serial).filter_map(|name| mib.text(&oid(name)));
    let said = texts
        .parts
        .iter()
        .chain(&texts.system)
        .filter_map(|text| tagged(text, &["SN:", "S/N ", "S/N:", "SN "]));
    column(&standard)
        .into_iter()
        .chain(own)
        .chain(texts.id.as_ref().and_then(|id| id.serial.clone()))
        .chain(said)
        .chain(column(&physical))
        .find_map(|text| placeholder::serial(&text))
}

/// The value after one of the tags: `…,SN:VNC123,FN:…`.
fn tagged(text: &str, tags: &[&str]) -> Option<String> {
    tags.iter().find_map(|tag| {
        let (before, rest) = text.split_once(tag)?;
        let whole = !before.ends_with(char::is_alphanumeric);
        let value = rest.split([',', ';']).next().unwrap_or(rest).trim();
        (whole && !value.is_empty()).then(|| value.to_owned())
    })
}

/// Of the first marker. Special values (-1 other, -2 unknown) and other units are no pages.
fn page_count(mib: &Mib) -> Option<u64> {
    let counts = oid(MARKER_COUNT);
    let (index, value) = mib.below(&counts).next()?;
    let unit = mib.unsigned(&oid(MARKER_UNIT).child(index));
    let pages = unit.is_none_or(|unit| PAGE_UNITS.contains(&unit));
    value.unsigned().filter(|count| pages && *count < u64::from(u32::MAX))
}

fn mac(mib: &Mib) -> Option<String> {
    mib.column(&oid(MAC)).find_map(|(_, value)| {
        let text = match address::mac(value.bytes()?) {
            Some(text) => text,
            None => value.text().filter(|text| text.len() == 17)?.to_ascii_lowercase().replace('-', ":"),
        };
        let digits =
            text.split(':').all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()));
        (digits && text != "00:00:00:00:00:00").then_some(text)
    })
}

#[cfg(test)]
mod tests;
