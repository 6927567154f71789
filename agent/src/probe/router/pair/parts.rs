//! Parts that one access line or one modem shows as rows of their own: channels, pairs of wires, what its data go over.

use super::{
    super::{
        interface::Interface,
        judge::{self, MOBILE_TYPES},
        merge::Group,
        words,
    },
    is_bare, is_session,
};

/// ifType propPointToPointSerial.
const POINT_TO_POINT: u32 = 22;

/// Whether the second is a part of the first, or the first of the second.
type Parts = fn(&Interface, &Interface) -> bool;

pub fn join(interfaces: &[Interface], groups: &mut Vec<Group>) {
    groups.retain(|group| !group.rows.iter().all(|at| runs_in_a_tunnel(interfaces, *at)));
    let order: [Parts; 5] =
        [has_its_name, is_of_its_modem, carries_its_data, is_pair_of_wires, is_wire_below];
    for parts in order {
        join_rows(interfaces, groups, parts);
    }
}

/// Lays a group to the first one before it that it belongs to; at most one of them has an address.
fn join_rows(interfaces: &[Interface], groups: &mut Vec<Group>, parts: Parts) {
    let rows = |group: &Group| -> Vec<&Interface> {
        group.rows.iter().filter_map(|row| interfaces.get(*row)).collect()
    };
    let belongs = |one: &Group, other: &Group| {
        let (one, other) = (rows(one), rows(other));
        let bare = |rows: &[&Interface]| rows.iter().all(|row| is_bare(row));
        let pairs = || one.iter().flat_map(|one| other.iter().map(move |other| (one, other)));
        (bare(&one) || bare(&other)) && pairs().any(|(one, other)| parts(one, other) || parts(other, one))
    };
    let mut found: Vec<Group> = Vec::new();
    for group in groups.drain(..) {
        match found.iter_mut().find(|first| belongs(first, &group)) {
            Some(first) => {
                first.rows.extend(group.rows);
                // What works, and has the address, tells the state of the line.
                first.rows.sort_by_key(|at| {
                    std::cmp::Reverse(
                        interfaces.get(*at).map(|row| (row.is_up(), !is_bare(row), row.counters.any())),
                    )
                });
            }
            None => found.push(group),
        }
    }
    *groups = found;
}

/// `atm0/0` is the line, its hardware and each of its channels.
fn has_its_name(one: &Interface, other: &Interface) -> bool {
    one.name.is_some() && one.name == other.name && one.label() == other.label()
}

/// `cellular1/0` and `cellular1/1`: a slot with a modem, and its channels.
fn is_of_its_modem(one: &Interface, other: &Interface) -> bool {
    let slot = |row: &Interface| {
        let name = row.maker_names().next()?.to_lowercase();
        let (slot, channel) = name.rsplit_once('/')?;
        let mobile = words::read(slot).access && !is_session(row);
        (mobile && channel.bytes().all(|b| b.is_ascii_digit())).then(|| slot.to_owned())
    };
    MOBILE_TYPES.contains(&one.kind) && slot(one).is_some() && slot(one) == slot(other)
}

/// What came over a link between two ends came over the modem.
fn carries_its_data(modem: &Interface, data: &Interface) -> bool {
    let octets = |row: &Interface| row.counters.received.unwrap_or(0);
    let mobile =
        MOBILE_TYPES.contains(&modem.kind) || modem.maker_names().any(|name| words::read(name).access);
    let (all, part) = (octets(modem), octets(data));
    data.kind == POINT_TO_POINT
        && modem.kind != POINT_TO_POINT
        && mobile
        && modem.is_up()
        && data.label().is_none()
        && (all / 2..=all).contains(&part)
        && part > 0
}

/// Bonded pairs count nothing: what goes over them is counted above.
fn is_pair_of_wires(one: &Interface, other: &Interface) -> bool {
    is_silent_wire(one) && is_silent_wire(other) && one.kind == other.kind && one.speed_bps == other.speed_bps
}

fn is_wire_below(wire: &Interface, session: &Interface) -> bool {
    is_silent_wire(wire) && is_session(session) && session.is_up() && session.counters.any()
}

fn is_silent_wire(row: &Interface) -> bool {
    let told = || row.maker_names().map(words::read).any(|words| words.outside || words.provider);
    judge::is_physical_access(row) && row.is_up() && row.label().is_none() && !row.counters.any() && !told()
}

/// `ppp30` over `l2tp30`.
fn runs_in_a_tunnel(interfaces: &[Interface], at: usize) -> bool {
    let Some(row) = interfaces.get(at).filter(|row| is_session(row)) else { return false };
    let number =
        row.maker_names().find_map(|name| name.to_lowercase().strip_prefix("ppp").map(str::to_owned));
    let numbered = number.filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    let tunnels = numbered.map(|number| ["l2tp", "pptp", "sstp"].map(|tunnel| format!("{tunnel}{number}")));
    let Some(tunnels) = tunnels else { return false };
    interfaces.iter().flat_map(Interface::maker_names).any(|name| tunnels.contains(&name.to_lowercase()))
}
