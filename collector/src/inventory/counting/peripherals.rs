use super::{Count, View, checked, computers::office, days_before};
use crate::inventory::{Checks, DeviceFacts, PeripheralFacts};
use kiemke_schemas::section::peripheral::Kind;
use std::collections::HashMap;

/// A column of the equipment appendix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Printers,
    Scanners,
    CardReaders,
    Tokens,
}

impl Class {
    /// A multifunction device counts as a printer and as a scanner.
    pub fn holds(self, kind: Kind) -> bool {
        match self {
            Self::Printers => matches!(kind, Kind::Printer | Kind::Multifunction),
            Self::Scanners => matches!(kind, Kind::Scanner | Kind::Multifunction),
            Self::CardReaders => kind == Kind::CardReader,
            Self::Tokens => kind == Kind::Token,
        }
    }
}

/// A 0 needs at least one device of the office whose probe worked.
pub fn peripherals(class: Class, view: View<'_>) -> Count {
    count(counted_peripherals(class, view), view)
}

/// Of the peripherals, those with a valid security check.
pub fn checked_peripherals(class: Class, view: View<'_>) -> Count {
    let found = counted_peripherals(class, view);
    let valid: Vec<_> = found.into_iter().filter(|p| checked(p.check.as_ref(), view)).collect();
    let checks = Some(Checks::grouped(valid.iter().filter_map(|p| p.check.as_ref())));
    Count { checks, ..count(valid, view) }
}

pub fn counted_peripherals<'a>(class: Class, view: View<'a>) -> Vec<&'a PeripheralFacts> {
    things(view, |kind| class.holds(kind))
}

/// Of every class, each thing once.
pub fn counted_things<'a>(view: View<'a>) -> Vec<&'a PeripheralFacts> {
    things(view, |_| true)
}

fn things<'a>(view: View<'a>, wanted: impl Fn(Kind) -> bool) -> Vec<&'a PeripheralFacts> {
    let devices: HashMap<&str, &DeviceFacts> =
        view.inventory.devices.iter().map(|d| (d.device.as_str(), d)).collect();
    let of_kind = view.inventory.peripherals.iter().filter(|p| wanted(p.kind));
    of_kind.filter(|p| counts(p, &devices, view)).collect()
}

/// A thing counts while its computer does, and for 30 days after that computer missed it. Days are those
/// up to the computer's last report: a computer that is switched off misses nothing.
fn counts(peripheral: &PeripheralFacts, devices: &HashMap<&str, &DeviceFacts>, view: View<'_>) -> bool {
    let Some(owner) = peripheral.devices.iter().find_map(|id| devices.get(id.as_str())) else { return false };
    let reported_at = owner.last_report_at.unwrap_or(owner.enrolled_at).min(view.now);
    peripheral.last_seen_at >= days_before(reported_at, view.thresholds.sighting_days)
}

fn count(found: Vec<&PeripheralFacts>, view: View<'_>) -> Count {
    let (asked, failed): (Vec<_>, Vec<_>) = office(view).into_iter().partition(|d| d.peripherals_known);
    Count {
        value: (!asked.is_empty() || !found.is_empty()).then_some(found.len() as u64),
        as_of: asked.iter().filter_map(|d| d.last_report_at).min(),
        declared: None,
        subjects: found.into_iter().map(|p| p.identity.clone()).collect(),
        left_out: failed.into_iter().map(|d| d.device.clone()).collect(),
        checks: None,
    }
}
