use super::{DeviceRecord, Sections};
use crate::{
    inventory::{
        line::{LineDown, LineSighting},
        neighbour::NeighbourSighting,
        peripheral::{PeripheralSighting, identity_of},
    },
    reference::{address::is_public, isps},
};
use jiff::Timestamp;
use kiemke_schemas::section::{
    link::{LineState, PublicAddress, RouterLine},
    neighbour::Neighbour,
    peripheral::Peripheral,
};
use std::{collections::BTreeMap, net::IpAddr};

/// `told_by` of an address that the collector saw itself.
pub const TOLD_BY_COLLECTOR: &str = "collector";

/// The lines that the link section shows, one an ASN, in the order of the default routes. Addresses that
/// belong to no known network say nothing. First and last sight are the same moment: whoever keeps
/// sightings keeps the earliest first and the latest last one.
pub fn line_sightings(record: &DeviceRecord, sections: &Sections) -> Vec<LineSighting> {
    let mut by_asn: Vec<LineSighting> = Vec::new();
    for (address, told_by, at) in addresses(record, sections) {
        let Some(network) = isps().network_of(address) else { continue };
        if by_asn.iter().all(|line| line.asn != network.asn) {
            by_asn.push(LineSighting {
                asn: network.asn,
                isp: network.isp.clone(),
                infrastructure_group: network.infrastructure_group.clone(),
                address,
                told_by,
                first_seen_at: at,
                last_seen_at: at,
            });
        }
    }
    by_asn
}

/// Whether "no line" means that there is none: an address was recognised, or the probe worked and the
/// machine has no way out. A private or unknown address leaves it open, and so does a router with a port that
/// a person has to decide on.
pub fn lines_known(record: &DeviceRecord, sections: &Sections) -> bool {
    let decided = |lines: &[RouterLine]| lines.iter().all(|line| line.internet == Some(false));
    let no_way_out =
        sections.link.value().is_some_and(|l| l.public_addresses.is_empty() && decided(&l.lines))
            && !sections.link.is_partial();
    no_way_out || !line_sightings(record, sections).is_empty()
}

pub(super) fn neighbours(sections: &Sections) -> Vec<NeighbourSighting> {
    let reading = &sections.neighbour;
    let told = reading.value().map_or(&[] as &[Neighbour], |found| &found.neighbours);
    let seen_at = |one: &Neighbour| reading.collector_time(one.last_seen_at);
    told.iter().filter_map(|one| Some(NeighbourSighting::of(one, seen_at(one)?))).collect()
}

/// Internet lines that a router calls down, with the moment it stamps.
pub(super) fn lines_down(sections: &Sections) -> Vec<LineDown> {
    let lines = sections.link.value().map_or(&[] as &[RouterLine], |links| &links.lines);
    lines
        .iter()
        .filter(|line| line.internet == Some(true) && line.state == LineState::Down)
        .filter_map(|line| {
            Some(LineDown {
                router: line.router,
                interface: line.interface.clone(),
                label: line.label.clone(),
                since: sections.link.collector_time(line.changed_at?)?,
            })
        })
        .collect()
}

/// Public addresses with who told them. The collector's own view of the peer wins where it is public: it
/// replaces what the agent reports for its first route, unless the agent reports the same network itself.
fn addresses(record: &DeviceRecord, sections: &Sections) -> Vec<(IpAddr, String, Timestamp)> {
    let told = sections.link.value().map_or(&[] as &[PublicAddress], |links| &links.public_addresses);
    let held_at = sections.link.holds_at(record).unwrap_or(record.enrolled_at);
    let mut addresses: Vec<_> = told
        .iter()
        .filter(|one| is_public(one.address))
        .map(|one| (one.address, one.told_by.clone(), held_at))
        .collect();
    addresses.extend(router_addresses(sections).map(|(address, told_by)| (address, told_by, held_at)));
    if let Some((peer, at)) = record.peer_address.filter(|peer| is_public(*peer)).zip(record.last_seen_at) {
        let asn = |address| isps().network_of(address).map(|network| network.asn);
        let agrees =
            addresses.iter().any(|(one, ..)| *one == peer || (asn(peer).is_some() && asn(*one) == asn(peer)));
        if !agrees {
            let seen = (peer, TOLD_BY_COLLECTOR.to_owned(), at);
            match addresses.first_mut() {
                Some(first) => *first = seen,
                None => addresses.push(seen),
            }
        }
    }
    addresses
}

/// What routers say of their Internet lines that are up.
fn router_addresses(sections: &Sections) -> impl Iterator<Item = (IpAddr, String)> {
    let lines = sections.link.value().map_or(&[] as &[RouterLine], |links| &links.lines);
    lines
        .iter()
        .filter(|line| line.internet == Some(true) && line.state == LineState::Up)
        .filter_map(|line| Some((line.address?, format!("router {}", line.router))))
        .filter(|(address, _)| is_public(*address))
}

/// The peripherals that the section shows, one an identity: an agent may see one thing twice, as a USB
/// device and as a print queue.
pub fn peripheral_sightings(record: &DeviceRecord, sections: &Sections) -> Vec<PeripheralSighting> {
    let mut by_identity: BTreeMap<String, PeripheralSighting> = BTreeMap::new();
    for peripheral in sections.peripheral.value().map_or(&[] as &[Peripheral], |found| &found.devices) {
        let identity = identity_of(&record.device, &record.unit, peripheral);
        let at = seen_at(record, sections, peripheral);
        let sighting = PeripheralSighting {
            device: record.device.clone(),
            unit: record.unit.clone(),
            identity: identity.clone(),
            peripheral: peripheral.clone(),
            first_seen_at: at,
            last_seen_at: at,
        };
        match by_identity.get_mut(&identity) {
            Some(known) => known.absorb(&sighting),
            None => drop(by_identity.insert(identity, sighting)),
        }
    }
    by_identity.into_values().collect()
}

/// A present thing is seen as long as the section holds; an unplugged one was seen when the agent says, by
/// the difference of its own clock.
fn seen_at(record: &DeviceRecord, sections: &Sections, peripheral: &Peripheral) -> Timestamp {
    let section = &sections.peripheral;
    let at = if peripheral.present {
        section.holds_at(record)
    } else {
        section.collector_time(peripheral.last_seen_at)
    };
    at.unwrap_or(record.enrolled_at)
}
