//! What happens on machines while the fleet runs.

use super::{machine::Machine, profile::Later};
use jiff::{Timestamp, tz::TimeZone};
use kiemke_schemas::{
    observation::{Event, Observation},
    section::software::{Package, PackageSource},
};
use rand::{RngExt, rngs::StdRng};

/// Applies a scene's change; says which machines it touched and what their agents saw happen.
pub fn apply(machines: &mut [&mut Machine], later: &Later, now: Timestamp) -> Vec<(usize, Observation)> {
    match later {
        Later::Unplug { machine, serial } => {
            unplug(machines[*machine], serial, now);
            vec![(*machine, detached(serial, now))]
        }
        Later::Move { from, to, serial } => {
            let Some(mut thing) = unplug(machines[*from], serial, now) else { return Vec::new() };
            thing.present = true;
            machines[*to].peripherals.devices.push(thing);
            let attached = Event::PeripheralAttached { identity: serial.clone() };
            vec![(*from, detached(serial, now)), (*to, Observation { at: now, event: attached })]
        }
    }
}

fn detached(serial: &str, now: Timestamp) -> Observation {
    Observation { at: now, event: Event::PeripheralDetached { identity: serial.to_owned() } }
}

/// The thing stays in the report as not present; its state before is returned.
fn unplug(
    machine: &mut Machine,
    serial: &str,
    now: Timestamp,
) -> Option<kiemke_schemas::section::peripheral::Peripheral> {
    let things = &mut machine.peripherals.devices;
    let thing = things.iter_mut().find(|thing| thing.serial.as_deref() == Some(serial))?;
    let before = thing.clone();
    thing.present = false;
    thing.last_seen_at = now;
    Some(before)
}

/// An ordinary hour: a file saved, a program updated, a thing plugged in or out.
pub fn ordinary(machine: &mut Machine, rng: &mut StdRng, now: Timestamp) {
    machine.refresh_signatures(now);
    match rng.random_range(0..4) {
        0 => update_program(machine, rng, now),
        1 => toggle_thing(machine, rng, now),
        2 => print_pages(machine, rng),
        _ => save_file(machine, rng),
    }
}

fn update_program(machine: &mut Machine, rng: &mut StdRng, now: Timestamp) {
    let packages = &mut machine.software.packages;
    let today = now.to_zoned(TimeZone::UTC).date();
    if packages.is_empty() || rng.random_bool(0.1) {
        packages.push(Package {
            name: format!("Hồ sơ công việc {}", rng.random_range(1..90)),
            version: Some("1.0".into()),
            publisher: Some("Sở Thông tin và Truyền thông".into()),
            architecture: None,
            source: PackageSource::Other,
            installed_on: Some(today),
        });
        return;
    }
    let at = rng.random_range(0..packages.len());
    let package = &mut packages[at];
    package.version = package.version.as_deref().map(next_version);
    package.installed_on = Some(today);
}

/// `1.2.9` becomes `1.2.10`; what does not end in a number stays.
fn next_version(version: &str) -> String {
    let digits = version.len() - version.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (head, tail) = version.split_at(version.len() - digits);
    tail.parse::<u64>().map_or_else(|_| version.to_owned(), |number| format!("{head}{}", number + 1))
}

fn toggle_thing(machine: &mut Machine, rng: &mut StdRng, now: Timestamp) {
    let usb = machine.peripherals.devices.iter_mut().filter(|thing| thing.bus_path.is_some());
    let mut usb: Vec<_> = usb.collect();
    if usb.is_empty() {
        return;
    }
    let at = rng.random_range(0..usb.len());
    usb[at].present = !usb[at].present;
    usb[at].last_seen_at = now;
}

fn print_pages(machine: &mut Machine, rng: &mut StdRng) {
    let counts = machine.peripherals.devices.iter_mut().filter_map(|thing| thing.page_count.as_mut());
    counts.for_each(|count| *count += rng.random_range(1..40));
}

/// Within what is healthy: a disk that fills up is a fault, and faults are planted.
fn save_file(machine: &mut Machine, rng: &mut StdRng) {
    let Some(volume) = machine.storage.file_systems.first_mut() else { return };
    let (Some(total), Some(used)) = (volume.total_bytes, volume.used_bytes) else { return };
    let more = used + rng.random_range(1..400) * 1_048_576;
    if more < total / 10 * 6 || used > total / 10 * 9 && more < total {
        volume.used_bytes = Some(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_on() {
        assert_eq!(next_version("138.0.7204.199"), "138.0.7204.200");
        assert_eq!(next_version("SP1"), "SP2");
        assert_eq!(next_version("beta"), "beta");
    }
}
