//! What else answers on the networks of a unit, as its agents see it.

use super::{DeviceFacts, DeviceKind, PeripheralFacts, counting::days_before};
use crate::reference::vendors;
use jiff::Timestamp;
use kiemke_schemas::section::neighbour::{Neighbour, NeighbourKind};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// One agent's view of one neighbour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeighbourSighting {
    /// Lower case with colons.
    pub mac: String,
    pub address: IpAddr,
    pub vendor: Option<String>,
    /// As it calls itself.
    pub name: Option<String>,
    pub kind: NeighbourKind,
    pub confidence_permille: u32,
    /// By the collector's clock.
    pub last_seen_at: Timestamp,
}

/// One thing on the networks of a unit, however many agents see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourFacts {
    pub sighting: NeighbourSighting,
    /// A computer that reports, of whatever unit.
    pub managed: bool,
    /// Devices that see it, in order.
    pub devices: Vec<String>,
}

impl NeighbourSighting {
    /// What the agent knows of it (it routes for us, it told itself) goes before what its vendor mostly makes.
    pub fn of(neighbour: &Neighbour, last_seen_at: Timestamp) -> Self {
        let vendor = vendors().vendor_of(&neighbour.mac);
        let told = (neighbour.kind, neighbour.confidence_permille);
        let guessed = vendor.and_then(|vendor| vendor.makes).filter(|(_, sure)| *sure > told.1);
        let (kind, confidence_permille) = guessed.unwrap_or(told);
        Self {
            mac: neighbour.mac.clone(),
            address: neighbour.address,
            vendor: neighbour.vendor.clone().or_else(|| vendor.map(|vendor| vendor.name.clone())),
            name: neighbour.name.clone(),
            kind,
            confidence_permille,
            last_seen_at,
        }
    }
}

/// One a MAC, in order. A laptop's networks at home and on the road are nobody's office, so laptops are heard
/// only where no other computer tells its neighbours.
pub fn merge(
    devices: &[DeviceFacts],
    peripherals: &[PeripheralFacts],
    managed: &BTreeSet<String>,
    sighting_days: u32,
) -> Vec<NeighbourFacts> {
    let tell = |device: &&DeviceFacts| !device.neighbours.is_empty();
    let stays = |device: &&DeviceFacts| device.kind != DeviceKind::Laptop;
    let any_stays = devices.iter().filter(tell).any(|device| stays(&device));
    let mut found = BTreeMap::<&str, NeighbourFacts>::new();
    for device in devices.iter().filter(tell).filter(|device| !any_stays || stays(device)) {
        for sighting in &device.neighbours {
            let one = found.entry(&sighting.mac).or_insert_with(|| NeighbourFacts {
                sighting: sighting.clone(),
                managed: managed.contains(&sighting.mac),
                devices: Vec::new(),
            });
            one.absorb(sighting);
            one.devices.push(device.device.clone());
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.iter_mut().for_each(|one| one.settle(peripherals, sighting_days));
    found
}

impl NeighbourFacts {
    fn absorb(&mut self, other: &NeighbourSighting) {
        let own = &mut self.sighting;
        if other.last_seen_at > own.last_seen_at {
            own.last_seen_at = other.last_seen_at;
            own.address = other.address;
        }
        own.name = own.name.take().or_else(|| other.name.clone());
        if other.confidence_permille > own.confidence_permille {
            (own.kind, own.confidence_permille) = (other.kind, other.confidence_permille);
        }
    }

    /// What is known as a network printer is one; a printer of long ago has left its address to others.
    fn settle(&mut self, peripherals: &[PeripheralFacts], sighting_days: u32) {
        self.devices.sort_unstable();
        self.devices.dedup();
        let address = Some(self.sighting.address);
        let oldest = days_before(self.sighting.last_seen_at, sighting_days);
        if peripherals.iter().any(|thing| thing.address == address && thing.last_seen_at >= oldest) {
            (self.sighting.kind, self.sighting.confidence_permille) = (NeighbourKind::Printer, 1000);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::{computer, days_ago, neighbour, peripheral};
    use kiemke_schemas::section::peripheral::Kind;

    fn merged(devices: &[DeviceFacts], managed: &[&str]) -> Vec<(String, NeighbourKind, bool)> {
        let managed = managed.iter().map(|mac| (*mac).to_owned()).collect();
        let found = merge(devices, &[], &managed, 30).into_iter();
        found.map(|one| (one.sighting.mac, one.sighting.kind, one.managed)).collect()
    }

    const DELL: &str = "d4:be:d9:00:00:01";
    const SAMSUNG: &str = "bc:8c:cd:00:00:01";

    #[test]
    fn the_vendor_tells_what_the_agent_does_not() {
        let told = |mac: &str, kind, confidence_permille| {
            let told = Neighbour {
                address: "192.168.1.5".parse().unwrap(),
                mac: mac.into(),
                interface: "eth0".into(),
                vendor: None,
                name: None,
                kind,
                confidence_permille,
                found_by: kiemke_schemas::section::neighbour::FoundBy::Table,
                last_seen_at: days_ago(0),
            };
            let sighting = NeighbourSighting::of(&told, days_ago(0));
            (sighting.vendor, sighting.kind, sighting.confidence_permille)
        };
        let dell = Some("Dell Inc.".to_owned());
        assert_eq!(told(DELL, NeighbourKind::Unknown, 0), (dell.clone(), NeighbourKind::Computer, 850));
        assert_eq!(told(DELL, NeighbourKind::Router, 900), (dell, NeighbourKind::Router, 900));
        assert_eq!(told("02:00:00:00:00:01", NeighbourKind::Phone, 500), (None, NeighbourKind::Phone, 500));
    }

    #[test]
    fn a_thing_that_several_agents_see_is_one_and_knows_whether_it_reports() {
        let seen = vec![neighbour(DELL, "192.168.1.5"), neighbour(SAMSUNG, "192.168.1.6")];
        let one = DeviceFacts { neighbours: seen.clone(), ..computer("a") };
        let other = DeviceFacts { neighbours: seen, ..computer("b") };
        assert_eq!(
            merged(&[one.clone(), other], &[DELL]),
            [
                (SAMSUNG.to_owned(), NeighbourKind::Phone, false),
                (DELL.to_owned(), NeighbourKind::Computer, true)
            ]
        );
        let laptop = DeviceFacts {
            kind: DeviceKind::Laptop,
            neighbours: vec![neighbour("d4:be:d9:00:00:99", "192.168.1.9")],
            ..computer("c")
        };
        assert_eq!(merged(&[one, laptop.clone()], &[]).len(), 2);
        assert_eq!(merged(&[laptop], &[]).len(), 1);
    }

    #[test]
    fn a_known_network_printer_is_no_computer_whoever_made_its_adapter() {
        let seen = DeviceFacts { neighbours: vec![neighbour(DELL, "192.168.1.5")], ..computer("a") };
        let thing =
            PeripheralFacts { address: "192.168.1.5".parse().ok(), ..peripheral("p", Kind::Printer, "a") };
        let kind = |thing: &PeripheralFacts| {
            merge(std::slice::from_ref(&seen), std::slice::from_ref(thing), &BTreeSet::new(), 30)[0]
                .sighting
                .kind
        };
        assert_eq!(kind(&thing), NeighbourKind::Printer);
        // The neighbour was seen a day ago; the printer has been gone for more than a month by then.
        let at = |days| PeripheralFacts { last_seen_at: days_ago(days), ..thing.clone() };
        assert_eq!(kind(&at(31)), NeighbourKind::Printer);
        assert_eq!(kind(&at(32)), NeighbourKind::Computer);
    }
}
