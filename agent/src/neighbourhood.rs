//! What else answers on this computer's own networks, only where the collector switched it on: the tables that
//! the operating system keeps anyway, an ARP sweep of the own /24, multicast DNS.

mod dns;
mod guess;
mod mdns;
mod sweep;
mod table;

use crate::probe::Root;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    Problem, Section,
    section::{
        neighbour::{FoundBy, Neighbour, Neighbours},
        network::{Interface, Medium, Network},
        peripheral::{Peripheral, Peripherals},
    },
    settings::RemoteSettings,
};
use mdns::Announced;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::{Duration, Instant},
};

const SWEEP_EVERY: Duration = Duration::from_secs(3600);
const ASK_EVERY: Duration = Duration::from_secs(3600);
/// A guest of last week is no neighbour.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);
const MOST_REMEMBERED: usize = 512;
/// While a neighbour stays, its last sight is news once a day.
const SIGHT_IS_NEWS_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// One line of a table, or one answer to a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    pub address: IpAddr,
    pub mac: String,
    pub interface: String,
}

#[derive(Debug, Clone, Default)]
pub struct Neighbourhood {
    seen: BTreeMap<String, Neighbour>,
    announced: Vec<Announced>,
    swept: BTreeSet<String>,
    /// Each stays until its own next look.
    problems: BTreeMap<FoundBy, Vec<Problem>>,
    swept_at: Option<Instant>,
    asked_at: Option<Instant>,
    /// Something is or was switched on: the section exists.
    told: bool,
}

impl Neighbourhood {
    /// What was reported before a restart.
    pub fn resumed(last: Option<Neighbours>) -> Self {
        let told = last.is_some();
        let last = last.unwrap_or_default();
        Self {
            seen: last.neighbours.into_iter().map(|one| (one.mac.clone(), one)).collect(),
            swept: last.swept.into_iter().collect(),
            told,
            ..Self::default()
        }
    }

    pub fn forget_unwanted(&mut self, settings: &RemoteSettings) {
        if !settings.mdns {
            self.announced.clear();
            self.asked_at = None;
            self.problems.remove(&FoundBy::Mdns);
        }
        if !settings.sweep {
            self.swept.clear();
            self.swept_at = None;
            self.problems.remove(&FoundBy::Sweep);
        }
        if !(settings.neighbours || settings.sweep || settings.mdns) {
            *self = Self { told: self.told, ..Self::default() };
        }
    }

    /// True where something was found that was not known, or cannot be asked any more.
    pub fn round(
        &mut self,
        settings: &RemoteSettings,
        root: &Root,
        network: &Network,
        now: Timestamp,
    ) -> bool {
        if !(settings.neighbours || settings.sweep || settings.mdns) {
            return false;
        }
        self.told = true;
        let before = self.known();
        let due = |at: Option<Instant>, every| at.is_none_or(|at| at.elapsed() >= every);
        if settings.mdns && due(self.asked_at, ASK_EVERY) {
            self.asked_at = Some(Instant::now());
            self.ask(network);
        }
        if settings.sweep && due(self.swept_at, SWEEP_EVERY) {
            self.swept_at = Some(Instant::now());
            self.sweep(network, now);
        }
        let mut problems = Vec::new();
        let sights = table::read(root, &mut problems);
        self.problems.insert(FoundBy::Table, problems);
        sights.into_iter().for_each(|one| self.see(one, FoundBy::Table, network, now));
        self.seen.retain(|_, one| now.duration_since(one.last_seen_at) < REMEMBERED);
        before != self.known()
    }

    fn known(&self) -> impl PartialEq + use<> {
        (self.seen.len(), self.announced.len(), self.swept.clone(), self.problems.clone())
    }

    fn ask(&mut self, network: &Network) {
        let addresses = usable(network).flat_map(|(_, addresses)| addresses).map(|net| net.0);
        let addresses: Vec<_> = addresses.collect();
        let (found, problems) = mdns::ask(&addresses);
        // Of adapters that all failed nothing is known.
        if problems.len() < addresses.len() || addresses.is_empty() {
            self.announced = found;
        }
        self.problems.insert(FoundBy::Mdns, problems);
    }

    fn sweep(&mut self, network: &Network, now: Timestamp) {
        let places: Vec<_> = usable(network).collect();
        let mut problems = Vec::new();
        self.swept.clear();
        for (interface, addresses) in places {
            for (own, length) in addresses {
                match sweep::sweep(interface, own, length) {
                    Ok(sights) => {
                        self.swept.insert(sweep::network(own, length));
                        sights.into_iter().for_each(|one| self.see(one, FoundBy::Sweep, network, now));
                    }
                    Err(problem) => problems.push(problem),
                }
            }
        }
        self.problems.insert(FoundBy::Sweep, problems);
    }

