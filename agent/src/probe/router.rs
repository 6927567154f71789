//! Internet lines of a router, read from its SNMP tables. Pure: polling is done by [`crate::snmp`].

mod address;
mod device;
mod interface;
mod judge;
mod merge;
pub mod meter;
mod pair;
mod routes;
mod words;

use crate::snmp::{
    mib::Mib,
    oid::{Oid, oid},
};
use address::Scope;
use interface::{Counters, Interface};
use jiff::{SignedDuration, Timestamp};
use judge::{CONFIDENT, Context, DOUBTFUL, Verdict};
use kiemke_schemas::section::link::{LineSign, LineState, RouterLine};
use merge::Group;
use std::net::IpAddr;

pub const UPTIME: &str = "1.3.6.1.2.1.1.3.0";

/// Of an interface that is merely in use, on a router that tells nothing more.
const IN_USE: Verdict = Verdict { confidence_permille: 400, signs: Vec::new() };
/// With more, nothing tells the lines from the networks inside.
const MOST_ADDRESSES: usize = 3;
/// Nobody's office has more: the device serves the lines of others.
const MOST_LINES: usize = 12;
const ETHERNET_TYPES: &[u32] = &[6, 62, 69, 117];
/// Many systems report it where they do not know.
const DEFAULT_SPEED: u64 = 10_000_000;

/// A line and the interface whose counters tell its traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub line: RouterLine,
    pub index: u32,
    pub counters: Counters,
}

pub fn names() -> Vec<Oid> {
    routes::names().into_iter().chain(device::names()).collect()
}

pub fn roots() -> Vec<Oid> {
    interface::roots().into_iter().chain(routes::roots()).collect()
}

/// For a second reading, which tells the traffic.
pub fn counter_roots() -> Vec<Oid> {
    interface::counter_roots()
}

/// Whether the device tells its interfaces at all.
pub fn has_interfaces(mib: &Mib) -> bool {
    !interface::read(mib).is_empty()
}

/// Lines, spares and interfaces that a person has to decide on, in the order of the router's table.
pub fn lines(mib: &Mib, router: IpAddr, now: Timestamp) -> Vec<Line> {
    let interfaces = interface::read(mib);
    let context = Context::of(&interfaces, device::forwards(mib));
    let mut verdicts: Vec<_> = interfaces.iter().map(|row| judge::judge(row, context)).collect();
    judge::leave_out_unused(&interfaces, &mut verdicts);
    if device::is_no_router(mib) {
        verdicts.iter_mut().for_each(leave_to_a_person);
    } else if verdicts.iter().filter(|verdict| by_address_alone(verdict)).count() > MOST_ADDRESSES {
        verdicts.iter_mut().filter(|verdict| by_address_alone(verdict)).for_each(leave_to_a_person);
    } else if context.addressed != 1 && verdicts.iter().all(|verdict| verdict.confidence_permille < DOUBTFUL)
    {
        ask_about_ports_in_use(&interfaces, context, &mut verdicts);
    }
    let reader = Reader {
        interfaces: &interfaces,
        verdicts: &verdicts,
        router,
        now,
        uptime: mib.unsigned(&oid(UPTIME)),
    };
    let groups = merge::groups(&interfaces, &verdicts);
    let mut lines: Vec<Line> = groups.iter().filter_map(|group| reader.line(group)).collect();
    if lines.iter().filter(|line| line.line.internet == Some(true)).count() > MOST_LINES {
        lines.iter_mut().for_each(|line| leave_line_to_a_person(&mut line.line));
    }
    lines
}

fn leave_line_to_a_person(line: &mut RouterLine) {
    line.internet = line.internet.filter(|internet| !internet);
    line.confidence_permille = line.confidence_permille.min(CONFIDENT - 1);
}

/// An inside network may have addresses that the Internet sees as well.
fn by_address_alone(verdict: &Verdict) -> bool {
    let address = |sign: &LineSign| matches!(sign, LineSign::PublicAddress | LineSign::CarrierAddress);
    verdict.confidence_permille >= CONFIDENT && verdict.signs.iter().all(address)
}

fn leave_to_a_person(verdict: &mut Verdict) {
    verdict.confidence_permille = verdict.confidence_permille.min(CONFIDENT - 1);
}

/// A router of which nothing tells the lines: its ports in use are all that can be shown to a person, where it
/// has addresses those with one.
fn ask_about_ports_in_use(interfaces: &[Interface], context: Context, verdicts: &mut [Verdict]) {
    let some = |fits: fn(&Interface) -> bool| interfaces.iter().any(fits);
    let counts = some(|row| row.counters.any());
    let tells_connectors = some(|row| row.connector == Some(true));
    let in_use = |row: &Interface| {
        ETHERNET_TYPES.contains(&row.kind)
            && !(tells_connectors && row.connector == Some(false))
            && row.is_up()
            && (row.counters.any() || !counts)
            && (context.addressed == 0 || row.scope() > Scope::LinkLocal)
    };
    for (row, verdict) in interfaces.iter().zip(verdicts) {
        let words = row
            .maker_names()
            .map(words::read)
            .any(|words| words.service || words.inside || words.never || words.bridge);
        let labelled_inside = row.label().map(words::read).is_some_and(|words| words.service || words.inside);
        if in_use(row) && !words && !labelled_inside {
            *verdict = Verdict { signs: vec![LineSign::Traffic], ..IN_USE };
        }
    }
}

