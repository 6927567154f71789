//! Rows of one line that no table of the router lays together.

mod parts;

use super::{address::Scope, interface::Interface, judge, merge::Group, words};
use kiemke_schemas::section::link::LineState;
use std::collections::BTreeSet;

/// Names of mobile modems and of their data channels on Linux.
const MODEMS: &[&str] = &["wwan", "rmnet_ipa", "rmnet_mhi"];
const CHANNELS: &[&str] = &["qmimux", "rmnet_data", "rmnet_ipa0."];
/// Below, traffic tells no port from another.
const TELLING_OCTETS: u64 = 1_000_000;

pub fn pair(interfaces: &[Interface], groups: &mut Vec<Group>) {
    join_modems(interfaces, groups);
    parts::join(interfaces, groups);
    pair_sessions_with_ports(interfaces, groups);
    join(interfaces, groups, is_member);
    join(interfaces, groups, is_access_of);
}

/// Where no table says over which port PPP runs. Sessions that work choose first.
fn pair_sessions_with_ports(interfaces: &[Interface], groups: &mut Vec<Group>) {
    let row = |at: usize| groups.get(at)?.rows.first().and_then(|row| interfaces.get(*row));
    let single = |at: usize| groups.get(at).is_some_and(|group| group.rows.len() == 1);
    let all = 0..groups.len();
    let mut sessions: Vec<(usize, &Interface)> =
        all.clone().filter(|at| single(*at)).filter_map(|at| Some((at, row(at)?))).collect();
    sessions.retain(|(_, row)| is_session(row));
    let mut ports: Vec<(usize, &Interface)> = all.filter_map(|at| Some((at, row(at)?))).collect();
    ports.retain(|(_, row)| !is_session(row) && may_carry(row) && row.state() != LineState::Spare);
    let mut pairs = Vec::new();
    let tiers: [Tier; 3] = [
        (Interface::is_up, &[by_label_alone, by_traffic, by_label, by_order]),
        (|row| row.state() != LineState::Spare, &[by_label_alone, by_label, by_order]),
        (|_| true, &[by_label_alone]),
    ];
    for (tier, choices) in tiers {
        let mut left: Vec<_> = sessions.iter().copied().filter(|(_, row)| tier(row)).collect();
        left.retain(|(at, _)| pairs.iter().all(|(session, _)| session != at));
        for choose in choices {
            pairs.extend(chosen(&mut left, &mut ports, *choose));
        }
    }
    merge(groups, &pairs);
}

