//! From open flags and shortages of one unit to its needs.

use super::{
    DeviceReference, Edit, Ground, Item, Need, PriceList,
    ground::{flagged_devices, line_ground},
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
        Item::Scanner => vec![missing_at_desks("equipment.scanner-missing", Class::Scanners, view, flags)],
        Item::CardReader => {
            vec![missing_at_desks("equipment.reader-missing", Class::CardReaders, view, flags)]
        }
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
    let text = |names: &str, count: usize| format!("{count} máy chưa cài phần mềm diệt virus: {names}");
    flagged_devices("endpoint.no-protection", view, flags, |_| true, text)
}

/// Where the successor runs on the hardware an upgrade is enough; where nobody knows, it is not.
fn outdated(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let no_successor = |device: &DeviceFacts| {
        device.operating_system.as_ref().and_then(|system| system.successor_runs) != Some(true)
    };
    let text = |names: &str, count: usize| {
        format!(
            "{count} máy dùng hệ điều hành hết hỗ trợ, phần cứng không chạy được hoặc chưa rõ có chạy được \
             phiên bản kế tiếp: {names}"
        )
    };
    flagged_devices("endpoint.os-unsupported", view, flags, no_successor, text)
}

fn full_disks(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let text = |names: &str, count: usize| format!("{count} máy có ổ đĩa gần đầy: {names}");
    let ground = flagged_devices("endpoint.disk-nearly-full", view, flags, |_| true, text)?;
    let quantity = if view.thresholds.buy_disks { ground.quantity } else { 0 };
    Some(Ground { quantity, ..ground })
}

fn computers_short(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let (staff, have) = (declared(view, "staff.official")?, computers(view).value?);
    let text = format!("Có {have} máy tính cho {staff} cán bộ chính thức");
    shortage("equipment.computers-short", staff, have, text, flags)
}

fn tokens_short(view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let (staff, have) = (declared(view, "staff.professional")?, peripherals(Class::Tokens, view).value?);
    let text = format!("Có {have} USB Token cho {staff} cán bộ thực hiện công tác nghiệp vụ");
    shortage("equipment.tokens-short", staff, have, text, flags)
}

fn missing_at_desks(rule: &str, class: Class, view: View<'_>, flags: &[OpenFlag]) -> Option<Ground> {
    let desks = declared(view, "one-stop-desks")?;
    let have = peripherals(class, view).value?;
    let name = if class == Class::Scanners { "máy scan" } else { "thiết bị đọc thẻ" };
    let text = format!("Có {desks} bộ phận một cửa, chưa có {name}");
    if have > 0 { None } else { shortage(rule, desks, 0, text, flags) }
}

/// The rule knows what could not be asked; the numbers alone would take the unknown for absent.
fn shortage(rule: &str, needed: u64, have: u64, text: String, flags: &[OpenFlag]) -> Option<Ground> {
    let since = flags.iter().filter(|flag| flag.rule == rule).map(|flag| flag.since).min()?;
    let quantity = needed.checked_sub(have).filter(|short| *short > 0)?;
    let quantity = u32::try_from(quantity).unwrap_or(u32::MAX);
    Some(Ground { rule: rule.to_owned(), since, system: None, quantity, text, devices: Vec::new() })
}

fn declared(view: View<'_>, field: &str) -> Option<u64> {
    view.inventory.declarations.of_unit(field)?.value.parse().ok()
}

impl DeviceReference {
    pub(super) fn of(device: &DeviceFacts) -> Self {
        Self { device: device.device.clone(), host_name: device.host_name.clone() }
    }

    pub fn name(&self) -> &str {
        self.host_name.as_deref().unwrap_or(&self.device)
    }
}