struct Reader<'a> {
    interfaces: &'a [Interface],
    verdicts: &'a [Verdict],
    router: IpAddr,
    now: Timestamp,
    uptime: Option<u64>,
}

impl Reader<'_> {
    fn line(&self, group: &Group) -> Option<Line> {
        let rows: Vec<&Interface> = group.rows.iter().filter_map(|at| self.interfaces.get(*at)).collect();
        let find = |fits: fn(&Interface) -> bool| rows.iter().copied().find(|row| fits(row));
        let shown = find(|row| row.label().is_some()).or_else(|| find(|row| !row.networks.is_empty()));
        let shown = shown.or(rows.first().copied())?;
        let state = state(&rows);
        let confidence = self.verdicts_of(group).map(|verdict| verdict.confidence_permille).max()?;
        let mut signs: Vec<LineSign> = Vec::new();
        for sign in self.verdicts_of(group).flat_map(|verdict| verdict.signs.iter().copied()) {
            if !signs.contains(&sign) {
                signs.push(sign);
            }
        }
        let line = RouterLine {
            router: self.router,
            interface: shown.shown_name(),
            label: shown.label().map(str::to_owned),
            state,
            internet: internet(confidence, state),
            confidence_permille: confidence,
            signs,
            speed_bps: self.speed(group, &rows, state),
            address: rows.iter().find_map(|row| row.address()).map(IpAddr::V4),
            peak_bps: None,
            changed_at: self.changed_at(shown),
        };
        Some(Line { line, index: shown.index, counters: shown.counters })
    }

    /// Of the rows with evidence, the strongest first.
    fn verdicts_of(&self, group: &Group) -> impl Iterator<Item = &Verdict> {
        let mut verdicts: Vec<_> = group.rows.iter().filter_map(|at| self.verdicts.get(*at)).collect();
        verdicts.retain(|verdict| verdict.confidence_permille >= DOUBTFUL);
        verdicts.sort_by_key(|verdict| std::cmp::Reverse(verdict.confidence_permille));
        verdicts.into_iter()
    }

    /// Of the line's rows, else of the port it runs over. An unplugged port has none.
    fn speed(&self, group: &Group, rows: &[&Interface], state: LineState) -> Option<u64> {
        if matches!(state, LineState::Down | LineState::Spare) {
            return None;
        }
        let below = group.rows.first().map(|top| merge::below(self.interfaces, *top)).unwrap_or_default();
        let ports = below.iter().filter_map(|at| self.interfaces.get(*at));
        rows.iter().copied().chain(ports).find_map(|row| self.believable_speed(row))
    }

    fn believable_speed(&self, row: &Interface) -> Option<u64> {
        let speed = row.speed_bps?;
        let slow_session = matches!(row.kind, 23 | 108) && (speed < 1_000_000 || speed == DEFAULT_SPEED);
        let mobile = row.maker_names().map(words::read).any(|words| words.access) && speed == DEFAULT_SPEED;
        let mut others =
            self.interfaces.iter().filter(|other| other.kind != 24).filter_map(|other| other.speed_bps);
        let default = speed == DEFAULT_SPEED && others.all(|other| other == DEFAULT_SPEED);
        (!slow_session && !mobile && !default).then_some(speed)
    }

    /// To the minute: the device's clock and ours do not run in step.
    fn changed_at(&self, row: &Interface) -> Option<Timestamp> {
        let (changed, uptime) = (row.last_change?, self.uptime?);
        let ago = uptime.checked_sub(changed).filter(|_| changed > 0)?;
        let at = self.now.checked_sub(SignedDuration::from_secs(i64::try_from(ago / 100).ok()?)).ok()?;
        at.round(jiff::Unit::Minute).ok()
    }
}

fn internet(confidence: u32, state: LineState) -> Option<bool> {
    match state {
        LineState::Spare => Some(false),
        _ if confidence >= CONFIDENT => Some(true),
        _ => None,
    }
}

fn state(rows: &[&Interface]) -> LineState {
    let works = rows.iter().any(|row| row.is_up() && !row.networks.is_empty());
    let in_use = rows.iter().map(|row| row.state()).find(|state| *state != LineState::Spare);
    if works { LineState::Up } else { in_use.unwrap_or(LineState::Spare) }
}

#[cfg(test)]
mod tests;
