//! Healthy machines from a seed. Each machine has its own generator, so that a change to one leaves the
//! others as they were.

mod hardware;
mod peripheral;
mod server;
mod software;
mod system;

pub use peripheral::peripheral;
pub use server::{ServerSize, server};

use super::{address::OfficeLine, catalogue::Catalogue, machine::Machine};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use kiemke_schemas::{Section, section::link::Links};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sha2::{Digest, Sha256};

/// Where machines stand and when the run happens.
pub struct Office<'a> {
    pub catalogue: &'a Catalogue,
    pub seed: u64,
    pub unit: &'a str,
    /// Of host names, at most 9 characters: Windows allows 15 in all.
    pub host_prefix: &'a str,
    pub lines: Vec<OfficeLine>,
    pub echo_url: &'a str,
    pub now: Timestamp,
}

impl Office<'_> {
    pub fn rng(&self, what: &str, index: usize) -> StdRng {
        rng(self.seed, self.unit, what, index)
    }

    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    fn days_ago(&self, days: i32) -> Date {
        self.today().saturating_sub(jiff::Span::new().days(days))
    }

    fn hours_ago(&self, hours: i64) -> Timestamp {
        self.now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(self.now)
    }

    /// What the agents behind `lines` see of the Internet.
    fn links(&self, lines: &[&OfficeLine], interface: &str) -> Links {
        let seen = |line: &&OfficeLine| kiemke_schemas::section::link::PublicAddress {
            address: line.address,
            told_by: self.echo_url.to_owned(),
            interface: Some(interface.to_owned()),
            gateway: Some(gateway()),
        };
        Links { public_addresses: lines.iter().map(seen).collect(), lines: Vec::new() }
    }
}

pub fn rng(seed: u64, unit: &str, what: &str, index: usize) -> StdRng {
    StdRng::from_seed(Sha256::digest(format!("{seed}/{unit}/{what}/{index}")).into())
}

/// A workstation or laptop behind one of the office's lines; `index` from 0.
pub fn workstation(office: &Office<'_>, index: usize) -> Result<Machine> {
    let rng = &mut office.rng("workstation", index);
    let model = weighted(&office.catalogue.models, rng, |model| model.weight)?;
    let host = format!("{}-PC{:03}", office.host_prefix, index + 1);
    let hardware = hardware::of_model(model, rng);
    let network = system::network(index, rng);
    let lines: Vec<_> = office.lines.iter().skip(index % office.lines.len().max(1)).take(1).collect();
    let interface = network.interfaces.first().map_or("", |interface| interface.name.as_str());
    Ok(Machine {
        unit: office.unit.to_owned(),
        operating_system: system::windows_client(office, host, rng)?,
        storage: system::client_storage(rng),
        links: office.links(&lines, interface),
        antivirus: Section::known(software::protection(office, rng)?),
        peripherals: Default::default(),
        software: software::programs(office, rng),
        load: system::client_load(office, rng),
        hardware,
        network,
        keeps_signatures_fresh: true,
    })
}

fn gateway() -> std::net::IpAddr {
    [192, 168, 1, 1].into()
}

fn weighted<'a, T>(items: &'a [T], rng: &mut StdRng, weight: impl Fn(&T) -> u32) -> Result<&'a T> {
    items.choose_weighted(rng, weight).context("an empty catalogue")
}

const LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A serial of `length` characters that starts with `prefix`.
pub fn serial(prefix: &str, length: usize, rng: &mut StdRng) -> String {
    let mut text = prefix.to_owned();
    while text.len() < length {
        text.push(char::from(LETTERS[rng.random_range(0..LETTERS.len())]));
    }
    text
}

pub fn uuid(rng: &mut StdRng) -> String {
    let n: u128 = rng.random();
    let hex = format!("{n:032x}");
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

pub fn mac(rng: &mut StdRng) -> String {
    const MAKERS: [&str; 5] = ["d8:9e:f3", "00:68:eb", "6c:4b:90", "04:d4:c4", "e8:6a:64"];
    let maker = MAKERS[rng.random_range(0..MAKERS.len())];
    let tail: [u8; 3] = rng.random();
    format!("{maker}:{:02x}:{:02x}:{:02x}", tail[0], tail[1], tail[2])
}