    fn see(&mut self, sight: Sight, found_by: FoundBy, network: &Network, now: Timestamp) {
        let Sight { address, mac, interface } = sight;
        if !is_neighbour(network, &interface, &mac, address) {
            return;
        }
        let kept = self.seen.get(&mac);
        if kept.is_none() && self.seen.len() >= MOST_REMEMBERED {
            return;
        }
        let recent = kept.filter(|old| now.duration_since(old.last_seen_at).abs() < SIGHT_IS_NEWS_AFTER);
        let last_seen_at = recent.map_or(now, |old| old.last_seen_at);
        let found_by = kept.map_or(found_by, |old| old.found_by);
        let stays = kept.filter(|old| lasting(old.address) > lasting(address));
        let address = stays.map_or(address, |old| old.address);
        let (kind, confidence_permille) = guess::kind(address, &mac, network, &self.announced);
        let name = self.announced.iter().find(|one| one.address == address).map(|one| one.name.clone());
        let neighbour = Neighbour {
            address,
            mac: mac.clone(),
            interface,
            vendor: None,
            name,
            kind,
            confidence_permille,
            found_by,
            last_seen_at,
        };
        self.seen.insert(mac, neighbour);
    }

    /// Addresses of printers and scanners that told themselves.
    pub fn printers(&self) -> Vec<IpAddr> {
        self.announced.iter().map(|one| one.address).collect()
    }

    /// `None` before anything was ever switched on. What is switched off again is told as nothing.
    pub fn section(&self) -> Option<Section<Neighbours>> {
        let problems: Vec<Problem> = self.problems.values().flatten().cloned().collect();
        let quiet = self.seen.is_empty() && self.swept.is_empty() && problems.is_empty();
        let value = Neighbours {
            swept: self.swept.iter().cloned().collect(),
            neighbours: self.seen.values().cloned().collect(),
        };
        self.told.then(|| Section { value: (!quiet).then_some(value), problems })
    }

    /// Printers and scanners that told themselves and that nobody polled.
    pub fn join_peripherals(&self, peripherals: &mut Section<Peripherals>, now: Timestamp) {
        let Some(all) = &mut peripherals.value else { return };
        for one in &self.announced {
            if all.devices.iter().all(|known| known.address != Some(one.address)) {
                let mac = self.seen.values().find(|seen| seen.address == one.address);
                let mac = mac.map(|seen| seen.mac.clone());
                all.devices.extend(one.peripheral(now).map(|found| Peripheral { mac, ..found }));
            }
        }
    }
}

/// IPv6 has many addresses for one thing, and some of them for a day: the IPv4 one stays, then the link's own.
fn lasting(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 2,
        IpAddr::V6(address) => u8::from(address.is_unicast_link_local()),
    }
}

type Place<'a> = (&'a Interface, Vec<(std::net::Ipv4Addr, u8)>);

/// Real adapters that are up, with their IPv4 addresses and lengths of prefix.
fn usable(network: &Network) -> impl Iterator<Item = Place<'_>> {
    let real = network.interfaces.iter().filter(|one| is_real(one) && one.up != Some(false));
    real.map(|one| {
        let parse = |text: &String| {
            let (address, length) = text.split_once('/')?;
            let address: std::net::Ipv4Addr = address.parse().ok()?;
            Some((address, length.parse().ok()?)).filter(|_| !address.is_link_local())
        };
        (one, one.addresses.iter().filter_map(parse).collect())
    })
}

fn is_real(interface: &Interface) -> bool {
    matches!(interface.medium, Medium::Cable | Medium::Wifi)
}

fn is_neighbour(network: &Network, interface: &str, mac: &str, address: IpAddr) -> bool {
    let real = network.interfaces.iter().any(|one| is_real(one) && one.name == interface);
    let own = network.interfaces.iter().any(|one| one.mac.as_deref() == Some(mac));
    let group = u8::from_str_radix(mac.get(..2).unwrap_or("01"), 16).is_ok_and(|first| first & 1 == 1);
    real && !own
        && !group
        && mac != "00:00:00:00:00:00"
        && !address.is_multicast()
        && !address.is_unspecified()
}

#[cfg(test)]
mod tests;
