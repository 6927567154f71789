//! Default routes: ipRouteTable, ipCidrRouteTable and inetCidrRouteTable, whichever a router has.

use super::interface::{Interface, ipv4};
use crate::snmp::{
    mib::{Mib, Value},
    oid::{Oid, oid},
};
use std::net::Ipv4Addr;

const IP_ROUTE_INDEX: &str = "1.3.6.1.2.1.4.21.1.2.0.0.0.0";
const IP_ROUTE_NEXT: &str = "1.3.6.1.2.1.4.21.1.7.0.0.0.0";
/// ipCidrRouteIfIndex of destination 0.0.0.0 mask 0.0.0.0 service 0.
const CIDR_INDEX: &str = "1.3.6.1.2.1.4.24.4.1.5.0.0.0.0.0.0.0.0";
/// inetCidrRouteIfIndex of 0.0.0.0/0 and ::/0.
const INET_INDEX: &str = "1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0";
const INET6_INDEX: &str = "1.3.6.1.2.1.4.24.7.1.7.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextHop {
    /// Through the interface, or a neighbour whose address is not told.
    Unnamed,
    Address(Ipv4Addr),
}

pub fn names() -> Vec<Oid> {
    [IP_ROUTE_INDEX, IP_ROUTE_NEXT].map(oid).to_vec()
}

pub fn roots() -> Vec<Oid> {
    [CIDR_INDEX, INET_INDEX, INET6_INDEX].map(oid).to_vec()
}

/// Marks the interfaces that carry a default route.
pub fn mark(mib: &Mib, interfaces: &mut [Interface]) {
    for (index, next) in defaults(mib) {
        let by_network = || match next {
            NextHop::Address(address) => interfaces.iter().position(|row| {
                row.networks.iter().any(|network| network.address != address && network.holds(address))
            }),
            NextHop::Unnamed => None,
        };
        let at = interfaces.iter().position(|row| row.index == index).or_else(by_network);
        if let Some(row) = at.and_then(|at| interfaces.get_mut(at))
            && !matches!(row.default_route, Some(NextHop::Address(_)))
        {
            row.default_route = Some(next);
        }
    }
}

/// ifIndex (0: not told) and next hop of every default route.
fn defaults(mib: &Mib) -> Vec<(u32, NextHop)> {
    let index_of = |value: &Value| value.unsigned().and_then(|index| u32::try_from(index).ok()).unwrap_or(0);
    let mut found = Vec::new();
    if let Some(value) = mib.get(&oid(IP_ROUTE_INDEX)) {
        let next = mib.get(&oid(IP_ROUTE_NEXT)).and_then(Value::address);
        found.push((index_of(value), next_hop(next)));
    }
    for (below, value) in mib.below(&oid(CIDR_INDEX)) {
        // Type of service, next hop.
        let next = below.get(1..).and_then(ipv4);
        found.push((index_of(value), next_hop(next)));
    }
    for (below, value) in mib.below(&oid(INET_INDEX)) {
        // Policy (an OID with its length), type, length and address of the next hop.
        let policy = below.first().and_then(|length| usize::try_from(*length).ok()).unwrap_or(0);
        let hop = below.get(policy.saturating_add(1)..).unwrap_or_default();
        let next = if let [1, 4, address @ ..] = hop { ipv4(address) } else { None };
        found.push((index_of(value), next_hop(next)));
    }
    for (_, value) in mib.below(&oid(INET6_INDEX)) {
        found.push((index_of(value), NextHop::Unnamed));
    }
    found
}

fn next_hop(address: Option<Ipv4Addr>) -> NextHop {
    address.filter(|address| !address.is_unspecified()).map_or(NextHop::Unnamed, NextHop::Address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snmp::recording;

    fn routes_of(recording: &str) -> Vec<(u32, NextHop)> {
        defaults(&recording::read(recording.as_bytes()).unwrap())
    }

    #[test]
    fn the_three_tables_tell_the_same() {
        let hop = NextHop::Address(Ipv4Addr::new(113, 160, 0, 1));
        assert_eq!(
            routes_of("1.3.6.1.2.1.4.21.1.2.0.0.0.0|2|3\n1.3.6.1.2.1.4.21.1.7.0.0.0.0|64|113.160.0.1\n"),
            [(3, hop)]
        );
        assert_eq!(routes_of("1.3.6.1.2.1.4.24.4.1.5.0.0.0.0.0.0.0.0.0.113.160.0.1|2|0\n"), [(0, hop)]);
        assert_eq!(
            routes_of("1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0.2.0.0.1.4.113.160.0.1|2|43\n"),
            [(43, hop)]
        );
        // 0.0.0.0/1 is no default route.
        assert_eq!(routes_of("1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.1.2.0.0.1.4.10.0.0.1|2|43\n"), []);
        assert_eq!(
            routes_of("1.3.6.1.2.1.4.24.4.1.5.0.0.0.0.0.0.0.0.0.0.0.0.0|2|9\n"),
            [(9, NextHop::Unnamed)]
        );
    }
}
