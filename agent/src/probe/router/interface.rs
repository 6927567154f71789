//! The interfaces of a router as IF-MIB and IP-MIB tell them.

use super::{
    address::{Network, Scope, length_of, scope},
    routes,
};
use crate::snmp::{
    mib::{Mib, Value},
    oid::{Oid, oid},
};
use kiemke_schemas::section::link::LineState;
use std::{collections::BTreeMap, net::Ipv4Addr};

const IF_TABLE: &str = "1.3.6.1.2.1.2.2.1";
const IF_X_TABLE: &str = "1.3.6.1.2.1.31.1.1.1";
const STACK: &str = "1.3.6.1.2.1.31.1.2.1.3";
const ADDRESS_INDEX: &str = "1.3.6.1.2.1.4.20.1.2";
const ADDRESS_MASK: &str = "1.3.6.1.2.1.4.20.1.3";
const IP_ADDRESS_INDEX: &str = "1.3.6.1.2.1.4.34.1.3";
const IP_ADDRESS_PREFIX: &str = "1.3.6.1.2.1.4.34.1.5";

/// What a poll of a router has to read of these tables.
pub fn roots() -> Vec<Oid> {
    let if_columns = [2, 3, 5, 6, 7, 8, 9, 10, 16].map(|column| oid(IF_TABLE).child(&[column]));
    let if_x_columns = [1, 6, 10, 15, 17, 18].map(|column| oid(IF_X_TABLE).child(&[column]));
    let rest = [STACK, ADDRESS_INDEX, ADDRESS_MASK, IP_ADDRESS_INDEX, IP_ADDRESS_PREFIX].map(oid);
    if_columns.into_iter().chain(if_x_columns).chain(rest).collect()
}

pub fn counter_roots() -> Vec<Oid> {
    let plain = [3, 10, 16].map(|column| oid(IF_TABLE).child(&[column]));
    let extended = [6, 10].map(|column| oid(IF_X_TABLE).child(&[column]));
    plain.into_iter().chain(extended).collect()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    pub received: Option<u64>,
    pub sent: Option<u64>,
    /// 64 bits: does not wrap.
    pub wide: bool,
}

