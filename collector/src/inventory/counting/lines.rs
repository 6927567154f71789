use super::{
    View,
    computers::office,
    systems::{numbered, servers},
};
use crate::{
    inventory::{Declared, DeviceFacts, Line, Provenance, declared_line::DeclaredLine, line::LineSighting},
    reference::isps,
    text::fold,
};
use jiff::Timestamp;
use std::{cmp::Reverse, collections::BTreeMap};

/// The Internet lines of a unit or of a system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitLines {
    /// As declared, then by first sight, then by name.
    pub lines: Vec<Line>,
    /// Whether an empty list means "none": somebody declared a line, or a device could tell.
    pub known: bool,
    /// Devices that could not tell.
    pub left_out: Vec<String>,
}

/// Declared lines and those that the unit's computers saw in the last 30 days. What only servers see
/// belongs to their system.
pub fn lines_of_unit(view: View<'_>) -> UnitLines {
    join(declared(view, ""), &office(view), view)
}

/// Declared lines of a system and those that its servers saw in the last 30 days.
pub fn lines_of_system<'a>(name: &'a str, view: View<'a>) -> UnitLines {
    join(declared(view, name), &servers(view.inventory, name), view)
}

/// The brand as the reference table writes it, so that what is declared and what is observed meet.
fn declared<'a>(view: View<'a>, system: &str) -> Vec<(DeclaredLine, &'a Declared)> {
    numbered(view.inventory, system, "line.")
        .into_iter()
        .filter_map(|(_, declared)| Some((declared.value.parse::<DeclaredLine>().ok()?, declared)))
        .map(|(line, declared)| {
            let network = line.asn.and_then(|asn| isps().network(asn)).filter(|network| network.named);
            let brand = isps().brand(&line.isp).map(|(brand, _)| brand.to_owned());
            let isp = brand.or_else(|| network.map(|n| n.isp.clone())).unwrap_or(line.isp);
            (DeclaredLine { isp, ..line }, declared)
        })
        .collect()
}

/// One network as several devices saw it.
struct Observed<'a> {
    latest: &'a LineSighting,
    first_seen_at: Timestamp,
    devices: Vec<&'a str>,
}

fn observed<'a>(observers: &[&'a DeviceFacts], view: View<'_>) -> Vec<Observed<'a>> {
    let oldest = view.days_ago(view.thresholds.sighting_days);
    let mut by_asn: BTreeMap<u32, Observed<'a>> = BTreeMap::new();
    for device in observers {
        for sighting in device.lines.iter().filter(|line| line.last_seen_at >= oldest) {
            let entry = by_asn.entry(sighting.asn).or_insert_with(|| Observed {
                latest: sighting,
                first_seen_at: sighting.first_seen_at,
                devices: Vec::new(),
            });
            entry.first_seen_at = entry.first_seen_at.min(sighting.first_seen_at);
            let key = |line: &LineSighting| (line.last_seen_at, Reverse(line.address));
            if key(sighting) > key(entry.latest) {
                entry.latest = sighting;
            }
            entry.devices.push(&device.device);
        }
    }
    let mut found: Vec<_> = by_asn.into_values().collect();
    found.iter_mut().for_each(|line| line.devices.sort_unstable());
    found.sort_by(|a, b| {
        (a.first_seen_at, &a.latest.isp, a.latest.asn).cmp(&(b.first_seen_at, &b.latest.isp, b.latest.asn))
    });
    found
}

/// Lines of one ISP are max(declared, observed): each declared line takes the observed one of its ASN, else
/// one of its ISP that no other declared line names.
fn join(declared: Vec<(DeclaredLine, &Declared)>, observers: &[&DeviceFacts], view: View<'_>) -> UnitLines {
    let mut free = observed(observers, view);
    let (mut asked, mut left_out) = (false, Vec::new());
    for device in observers {
        match device.lines_known || !device.lines.is_empty() {
            true => asked = true,
            false => left_out.push(device.device.clone()),
        }
    }
    let known = asked || !declared.is_empty();
    let mut taken: Vec<Option<Observed>> = declared
        .iter()
        .map(|(line, _)| {
            let of_asn = free.iter().position(|o| Some(o.latest.asn) == line.asn)?;
            Some(free.remove(of_asn))
        })
        .collect();
    for (slot, (line, _)) in taken.iter_mut().zip(&declared).filter(|(slot, _)| slot.is_none()) {
        let of_isp = free.iter().position(|o| same_isp(&line.isp, o));
        *slot = of_isp.map(|at| free.remove(at));
    }
    let mut lines: Vec<Line> = declared
        .iter()
        .zip(&taken)
        .map(|((line, by), seen)| declared_line(line, by, seen.as_ref()))
        .collect();
    lines.extend(free.iter().map(observed_line));
    UnitLines { lines, known, left_out }
}

fn same_isp(declared: &str, observed: &Observed<'_>) -> bool {
    fold(declared) == fold(&observed.latest.isp)
}

fn declared_line(line: &DeclaredLine, by: &Declared, seen: Option<&Observed<'_>>) -> Line {
    let declared = Provenance::Declared { by: by.declared_by.clone(), on: by.declared_on };
    let group = || {
        isps().brand(&line.isp).map_or_else(|| fold(&line.isp).to_uppercase(), |(_, group)| group.to_owned())
    };
    Line {
        isp: line.isp.clone(),
        asn: seen.map(|o| o.latest.asn).or(line.asn),
        infrastructure_group: seen.map_or_else(group, |o| o.latest.infrastructure_group.clone()),
        bandwidth_bps: line.bandwidth_bps,
        first_seen_at: seen.map(|o| o.first_seen_at),
        last_seen_at: seen.map(|o| o.latest.last_seen_at),
        provenance: std::iter::once(declared).chain(seen.map(observation)).collect(),
    }
}

fn observed_line(seen: &Observed<'_>) -> Line {
    Line {
        isp: seen.latest.isp.clone(),
        asn: Some(seen.latest.asn),
        infrastructure_group: seen.latest.infrastructure_group.clone(),
        bandwidth_bps: None,
        first_seen_at: Some(seen.first_seen_at),
        last_seen_at: Some(seen.latest.last_seen_at),
        provenance: vec![observation(seen)],
    }
}

fn observation(seen: &Observed<'_>) -> Provenance {
    Provenance::Observed {
        subjects: seen.devices.iter().map(|device| (*device).to_owned()).collect(),
        as_of: Some(seen.latest.last_seen_at),
        left_out: Vec::new(),
        checks: None,
    }
}
