//! From what the store holds of one device to the values that rules and forms count: decoded sections,
//! sightings of lines and peripherals, and [`DeviceFacts`]. Pure: no store, no clock.
//!
//! The order of use, for one device:
//! 1. [`Sections::decode`] the current text of each section;
//! 2. [`line_sightings`] and [`peripheral_sightings`] give what the sections show *now*; the caller keeps
//!    them (the earliest `first_seen_at`, the latest `last_seen_at` of each);
//! 3. [`device_facts`] with all line sightings kept of the device.

pub mod adapters;
mod hardware;
mod load;
mod sections;
mod sightings;
mod storage;
#[cfg(test)]
mod tests;

pub use sections::{Reading, Sections, StoredSection};
pub use sightings::{line_sightings, lines_known, peripheral_sightings};

use super::{
    DeviceFacts, DeviceKind, Protection,
    device::{DeclaredDevice, DeviceState, OperatingSystemFacts, Origin, SecurityCheck},
    line::LineSighting,
};
use crate::reference::lifecycle;
use jiff::Timestamp;
use kiemke_schemas::section::{
    antivirus::Antivirus,
    hardware::{Chassis, Hardware},
    operating_system::{Family, OperatingSystem},
};
use std::net::IpAddr;

/// What the collector knows of a device beside its sections; times are the collector's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    pub device: String,
    pub unit: String,
    pub origin: Origin,
    /// Of one without an agent.
    pub declared: Option<DeclaredDevice>,
    pub state: DeviceState,
    /// From enrolment; the operating system section wins.
    pub host_name: Option<String>,
    /// The address the device's connection comes from, as the collector sees it.
    pub peer_address: Option<IpAddr>,
    pub enrolled_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
    pub last_report_at: Option<Timestamp>,
    pub clock_skew_seconds: Option<i64>,
    /// The latest security check recorded on the device.
    pub check: Option<SecurityCheck>,
}

/// `lines`: all sightings kept of this device in its present unit.
pub fn device_facts(record: &DeviceRecord, sections: &Sections, lines: Vec<LineSighting>) -> DeviceFacts {
    let system = sections.operating_system.value();
    let (machine, declared) = (sections.hardware.value(), record.declared.as_ref());
    let storage = storage::Use::of(sections.storage.value());
    let load = load::Peaks::of(sections.load.value());
    let processors = machine.and_then(hardware::logical_processors);
    DeviceFacts {
        device: record.device.clone(),
        unit: record.unit.clone(),
        origin: record.origin,
        declared: record.declared.clone(),
        state: record.state,
        host_name: system.map(|s| s.host_name.clone()).or_else(|| record.host_name.clone()),
        kind: declared.map_or_else(|| kind(system, machine), |device| device.kind),
        maker: declared.map_or_else(|| machine?.maker.clone(), |device| device.maker.clone()),
        model: declared.map_or_else(|| machine?.model.clone(), |device| device.model.clone()),
        serial: declared.map_or_else(|| machine?.serial.clone(), |device| device.serial.clone()),
        operating_system: system.map(|s| operating_system(s, machine)),
        processor: machine.and_then(hardware::processor_name),
        processors,
        processors_in_use: processors.zip(load.processor_p95_permille).map(in_use),
        processor_p95_permille: load.processor_p95_permille,
        memory_bytes: machine.and_then(|m| m.memory.as_ref()?.total_bytes),
        storage_total_bytes: storage.total_bytes,
        storage_used_bytes: storage.used_bytes,
        fullest_file_system: storage.fullest,
        protection: protection(&sections.antivirus, record),
        lines_known: lines_known(record, sections),
        lines,
        router_lines: sections.link.value().map(|links| links.lines.clone()).unwrap_or_default(),
        lines_down: sightings::lines_down(sections),
        connections_max: load.connections_max,
        throughput_max_bps: load.throughput_max_bps,
        peripherals_known: sections.peripheral.is_known(),
        problems: sections.problems(),
        neighbours: sightings::neighbours(sections),
        check: record.check.clone(),
        networks: adapters::networks(sections.network.value()),
        macs: adapters::macs(sections.network.value()),
        enrolled_at: record.enrolled_at,
        last_seen_at: record.last_seen_at,
        last_report_at: record.last_report_at,
        clock_skew_seconds: record.clock_skew_seconds,
    }
}

/// Of so many processors, by their load in permille.
fn in_use((processors, permille): (u32, u32)) -> u32 {
    let used = (u64::from(processors) * u64::from(permille)).div_ceil(1000);
    u32::try_from(used).unwrap_or(u32::MAX)
}

/// A server operating system makes a server of any machine; a client system on a server's chassis stays a
/// workstation. `Unknown` where neither section says enough.
fn kind(system: Option<&OperatingSystem>, machine: Option<&Hardware>) -> DeviceKind {
    let chassis = machine.and_then(|m| m.chassis);
    let server = system.and_then(|s| s.server);
    let client_windows = system.is_some_and(|s| s.family == Family::Windows) && server == Some(false);
    match (server, chassis) {
        (Some(true), _) => DeviceKind::Server,
        (_, Some(Chassis::Server)) if !client_windows => DeviceKind::Server,
        (_, Some(Chassis::Laptop | Chassis::Tablet)) => DeviceKind::Laptop,
        (_, Some(Chassis::Desktop | Chassis::AllInOne)) => DeviceKind::Workstation,
        (Some(false), _) => DeviceKind::Workstation,
        _ => DeviceKind::Unknown,
    }
}

fn operating_system(system: &OperatingSystem, machine: Option<&Hardware>) -> OperatingSystemFacts {
    let cycle = lifecycle().find(system);
    OperatingSystemFacts {
        family: system.family,
        full_name: system.full_name.clone(),
        version: system.version.clone(),
        build: system.build.clone(),
        support_ends_on: cycle.map(|c| c.security_ends_on),
        lifecycle: cycle.map(|c| c.label.clone()),
        successor_runs: hardware::successor_runs(system, machine),
    }
}

/// A section without a value tells nothing: an empty product list must be said to count as "none".
fn protection(section: &Reading<Antivirus>, record: &DeviceRecord) -> Protection {
    match section.value() {
        None => Protection::Unknown,
        Some(found) if found.products.is_empty() && section.is_partial() => Protection::Unknown,
        Some(found) if found.products.is_empty() => Protection::Absent,
        Some(found) => Protection::Installed {
            products: found.products.clone(),
            observed_at: section.holds_at(record).unwrap_or(record.enrolled_at),
        },
    }
}