impl Counters {
    pub fn any(self) -> bool {
        self.received.unwrap_or(0) > 0 || self.sent.unwrap_or(0) > 0
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interface {
    pub index: u32,
    pub name: Option<String>,
    pub description: Option<String>,
    pub alias: Option<String>,
    /// ifType
    pub kind: u32,
    pub admin_up: Option<bool>,
    /// ifOperStatus
    pub oper: Option<i64>,
    pub speed_bps: Option<u64>,
    pub counters: Counters,
    /// ifLastChange in hundredths of a second of uptime.
    pub last_change: Option<u64>,
    pub connector: Option<bool>,
    pub networks: Vec<Network>,
    /// Interfaces that this one runs over.
    pub lower: Vec<u32>,
    pub default_route: Option<routes::NextHop>,
}

impl Interface {
    pub fn shown_name(&self) -> String {
        let wordy = |text: &&String| text.chars().any(char::is_alphanumeric);
        self.name
            .as_ref()
            .filter(wordy)
            .or(self.description.as_ref().filter(wordy))
            .cloned()
            .unwrap_or_else(|| format!("ifIndex {}", self.index))
    }

    /// The operator's own words: an alias that repeats the name is none, nor is `HUAWEI, AR Series, … Interface`.
    pub fn label(&self) -> Option<&str> {
        let alias = self.alias.as_deref()?;
        let given = alias.strip_suffix(" Interface").unwrap_or(alias);
        let given = given.rsplit(", ").next().filter(|_| given.len() < alias.len()).unwrap_or(given);
        let repeats = [&self.name, &self.description].into_iter().flatten().any(|name| name == given);
        (!repeats && alias != "<private>").then_some(alias)
    }

    /// Name and description, which the maker gives.
    pub fn maker_names(&self) -> impl Iterator<Item = &str> {
        [&self.name, &self.description].into_iter().flatten().map(String::as_str)
    }

    pub fn scope(&self) -> Scope {
        self.networks.iter().map(|network| scope(network.address)).max().unwrap_or(Scope::None)
    }

    pub fn address(&self) -> Option<Ipv4Addr> {
        let best = self.networks.iter().map(|network| network.address).max_by_key(|address| {
            // Of several of one scope the first.
            (scope(*address), std::cmp::Reverse(self.networks.iter().position(|n| n.address == *address)))
        })?;
        (scope(best) > Scope::LinkLocal).then_some(best)
    }

    pub fn state(&self) -> LineState {
        match (self.admin_up, self.oper) {
            (Some(false), _) | (_, Some(6)) => LineState::Spare,
            (_, Some(1)) => LineState::Up,
            (_, Some(2 | 7)) => LineState::Down,
            // Linux does not know the state of PPP and mobile interfaces that work.
            (_, Some(4)) if !self.networks.is_empty() => LineState::Up,
            _ => LineState::Unknown,
        }
    }

    pub fn is_up(&self) -> bool {
        self.state() == LineState::Up
    }
}

pub fn read(mib: &Mib) -> Vec<Interface> {
    let mut table: BTreeMap<u32, Interface> = BTreeMap::new();
    let column = |root: &str, number: u32| oid(root).child(&[number]);
    for root in [column(IF_TABLE, 2), column(IF_TABLE, 3), column(IF_X_TABLE, 1)] {
        for (index, _) in mib.column(&root) {
            table.entry(index).or_insert_with(|| interface(mib, index));
        }
    }
    for (index, network) in networks(mib) {
        if let Some(interface) = table.get_mut(&index).filter(|row| !row.networks.contains(&network)) {
            interface.networks.push(network);
        }
    }
    for (below, _) in mib.below(&oid(STACK)) {
        if let ([higher, lower], Some(row)) = (below, below.first().and_then(|at| table.get_mut(at)))
            && *higher != 0
            && *lower != 0
        {
            row.lower.push(*lower);
        }
    }
    let mut interfaces: Vec<_> = table.into_values().collect();
    routes::mark(mib, &mut interfaces);
    interfaces
}

fn interface(mib: &Mib, index: u32) -> Interface {
    let plain = |column: u32| oid(IF_TABLE).child(&[column, index]);
    let extended = |column: u32| oid(IF_X_TABLE).child(&[column, index]);
    let wide = mib.unsigned(&extended(6)).zip(mib.unsigned(&extended(10)));
    let counters = match wide {
        Some((received, sent)) => Counters { received: Some(received), sent: Some(sent), wide: true },
        None => Counters { received: mib.unsigned(&plain(10)), sent: mib.unsigned(&plain(16)), wide: false },
    };
    Interface {
        index,
        name: mib.text(&extended(1)),
        description: mib.text(&plain(2)),
        alias: mib.text(&extended(18)),
        kind: mib.unsigned(&plain(3)).and_then(|kind| u32::try_from(kind).ok()).unwrap_or(0),
        admin_up: mib.integer(&plain(7)).map(|status| status != 2),
        oper: mib.integer(&plain(8)),
        speed_bps: speed(mib.unsigned(&extended(15)), mib.unsigned(&plain(5))),
        counters,
        last_change: mib.unsigned(&plain(9)),
        connector: mib.integer(&extended(17)).filter(|truth| matches!(truth, 1 | 2)).map(|truth| truth == 1),
        ..Interface::default()
    }
}

/// 0, the highest values and absurd ones mean "not known".
fn speed(high_mbps: Option<u64>, bps: Option<u64>) -> Option<u64> {
    const HIGHEST_MBPS: u64 = 800_000;
    let high = high_mbps.filter(|mbps| (1..=HIGHEST_MBPS).contains(mbps)).map(|mbps| mbps * 1_000_000);
    let plain = bps.filter(|bps| *bps > 0 && *bps < u64::from(u32::MAX));
    match (high, plain) {
        // ifHighSpeed is rounded to whole Mbps.
        (Some(high), Some(plain)) if plain < 10_000_000 && high <= 10_000_000 => Some(plain),
        (Some(high), _) => Some(high),
        (None, plain) => plain,
    }
}

fn networks(mib: &Mib) -> Vec<(u32, Network)> {
    let mut found = Vec::new();
    let index_of = |value: &Value| value.unsigned().and_then(|index| u32::try_from(index).ok());
    for (below, value) in mib.below(&oid(ADDRESS_INDEX)) {
        if let (Some(address), Some(index)) = (ipv4(below), index_of(value)) {
            let mask = mib.get(&oid(ADDRESS_MASK).child(below)).and_then(Value::address);
            found.push((index, Network { address, length: mask.and_then(length_of) }));
        }
    }
    for (below, value) in mib.below(&oid(IP_ADDRESS_INDEX)) {
        if let ([1, 4, rest @ ..], Some(index)) = (below, index_of(value))
            && let Some(address) = ipv4(rest)
            && !found.iter().any(|(_, network)| network.address == address)
        {
            // A pointer to the row of the prefix, whose last part is its length.
            let prefix = mib.get(&oid(IP_ADDRESS_PREFIX).child(below)).and_then(Value::oid);
            let length = prefix.and_then(|prefix| prefix.parts().last().copied());
            let length =
                length.and_then(|bits| u8::try_from(bits).ok()).filter(|bits| (1..=32).contains(bits));
            if !broadcast(address, &found, index) {
                found.push((index, Network { address, length }));
            }
        }
    }
    found
}

/// The second table lists broadcast addresses among the others.
fn broadcast(address: Ipv4Addr, found: &[(u32, Network)], index: u32) -> bool {
    found.iter().any(|(owner, network)| *owner == index && network.holds(address))
        && address.octets()[3] & 3 == 3
}

pub fn ipv4(parts: &[u32]) -> Option<Ipv4Addr> {
    let bytes: Vec<u8> = parts.iter().map(|part| u8::try_from(*part).ok()).collect::<Option<_>>()?;
    <[u8; 4]>::try_from(bytes).ok().map(Ipv4Addr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senseless_speeds_are_unknown() {
        for (high, plain, expected) in [
            (Some(0), None, None),
            (Some(4_294_901_759), Some(4_294_967_295), None),
            (Some(1000), Some(1_000_000_000), Some(1_000_000_000)),
            (None, Some(100_000_000), Some(100_000_000)),
            (Some(2), Some(1_544_000), Some(1_544_000)),
            (Some(10_000), Some(4_294_967_295), Some(10_000_000_000)),
            (None, None, None),
        ] {
            assert_eq!(speed(high, plain), expected);
        }
    }

    #[test]
    fn an_alias_that_repeats_the_name_is_no_label() {
        let mut interface =
            Interface { name: Some("eth0".into()), alias: Some("eth0".into()), ..Default::default() };
        assert_eq!(interface.label(), None);
        interface.alias = Some("HUAWEI, AR Series, eth0 Interface".into());
        assert_eq!(interface.label(), None);
        interface.alias = Some("VNPT 200M".into());
        assert_eq!(interface.label(), Some("VNPT 200M"));
    }
}
