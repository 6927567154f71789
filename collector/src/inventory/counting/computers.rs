use super::{Count, View, days_before, systems};
use crate::{
    inventory::{
        Checks, DeviceFacts, DeviceKind, Protection,
        device::{DeclaredDevice, DeviceState, Origin, SecurityCheck},
    },
    settings::Thresholds,
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;

/// Computers of the unit's row: workstations and laptops. Servers are counted with their system; a device
/// whose kind nobody knows is left out by name. No probe finds "no computer", so none found is missing.
pub fn computers(view: View<'_>) -> Count {
    let unknown = of_kind(view, |kind| kind == DeviceKind::Unknown);
    count(counted(view), |_| true, unknown)
}

/// Of the computers, those with a valid security check.
pub fn checked_computers(view: View<'_>) -> Count {
    let asked = counted(view);
    let valid = asked.iter().filter_map(|d| d.check.as_ref()).filter(|check| checked(Some(check), view));
    let checks = Some(Checks::grouped(valid));
    Count { checks, ..count(asked, |d| checked(d.check.as_ref(), view), Vec::new()) }
}

/// Of the computers, those on which any protection product is installed, on or off.
pub fn protected_computers(view: View<'_>) -> Count {
    let (unknown, asked) = counted(view).into_iter().partition(|d| d.protection == Protection::Unknown);
    count(asked, |d| matches!(d.protection, Protection::Installed { .. }), unknown)
}

/// A check without its own end is valid for `check_valid_days`, or without end where that is 0.
pub fn checked(check: Option<&SecurityCheck>, view: View<'_>) -> bool {
    let Some(check) = check else { return false };
    match (check.valid_until, view.thresholds.check_valid_days) {
        (Some(until), _) => view.today() <= until,
        (None, 0) => true,
        (None, days) => days_between(check.checked_on, view.today()) <= i64::from(days),
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// The computers themselves, in the order of the inventory.
pub fn counted<'a>(view: View<'a>) -> Vec<&'a DeviceFacts> {
    of_kind(view, |kind| matches!(kind, DeviceKind::Workstation | DeviceKind::Laptop))
}

/// Whether a device still belongs to an inventory: not retired or revoked, and not silent for too long. Whoever
/// makes an inventory asks; those that count in it asked before.
pub fn device_counts(device: &DeviceFacts, thresholds: &Thresholds, now: Timestamp) -> bool {
    let heard = device.last_seen_at.max(device.last_report_at).unwrap_or(device.enrolled_at);
    // One without an agent is not silent: it counts until somebody retires it.
    let there = device.origin == Origin::Declared || heard >= days_before(now, thresholds.device_counts_days);
    there && matches!(device.state, DeviceState::Active | DeviceState::Suspended)
}

fn of_kind<'a>(view: View<'a>, wanted: impl Fn(DeviceKind) -> bool) -> Vec<&'a DeviceFacts> {
    office(view).into_iter().filter(|d| wanted(d.kind)).collect()
}

/// The devices of the office: everything that counts and is no server.
pub fn office<'a>(view: View<'a>) -> Vec<&'a DeviceFacts> {
    let servers: BTreeSet<&str> = systems(view.inventory)
        .iter()
        .flat_map(|system| system.servers.iter().map(|server| server.device.as_str()))
        .collect();
    view.inventory
        .devices
        .iter()
        .filter(|d| d.kind != DeviceKind::Server && !servers.contains(d.device.as_str()))
        .collect()
}

/// The latest who entered one by hand, where no agent stands behind any.
fn declared(asked: &[&DeviceFacts]) -> Option<(String, Date)> {
    let all: Option<Vec<&DeclaredDevice>> = asked.iter().map(|d| d.declared.as_ref()).collect();
    let latest = all?.into_iter().max_by_key(|declared| declared.declared_on)?;
    Some((latest.declared_by.clone(), latest.declared_on))
}

fn count(
    asked: Vec<&DeviceFacts>,
    is_one: impl Fn(&DeviceFacts) -> bool,
    unknown: Vec<&DeviceFacts>,
) -> Count {
    let found: Vec<_> = asked.iter().filter(|d| is_one(d)).collect();
    Count {
        value: (!asked.is_empty()).then_some(found.len() as u64),
        as_of: asked.iter().filter_map(|d| d.last_report_at).min(),
        declared: declared(&asked),
        subjects: found.into_iter().map(|d| d.device.clone()).collect(),
        left_out: unknown.into_iter().map(|d| d.device.clone()).collect(),
        checks: None,
    }
}