type Row<'a> = (usize, &'a Interface);
/// Of a session, all that are left with it, and the ports: position of its port among the ports.
type Choice = fn(Row<'_>, &[Row<'_>], &[Row<'_>]) -> Option<usize>;

/// Which sessions, and how their ports are chosen.
type Tier = (fn(&Interface) -> bool, &'static [Choice]);

/// Pairs of positions, taken out of both lists.
fn chosen<'a>(sessions: &mut Vec<Row<'a>>, ports: &mut Vec<Row<'a>>, choose: Choice) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut at = 0;
    while let Some(session) = sessions.get(at).copied() {
        // What works does not run over a port that is down.
        let fits = |port: &Interface| {
            (port.is_up() || !session.1.is_up())
                && (is_bare(port) || by_traffic_of(session.1, port).is_some())
        };
        let usable: Vec<Row<'_>> = ports.iter().copied().filter(|(_, port)| fits(port)).collect();
        let port = choose(session, sessions, &usable).and_then(|port| usable.get(port));
        if let Some((port, _)) = port.copied() {
            pairs.push((session.0, port));
            ports.retain(|(other, _)| *other != port);
            sessions.remove(at);
        } else {
            at += 1;
        }
    }
    pairs
}

fn by_label_alone(session: Row<'_>, all: &[Row<'_>], ports: &[Row<'_>]) -> Option<usize> {
    let label = session.1.label()?;
    let same = |rows: &[Row<'_>]| rows.iter().filter(|(_, row)| row.label() == Some(label)).count();
    (same(all) == 1 && same(ports) == 1).then(|| by_label(session, all, ports))?
}

fn by_label(session: Row<'_>, _: &[Row<'_>], ports: &[Row<'_>]) -> Option<usize> {
    let label = session.1.label()?;
    ports.iter().position(|(_, port)| port.label() == Some(label))
}

/// A port carries what PPP carries and its headers: the nearest of those that may.
fn by_traffic(session: Row<'_>, _: &[Row<'_>], ports: &[Row<'_>]) -> Option<usize> {
    let distances = ports.iter().enumerate();
    let near = distances.filter_map(|(at, (_, port))| Some((by_traffic_of(session.1, port)?, at)));
    near.min().map(|(_, at)| at)
}

/// Octets that went over the port and not through the session; `None` where too many did.
fn by_traffic_of(session: &Interface, port: &Interface) -> Option<u64> {
    let (one, other) = (session.counters, port.counters);
    let more = |session: Option<u64>, port: Option<u64>| {
        let (session, more) = (session?, port?.checked_sub(session?)?);
        (session > TELLING_OCTETS && more <= session / 2).then_some((session, more))
    };
    let (received, sent) = (more(one.received, other.received)?, more(one.sent, other.sent)?);
    let (whole, rest) = (received.0.saturating_add(sent.0), received.1.saturating_add(sent.1));
    (rest <= whole / 4).then_some(rest)
}

/// As many are left of one as of the other.
fn by_order(_: Row<'_>, sessions: &[Row<'_>], ports: &[Row<'_>]) -> Option<usize> {
    (sessions.len() == ports.len()).then_some(0)
}

pub fn is_session(row: &Interface) -> bool {
    matches!(row.kind, 23 | 108)
        || row.maker_names().any(|name| {
            let name = name.to_lowercase();
            name.starts_with("ppp") || name.starts_with("dialer")
        })
}

fn is_bare(row: &Interface) -> bool {
    row.scope() <= Scope::LinkLocal && row.default_route.is_none()
}

/// The modem's own page is often reached over the port of a session.
fn may_carry(row: &Interface) -> bool {
    row.scope() <= Scope::Private && row.default_route.is_none()
}

/// Rows that one mobile modem shows as: itself, what it was before its last dial, and its data channels.
fn join_modems(interfaces: &[Interface], groups: &mut Vec<Group>) {
    let names = |group: &Group| -> Vec<String> {
        let rows = group.rows.iter().filter_map(|row| interfaces.get(*row));
        rows.flat_map(Interface::maker_names).map(str::to_lowercase).collect()
    };
    let all: Vec<Vec<String>> = groups.iter().map(names).collect();
    let starts = |names: &[String], with: &[&str]| {
        names.iter().any(|name| with.iter().any(|start| name.starts_with(start)))
    };
    let modems: BTreeSet<&String> =
        all.iter().filter(|names| starts(names, MODEMS)).filter_map(|names| names.first()).collect();
    let channels = all.iter().any(|names| starts(names, CHANNELS));
    let one_modem = modems.len() <= 1 && channels;
    let is_part = |names: &[String]| starts(names, CHANNELS) || starts(names, MODEMS);
    let same = |one: &[String], other: &[String]| {
        (is_part(one) && is_part(other) && one_modem) || (starts(one, MODEMS) && one == other)
    };
    let best = |at: usize| {
        let rows = || {
            groups.get(at).into_iter().flat_map(|group| &group.rows).filter_map(|row| interfaces.get(*row))
        };
        let works = rows().any(|row| row.is_up() && !row.networks.is_empty());
        (works, rows().any(Interface::is_up), rows().any(|row| row.counters.any()))
    };
    let mut pairs = Vec::new();
    let mut left: Vec<usize> = (0..all.len()).collect();
    left.sort_by_key(|at| std::cmp::Reverse(best(*at)));
    while let Some(first) = left.first().copied() {
        let (own, others): (Vec<usize>, Vec<usize>) =
            left.iter().skip(1).partition(|at| same(&all[first], &all[**at]));
        pairs.extend(own.into_iter().map(|at| (first, at)));
        left = others;
    }
    merge(groups, &pairs);
}

/// Lays every group that has no address of its own to the first group that it belongs to.
fn join(
    interfaces: &[Interface],
    groups: &mut Vec<Group>,
    belongs: fn(&[&Interface], &[&Interface]) -> bool,
) {
    let rows = |group: &Group| -> Vec<&Interface> {
        group.rows.iter().filter_map(|row| interfaces.get(*row)).collect()
    };
    let all: Vec<Vec<&Interface>> = groups.iter().map(rows).collect();
    let bare = |rows: &[&Interface]| rows.iter().all(|row| is_bare(row));
    let mut pairs = Vec::new();
    for (at, lower) in all.iter().enumerate().filter(|(_, rows)| bare(rows)) {
        let holds = |rows: &[&Interface]| !bare(rows) || (is_bundle(rows) && !is_bundle(lower));
        let upper = all.iter().position(|rows| holds(rows) && belongs(lower, rows));
        pairs.extend(upper.map(|upper| (upper, at)));
    }
    merge(groups, &pairs);
}

fn is_bundle(rows: &[&Interface]) -> bool {
    rows.iter().any(|row| row.kind == 161)
}

/// Ports of a bundle, and a port with a network on it, that are labelled alike or name the other.
fn is_member(lower: &[&Interface], upper: &[&Interface]) -> bool {
    let Some(label) = lower.iter().find_map(|row| row.label()) else { return false };
    let other_kind = |row: &&&Interface| lower.iter().all(|lower| lower.kind != row.kind);
    let mut others = upper.iter().filter(other_kind);
    others.any(|row| row.label() == Some(label) || row.maker_names().any(|name| words::mention(label, name)))
}

/// The line below a logical interface: optical, DSL or cable access that says nothing of its own.
fn is_access_of(lower: &[&Interface], upper: &[&Interface]) -> bool {
    let silent = |row: &&Interface| {
        let names = row.maker_names().map(words::read).any(|words| words.outside || words.provider);
        judge::is_physical_access(row) && row.label().is_none() && !names
    };
    let up = |rows: &[&Interface]| rows.iter().any(|row| row.is_up());
    let spare = upper.iter().all(|row| row.state() == LineState::Spare);
    lower.iter().all(silent) && !spare && (up(lower) || !up(upper))
}

/// The rows of every second go to its first.
fn merge(groups: &mut Vec<Group>, pairs: &[(usize, usize)]) {
    for (upper, lower) in pairs {
        let rows = groups.get(*lower).map(|group| group.rows.clone()).unwrap_or_default();
        if let Some(group) = groups.get_mut(*upper) {
            group.rows.extend(rows);
        }
    }
    let gone: BTreeSet<usize> = pairs.iter().map(|(_, lower)| *lower).collect();
    let mut at = 0;
    groups.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
}
