//! From open flags and shortages of one unit to its needs.

use super::{
    Edit, Ground, Item, Need, PriceList,
    ground::{Gap, flagged_devices, line_ground},
};
use crate::inventory::{
    DeviceFacts,
    counting::{Class, View, computers, peripherals},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An open flag, as far as a purchase follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenFlag {
    pub rule: String,
    pub device: Option<String>,
    pub system: Option<String>,
    pub since: Timestamp,
}

/// What is the same for every unit of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planning {
    pub prices: PriceList,
    /// Of needs whose year no planner set.
    pub year: u16,
}

/// The needs of one unit, in the order of the items. A need that is gone stays while an edit of it stands,
/// so that nothing a planner wrote disappears unseen.
pub fn needs(
    view: View<'_>,
    flags: &[OpenFlag],
    edits: &BTreeMap<Item, Edit>,
    planning: &Planning,
) -> Vec<Need> {
    let unit = &view.inventory.unit.code;
    Item::ALL
        .into_iter()
        .filter_map(|item| {
            let (grounds, edit) = (grounds(item, view, flags), edits.get(&item));
            let wanted = !grounds.is_empty() || edit.is_some();
            wanted.then(|| Need::of(unit, item, grounds, edit, &planning.prices, planning.year))
        })
        .collect()
}

fn grounds(item: Item, view: View<'_>, flags: &[OpenFlag]) -> Vec<Ground> {
    let found = match item {
        Item::InternetLine => return internet_lines(view, flags),
        Item::EndpointProtection => vec![unprotected(view, flags)],
        Item::Computer => vec![computers_short(view, flags), outdated(view, flags)],
        Item::Scanner => vec![scanners_missing(view, flags)],
        Item::CardReader => vec![readers_missing(view, flags)],
        Item::UsbToken => vec![tokens_short(view, flags)],
        Item::Disk => vec![full_disks(view, flags)],
    };
    found.into_iter().flatten().collect()
}

fn internet_lines(view: View<'_>, flags: &[OpenFlag]) -> Vec<Ground> {
    let of_lines =
        |flag: &&OpenFlag| matches!(flag.rule.as_str(), "internet.single-line" | "internet.same-isp-group");
    flags.iter().filter(of_lines).map(|flag| line_ground(flag, view)).collect()
}

fn unprotected(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    flagged_devices("endpoint.no-protection", Gap::Unprotected, view, flags, |_| true)
}

/// Where the successor runs on the hardware an upgrade is enough; where nobody knows, it is not.
fn outdated(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let no_successor = |device: &DeviceFacts| {
        device.operating_system.as_ref().and_then(|system| system.successor_runs) != Some(true)
    };
    flagged_devices("endpoint.os-unsupported", Gap::Outdated, view, flags, no_successor)
}

fn full_disks(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let ground = flagged_devices("endpoint.disk-nearly-full", Gap::FullDisk, view, flags, |_| true)?;
    let quantity = if view.thresholds.buy_disks { ground.quantity } else { 0 };
    Some(Ground { quantity, ..ground })
}

fn computers_short(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let (staff, have) = (declared(view, "staff.official")?, computers(view).value?);
    shortage("equipment.computers-short", staff, have, Gap::Computers { have, staff }, flags)
}

fn tokens_short(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let (staff, have) = (declared(view, "staff.professional")?, peripherals(Class::Tokens, view).value?);
    shortage("equipment.tokens-short", staff, have, Gap::Tokens { have, staff }, flags)
}

fn scanners_missing(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let desks = desks_without(Class::Scanners, view)?;
    shortage("equipment.scanner-missing", desks, 0, Gap::Scanners { desks }, flags)
}

fn readers_missing(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let desks = desks_without(Class::CardReaders, view)?;
    shortage("equipment.reader-missing", desks, 0, Gap::CardReaders { desks }, flags)
}

fn desks_without(class: Class, view: View<'_>) -> Option<u64> {
    let desks = declared(view, "one-stop-desks")?;
    (peripherals(class, view).value? == 0).then_some(desks)
}

/// The rule knows what could not be asked; the numbers alone would take the unknown for absent.
fn shortage(rule: &str, needed: u64, have: u64, gap: Gap, flags: &[OpenFlag]) -> Option<Ground> {
    let since = flags.iter().filter(|flag| flag.rule == rule).map(|flag| flag.since).min()?;
    let quantity = needed.checked_sub(have).filter(|short| *short > 0)?;
    let quantity = u32::try_from(quantity).unwrap_or(u32::MAX);
    Some(Ground { rule: rule.to_owned(), since, system: None, quantity, gap, devices: Vec::new() })
}

fn declared(view: View<'_>, field: &str) -> Option<u64> {
    view.inventory.declarations.number(field)
}
