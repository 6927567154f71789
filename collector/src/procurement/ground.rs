//! From flags to grounds: what is missing, as typed parts.

use super::compute::OpenFlag;
use crate::inventory::{
    DeviceFacts, Line, Provenance, UnitInventory,
    counting::{View, lines_of_system, lines_of_unit},
};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Why something is needed: open flags of one rule, and the things that prove it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ground {
    pub rule: String,
    pub since: Timestamp,
    pub system: Option<String>,
    pub quantity: u32,
    #[serde(flatten)]
    pub gap: Gap,
    pub devices: Vec<DeviceReference>,
}

/// What is missing; [`Ground::text_vi`] and [`Ground::text_en`] write it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "gap", rename_all = "kebab-case")]
pub enum Gap {
    /// The devices of the ground have no protection.
    Unprotected,
    /// They run a system without support on hardware that is not known to run its successor.
    Outdated,
    FullDisk,
    Computers {
        have: u64,
        staff: u64,
    },
    Tokens {
        have: u64,
        staff: u64,
    },
    Scanners {
        desks: u64,
    },
    CardReaders {
        desks: u64,
    },
    SingleLine {
        lines: Vec<String>,
    },
    SameInfrastructure {
        lines: Vec<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceReference {
    pub device: String,
    pub host_name: Option<String>,
}

impl DeviceReference {
    fn of(device: &DeviceFacts) -> Self {
        Self { device: device.device.clone(), host_name: device.host_name.clone() }
    }

    pub fn name(&self) -> &str {
        self.host_name.as_deref().unwrap_or(&self.device)
    }
}

/// One ground for all devices of the unit with an open flag of this rule, if there are any that `wanted` takes.
pub fn flagged_devices(
    rule: &str,
    gap: Gap,
    view: View<'_>,
    flags: &[OpenFlag],
    wanted: impl Fn(&DeviceFacts) -> bool,
) -> Option<Ground> {
    let since_of: HashMap<&str, Timestamp> = flags
        .iter()
        .filter(|flag| flag.rule == rule)
        .filter_map(|flag| Some((flag.device.as_deref()?, flag.since)))
        .collect();
    let since = |device: &DeviceFacts| since_of.get(device.device.as_str()).copied();
    let found: Vec<(&DeviceFacts, Timestamp)> = view
        .inventory
        .devices
        .iter()
        .filter_map(|device| Some((device, since(device)?)))
        .filter(|(device, _)| wanted(device))
        .collect();
    let since = found.iter().map(|(_, since)| *since).min()?;
    let devices: Vec<DeviceReference> = found.iter().map(|(device, _)| DeviceReference::of(device)).collect();
    let quantity = u32::try_from(devices.len()).unwrap_or(u32::MAX);
    Some(Ground { rule: rule.to_owned(), since, system: None, quantity, gap, devices })
}

/// One more line, of another infrastructure group, for a unit or a system.
pub fn line_ground(flag: &OpenFlag, view: View<'_>) -> Ground {
    let lines = match &flag.system {
        Some(system) => lines_of_system(system, view).lines,
        None => lines_of_unit(view).lines,
    };
    let named = lines.iter().map(named).collect();
    let gap = match flag.rule.as_str() {
        "internet.single-line" => Gap::SingleLine { lines: named },
        _ => Gap::SameInfrastructure { lines: named },
    };
    Ground {
        rule: flag.rule.clone(),
        since: flag.since,
        system: flag.system.clone(),
        quantity: 1,
        gap,
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
