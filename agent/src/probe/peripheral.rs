//! Printers, scanners, multifunction devices, card readers, tokens, webcams, fingerprint readers on USB,
//! and the queues of the print service.

pub mod classify;
pub mod cups;
#[cfg(target_os = "linux")]
mod linux;
pub mod name_pattern;
mod name_words;
mod print_queue;
pub mod usb_table;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::{Root, placeholder};
use crate::probe::network_printer::vendor::by_text;
use classify::UsbDevice;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    Section,
    observation::Event,
    section::peripheral::{Connection, Peripheral, Peripherals},
};

pub fn read(root: &Root, now: Timestamp) -> Section<Peripherals> {
    platform::read(root, now)
}

/// Changes whenever something is plugged in or out: cheap enough for every minute.
pub fn plugged(root: &Root) -> Vec<String> {
    platform::plugged(root)
}

/// `None` for what none of the forms asks for.
pub fn of_usb(device: &UsbDevice, now: Timestamp) -> Option<Peripheral> {
    let (kind, classified_by) = classify::classify(device)?;
    let listed = usb_table::find(device.vendor_id, device.product_id);
    let named = || device.product.as_deref().and_then(by_text).map(|vendor| vendor.name);
    let told = listed.as_ref().map(|row| row.vendor).or_else(named);
    let told = told.or_else(|| usb_table::vendor(device.vendor_id)).map(str::to_owned);
    let vendor = device.manufacturer.clone().or(told);
    let model = listed.as_ref().map(|row| row.model.to_owned()).filter(|model| !model.is_empty());
    let model = device.product.clone().or(model);
    let number = format!("USB {:04x}:{:04x}", device.vendor_id, device.product_id);
    let name = full_name(vendor.as_deref(), model.as_deref().or(Some(&number))).unwrap_or_default();
    Some(Peripheral {
        vendor,
        model,
        serial: device.serial.as_deref().and_then(placeholder::serial),
        usb_vendor: Some(format!("{:04x}", device.vendor_id)),
        usb_product: Some(format!("{:04x}", device.product_id)),
        bus_path: Some(device.bus_path.clone()),
        ..Peripheral::seen(kind, Connection::Usb, name, classified_by, now)
    })
}

/// Most models already start with their maker's name, or its initials: `Hewlett-Packard`, `HP LaserJet 1020`.
pub fn full_name(vendor: Option<&str>, model: Option<&str>) -> Option<String> {
    match (vendor, model) {
        (Some(vendor), Some(model)) if is_named(model, vendor) => Some(model.to_owned()),
        (Some(vendor), Some(model)) => Some(format!("{vendor} {model}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

fn is_named(model: &str, vendor: &str) -> bool {
    let (model, vendor) = (model.to_lowercase(), vendor.to_lowercase());
    let initials: String = vendor.split([' ', '-']).filter_map(|word| word.chars().next()).collect();
    model.starts_with(&vendor)
        || initials.chars().count() > 1 && model.split(' ').next() == Some(initials.as_str())
}

/// What tells two things apart on one machine.
pub fn identity(peripheral: &Peripheral) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let place = peripheral.serial.clone().or_else(|| peripheral.bus_path.clone());
    let place = place.or_else(|| peripheral.address.map(|address| address.to_string()));
    format!(
        "{}:{}:{}",
        part(&peripheral.usb_vendor),
        part(&peripheral.usb_product),
        place.unwrap_or_else(|| peripheral.name.clone())
    )
}

/// Unplugged things stay with the computer, but not without end.
const REMEMBERED: usize = 64;
/// While a thing stays plugged in, its last sight is news once a day.
const SIGHT_IS_NEWS_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Keeps things that were unplugged, and steadies the time of the last sight.
pub fn steady(last: &Peripherals, mut new: Peripherals) -> Peripherals {
    for now in &mut new.devices {
        let before = last.devices.iter().find(|before| before.present && identity(before) == identity(now));
        if let Some(before) = before
            && now.last_seen_at.duration_since(before.last_seen_at).abs() < SIGHT_IS_NEWS_AFTER
        {
            now.last_seen_at = before.last_seen_at;
        }
    }
    let mut gone: Vec<_> = last
        .devices
        .iter()
        .filter(|old| !new.devices.iter().any(|now| identity(now) == identity(old)))
        .cloned()
        .collect();
    gone.sort_by_key(|old| std::cmp::Reverse(old.last_seen_at));
    gone.truncate(REMEMBERED);
    new.devices.extend(gone.into_iter().map(|old| Peripheral { present: false, ..old }));
    new.devices.sort_by_key(identity);
    new
}

pub fn changes(before: &Peripherals, now: &Peripherals) -> Vec<Event> {
    let present = |list: &Peripherals| -> Vec<String> {
        list.devices.iter().filter(|thing| thing.present).map(identity).collect()
    };
    let (then, since) = (present(before), present(now));
    let attached = since.iter().filter(|id| !then.contains(id)).cloned();
    let detached = then.iter().filter(|id| !since.contains(id)).cloned();
    attached
        .map(|identity| Event::PeripheralAttached { identity })
        .chain(detached.map(|identity| Event::PeripheralDetached { identity }))
        .collect()
}

#[cfg(test)]
mod tests;
