//! One agent of a unit's network polls and sweeps, so that no router is asked twenty times. It stays the one
//! until it falls silent. Pure.

use crate::inventory::derive::adapters::holds;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::settings::{SnmpHost, SnmpTarget};
use std::{cmp::Reverse, collections::BTreeMap};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub device: String,
    /// The one it stands in; empty where it told none.
    pub network: String,
    pub connected: bool,
    pub heard_at: Option<Timestamp>,
    /// Goes home in the evening.
    pub portable: bool,
    pub enrolled_at: Timestamp,
}

/// Network → device. Agents that told no network count only where none told one.
pub fn elect(
    candidates: &[Candidate],
    former: &BTreeMap<String, String>,
    failover: SignedDuration,
    now: Timestamp,
) -> BTreeMap<String, String> {
    let mut groups = BTreeMap::<&str, Vec<&Candidate>>::new();
    for one in candidates {
        groups.entry(&one.network).or_default().push(one);
    }
    if groups.len() > 1 {
        groups.remove("");
    }
    let present =
        |one: &Candidate| one.connected || one.heard_at.is_some_and(|at| now.duration_since(at) < failover);
    let choose = |(network, group): (&str, Vec<&Candidate>)| {
        let kept = group.iter().find(|one| former.get(network) == Some(&one.device));
        let best = group.iter().filter(|one| present(one)).min_by_key(|one| rank(one));
        let chosen = kept.filter(|one| present(one)).or(best).or(kept);
        chosen.map(|one| (network.to_owned(), one.device.clone()))
    };
    groups.into_iter().filter_map(choose).collect()
}

fn rank(one: &Candidate) -> (Reverse<bool>, bool, Timestamp, &str) {
    (Reverse(one.connected), one.portable, one.enrolled_at, &one.device)
}

/// What the elected agent of a network polls. A device outside of all networks is asked from the largest.
pub fn targets(network: &str, sizes: &BTreeMap<String, usize>, all: &[SnmpTarget]) -> Vec<SnmpTarget> {
    let largest =
        sizes.iter().max_by_key(|(name, size)| (**size, Reverse(name.as_str()))).map(|(name, _)| name);
    let from = |target: &&SnmpTarget| match target.host {
        SnmpHost::Gateway | SnmpHost::Discovered => true,
        SnmpHost::Address(address) => {
            let near = sizes.keys().find(|name| holds(name, address));
            near.or(largest).is_some_and(|name| name == network)
        }
    };
    all.iter().filter(from).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T03:00:00Z".parse().unwrap()
    }

    fn one(device: &str, network: &str, connected: bool, minutes_ago: i64) -> Candidate {
        Candidate {
            device: device.into(),
            network: network.into(),
            connected,
            heard_at: Some(now() - SignedDuration::from_mins(minutes_ago)),
            portable: false,
            enrolled_at: now() - SignedDuration::from_hours(24),
        }
    }

    fn elected(candidates: &[Candidate], former: &[(&str, &str)]) -> Vec<(String, String)> {
        let former = former.iter().map(|(n, d)| ((*n).to_owned(), (*d).to_owned())).collect();
        elect(candidates, &former, SignedDuration::from_mins(15), now()).into_iter().collect()
    }

    const A: &str = "192.168.1.0/24";
    const B: &str = "192.168.2.0/24";

    fn pair(network: &str, device: &str) -> (String, String) {
        (network.to_owned(), device.to_owned())
    }

    #[test]
    fn one_a_network_and_it_stays_until_it_falls_silent() {
        let all = [one("a", A, true, 0), one("b", A, true, 0), one("c", B, true, 0), one("d", "", true, 0)];
        assert_eq!(elected(&all, &[]), [pair(A, "a"), pair(B, "c")]);
        assert_eq!(elected(&all, &[(A, "b")]), [pair(A, "b"), pair(B, "c")]);
        let away = [one("a", A, true, 0), one("b", A, false, 14)];
        assert_eq!(elected(&away, &[(A, "b")]), [pair(A, "b")]);
        let silent = [one("a", A, true, 0), one("b", A, false, 15)];
        assert_eq!(elected(&silent, &[(A, "b")]), [pair(A, "a")]);
        let nobody = [one("a", A, false, 99), one("b", A, false, 99)];
        assert_eq!(elected(&nobody, &[(A, "b")]), [pair(A, "b")]);
        assert_eq!(elected(&nobody, &[]), []);
    }

    #[test]
    fn a_computer_that_stays_in_the_office_comes_before_a_laptop() {
        let laptop = Candidate { portable: true, ..one("a", "", true, 0) };
        assert_eq!(elected(&[laptop.clone(), one("b", "", true, 0)], &[]), [pair("", "b")]);
        assert_eq!(elected(&[laptop, one("b", "", false, 0)], &[]), [pair("", "a")]);
    }

    #[test]
    fn a_router_is_asked_from_its_own_network_else_from_the_largest() {
        let target = |host: &str| SnmpTarget {
            role: kiemke_schemas::settings::SnmpRole::Router,
            host: host.parse().unwrap(),
            port: 161,
            credentials: kiemke_schemas::settings::SnmpCredentials::V1 { community: "c".into() },
        };
        let all = [target("gateway"), target("192.168.2.1"), target("10.0.0.1")];
        let sizes = BTreeMap::from([(A.to_owned(), 5), (B.to_owned(), 2)]);
        let hosts = |network| -> Vec<String> {
            targets(network, &sizes, &all).iter().map(|target| target.host.to_string()).collect()
        };
        assert_eq!(hosts(A), ["gateway", "10.0.0.1"]);
        assert_eq!(hosts(B), ["gateway", "192.168.2.1"]);
    }
}
