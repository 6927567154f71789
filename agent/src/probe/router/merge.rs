//! One line may show as a port, a VLAN on it and PPP over that: they are laid together.

use super::{
    interface::Interface,
    judge::{DOUBTFUL, Verdict},
    pair,
};
use std::collections::BTreeSet;

/// Positions of the rows of one line, the one that carries the address first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub rows: Vec<usize>,
}

pub fn groups(interfaces: &[Interface], verdicts: &[Verdict]) -> Vec<Group> {
    let candidate = |at: &usize| verdicts.get(*at).is_some_and(|v| v.confidence_permille >= DOUBTFUL);
    let candidates: Vec<usize> = (0..interfaces.len()).filter(candidate).collect();
    let mut absorbed: BTreeSet<usize> = BTreeSet::new();
    let mut found: Vec<Group> = Vec::new();
    for at in top_down(interfaces, &candidates) {
        if absorbed.contains(&at) {
            continue;
        }
        let mut rows = vec![at];
        for below in below(interfaces, at) {
            if candidates.contains(&below) && !two_lines(interfaces, at, below) && absorbed.insert(below) {
                rows.push(below);
            }
        }
        absorbed.insert(at);
        found.push(Group { rows });
    }
    pair::pair(interfaces, &mut found);
    for group in &mut found {
        add_only_upper(interfaces, group);
    }
    found.sort_by_key(|group| group.rows.iter().min().copied());
    found
}

/// Upper rows before those they run over.
fn top_down(interfaces: &[Interface], candidates: &[usize]) -> Vec<usize> {
    let mut order = candidates.to_vec();
    order.sort_by_key(|at| (std::cmp::Reverse(below(interfaces, *at).len()), *at));
    order
}

/// Rows that `at` runs over, by the stack table or by its name, nearest first.
pub fn below(interfaces: &[Interface], at: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut next = vec![at];
    while let Some(row) = next.pop() {
        for lower in directly_below(interfaces, row) {
            if lower != at && !found.contains(&lower) {
                found.push(lower);
                next.push(lower);
            }
        }
    }
    found
}

fn directly_below(interfaces: &[Interface], at: usize) -> Vec<usize> {
    let Some(row) = interfaces.get(at) else { return Vec::new() };
    let names: Vec<String> = row.maker_names().flat_map(bases).collect();
    interfaces
        .iter()
        .enumerate()
        .filter(|(position, other)| {
            *position != at
                && (row.lower.contains(&other.index)
                    || other.maker_names().any(|name| names.iter().any(|base| base == name)))
        })
        .map(|(position, _)| position)
        .collect()
}

/// Names of what an interface runs over: `ptm0.3` → `ptm0`, `Port1.90_ppp` → `Port1.90`, `pppoe-wan` → `wan`.
fn bases(name: &str) -> Vec<String> {
    let prefixes = ["pppoe-", "ppp-", "pppoe_"].iter().filter_map(|prefix| name.strip_prefix(prefix));
    let suffixes = ["_ppp", "-ppp", "_pppoe", "-pppoe"].iter().filter_map(|suffix| name.strip_suffix(suffix));
    let numbered = name
        .rsplit_once(['.', ':'])
        .filter(|(base, tail)| !base.is_empty() && tail.chars().all(|c| c.is_ascii_digit()))
        .map(|(base, _)| base);
    prefixes.chain(suffixes).chain(numbered).map(str::to_owned).collect()
}

/// Two providers on one trunk: both rows have an address that the Internet sees, or a default route.
fn two_lines(interfaces: &[Interface], upper: usize, lower: usize) -> bool {
    let outside = |at: usize| {
        interfaces
            .get(at)
            .is_some_and(|row| row.default_route.is_some() || row.scope() >= super::address::Scope::Carrier)
    };
    outside(upper) && outside(lower)
}

/// A labelled port with one logical interface: the address stands there.
fn add_only_upper(interfaces: &[Interface], group: &mut Group) {
    let Some(bottom) = group.rows.first().copied() else { return };
    let addressed =
        group.rows.iter().any(|at| interfaces.get(*at).is_some_and(|row| !row.networks.is_empty()));
    if addressed {
        return;
    }
    let above: Vec<usize> = (0..interfaces.len())
        .filter(|at| !group.rows.contains(at) && directly_below(interfaces, *at).contains(&bottom))
        .collect();
    if let [only] = above.as_slice() {
        group.rows.insert(0, *only);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_an_interface_runs_over() {
        for (name, expected) in [
            ("ptm0.3", vec!["ptm0"]),
            ("Port1.90_ppp", vec!["Port1.90"]),
            ("pppoe-wan", vec!["wan"]),
            ("ge-0/0/7.0", vec!["ge-0/0/7"]),
            ("wan1", vec![]),
            ("WAN 1.x", vec![]),
        ] {
            assert_eq!(bases(name), expected, "{name}");
        }
    }
}
