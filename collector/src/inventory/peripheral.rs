use super::device::SecurityCheck;
use crate::text::fold;
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

mod merge;
#[cfg(test)]
mod tests;
pub use merge::merge;

/// One agent's view of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeripheralSighting {
    pub device: String,
    /// Of the device when it saw the thing.
    pub unit: String,
    /// See [`identity_of`].
    pub identity: String,
    pub peripheral: Peripheral,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// One physical thing, however many agents see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeripheralFacts {
    pub identity: String,
    /// Other identities under which agents report the same thing (a network printer whose serial some
    /// agents cannot read): security checks recorded under them hold too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    pub kind: Kind,
    pub connection: Connection,
    pub name: String,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub address: Option<IpAddr>,
    /// The unit it belongs to: where it was seen last.
    pub unit: String,
    /// Devices that see it, the one it was seen on last first.
    pub devices: Vec<String>,
    pub present: bool,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub check: Option<SecurityCheck>,
    /// Of a token.
    pub certificate_authority: Option<String>,
    pub page_count: Option<u64>,
}

impl PeripheralFacts {
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.identity.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// What makes two sightings one thing: a usable serial (`usb:<vid>:<pid>:<serial>`, else
/// `<vendor>:<model>:<serial>`), else the network address within the unit (`net:<unit>:<address>`), else
/// the host and the bus path (`host:<device>:<path>`). Text is folded.
pub fn identity_of(device: &str, unit: &str, peripheral: &Peripheral) -> String {
    let part = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
    match (usable_serial(peripheral), &peripheral.usb_vendor, &peripheral.usb_product, peripheral.address) {
        (Some(serial), Some(vendor), Some(product), _) => {
            format!("usb:{}:{}:{}", plain(vendor), plain(product), plain(serial))
        }
        (Some(serial), ..) => {
            format!("{}:{}:{}", part(&peripheral.vendor), part(&peripheral.model), plain(serial))
        }
        (None, _, _, Some(address)) => format!("net:{unit}:{address}"),
        (None, _, _, None) => {
            let place = peripheral.bus_path.as_deref().unwrap_or(&peripheral.name);
            format!("{}{}", at_host(device), plain(place))
        }
    }
}

/// How the identities of things begin that are known by their place at a device.
pub fn at_host(device: &str) -> String {
    format!("host:{device}:")
}

/// `:` parts an identity, so it may not stand inside a part.
fn plain(text: &str) -> String {
    fold(text.trim()).split_whitespace().collect::<Vec<_>>().join(" ").replace(':', "-")
}

const SHORTEST_SERIAL: usize = 4;
const PLACEHOLDERS: [&str; 13] = [
    "system serial number",
    "to be filled by o.e.m.",
    "to be filled by oem",
    "default string",
    "none",
    "null",
    "unknown",
    "not specified",
    "not available",
    "not applicable",
    "serial",
    "serial number",
    "n/a",
];

/// Agents leave placeholders out; agents of other makers may not.
pub fn usable_serial(peripheral: &Peripheral) -> Option<&str> {
    let serial = peripheral.serial.as_deref()?.trim();
    let folded = fold(serial);
    let characters: Vec<char> = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let counting = "0123456789abcdef".contains(&folded) || "1234567890".contains(&folded);
    let one_character = characters.iter().all(|c| Some(c) == characters.first());
    let usable = characters.len() >= SHORTEST_SERIAL
        && !one_character
        && !counting
        && !PLACEHOLDERS.contains(&folded.as_str());
    usable.then_some(serial)
}

impl PeripheralSighting {
    /// Joins another view of the same thing by the same device.
    pub fn absorb(&mut self, other: &Self) {
        let kind = joint_kind(self.peripheral.kind, other.peripheral.kind);
        let first_seen_at = self.first_seen_at.min(other.first_seen_at);
        let last_seen_at = self.last_seen_at.max(other.last_seen_at);
        let present = self.peripheral.present || other.peripheral.present;
        if description_rank(&other.peripheral) < description_rank(&self.peripheral) {
            self.peripheral = other.peripheral.clone();
        }
        (self.peripheral.kind, self.peripheral.present) = (kind, present);
        (self.first_seen_at, self.last_seen_at) = (first_seen_at, last_seen_at);
    }
}

/// A thing that one agent calls a printer and another a scanner does both.
fn joint_kind(a: Kind, b: Kind) -> Kind {
    let prints_and_scans = |kind| matches!(kind, Kind::Printer | Kind::Scanner | Kind::Multifunction);
    match (a, b) {
        _ if a == b => a,
        _ if prints_and_scans(a) && prints_and_scans(b) => Kind::Multifunction,
        _ => a.min(b),
    }
}

/// Lower is better: what a device says of itself describes it better than a queue's name.
fn description_rank(peripheral: &Peripheral) -> impl Ord + use<> {
    let classified = match peripheral.classified_by {
        ClassifiedBy::Declared => 0,
        ClassifiedBy::PrinterMib => 1,
        ClassifiedBy::UsbTable => 2,
        ClassifiedBy::NamePattern => 3,
        ClassifiedBy::InterfaceClass => 4,
        ClassifiedBy::Mdns => 5,
        ClassifiedBy::PrintQueue => 6,
    };
    (classified, peripheral.serial.is_none(), peripheral.model.is_none(), peripheral.name.clone())
}
