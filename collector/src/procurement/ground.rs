use super::{DeviceReference, Ground, compute::OpenFlag};
use crate::inventory::{
    DeviceFacts, Line, Provenance, UnitInventory,
    counting::{View, lines_of_system, lines_of_unit},
};
use std::collections::BTreeSet;

/// One ground for all devices of the unit with an open flag of this rule, if there are any that `wanted` takes.
pub fn flagged_devices(
    rule: &str,
    view: View<'_>,
    flags: &[OpenFlag],
    wanted: impl Fn(&DeviceFacts) -> bool,
    text: impl Fn(&str, usize) -> String,
) -> Option<Ground> {
    let flags: Vec<&OpenFlag> = flags.iter().filter(|flag| flag.rule == rule).collect();
    let flag_of = |device: &DeviceFacts| {
        flags.iter().find(|flag| flag.device.as_deref() == Some(device.device.as_str()))
    };
    let found: Vec<(&DeviceFacts, &&OpenFlag)> =
        view.inventory.devices.iter().filter_map(|device| Some((device, flag_of(device)?))).collect();
    let found: Vec<_> = found.into_iter().filter(|(device, _)| wanted(device)).collect();
    let since = found.iter().map(|(_, flag)| flag.since).min()?;
    let devices: Vec<DeviceReference> = found.iter().map(|(device, _)| DeviceReference::of(device)).collect();
    let names: Vec<&str> = devices.iter().map(DeviceReference::name).collect();
    Some(Ground {
        rule: rule.to_owned(),
        since,
        system: None,
        quantity: u32::try_from(devices.len()).unwrap_or(u32::MAX),
        text: text(&names.join(", "), devices.len()),
        devices,
    })
}

/// One more line, of another infrastructure group, for a unit or a system.
pub fn line_ground(flag: &OpenFlag, view: View<'_>) -> Ground {
    let lines = match &flag.system {
        Some(system) => lines_of_system(system, view).lines,
        None => lines_of_unit(view).lines,
    };
    let named = lines.iter().map(named).collect::<Vec<_>>().join(", ");
    let owner = flag.system.as_ref().map(|system| format!("{system}: ")).unwrap_or_default();
    let text = match flag.rule.as_str() {
        "internet.single-line" => {
            format!("{owner}Chỉ có 01 đường truyền {named}; cần thêm 01 đường của nhà cung cấp khác hạ tầng")
        }
        _ => format!(
            "{owner}Có {:02} đường truyền {named} cùng một hạ tầng; cần thêm 01 đường của nhà cung cấp khác hạ tầng",
            lines.len()
        ),
    };
    Ground {
        rule: flag.rule.clone(),
        since: flag.since,
        system: flag.system.clone(),
        quantity: 1,
        text,
        devices: observers(&lines, view.inventory),
    }
}

fn named(line: &Line) -> String {
    line.asn.map_or_else(|| line.isp.clone(), |asn| format!("{} (AS{asn})", line.isp))
}

/// The devices that saw these lines.
fn observers(lines: &[Line], inventory: &UnitInventory) -> Vec<DeviceReference> {
    let ids: BTreeSet<&str> = lines
        .iter()
        .flat_map(|line| &line.provenance)
        .filter_map(|source| match source {
            Provenance::Observed { subjects, .. } => Some(subjects),
            _ => None,
        })
        .flatten()
        .map(String::as_str)
        .collect();
    inventory.devices.iter().filter(|d| ids.contains(d.device.as_str())).map(DeviceReference::of).collect()
}
