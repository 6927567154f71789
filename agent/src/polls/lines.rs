//! What of a router's lines is news.

use jiff::SignedDuration;
use kiemke_schemas::section::link::{LineState, RouterLine};
use std::net::IpAddr;

/// The router's clock and ours do not run in step.
const SAME_MOMENT: SignedDuration = SignedDuration::from_mins(3);

/// A router that does not answer: what was known of its lines, and that nobody knows their state now.
pub(super) fn unanswered(known: &[RouterLine], router: IpAddr) -> impl Iterator<Item = RouterLine> {
    let own = known.iter().filter(move |line| line.router == router).cloned();
    own.map(|line| RouterLine {
        state: if line.state == LineState::Spare { LineState::Spare } else { LineState::Unknown },
        changed_at: None,
        ..line
    })
}

/// A router that stopped answering half way: of the lines that are known, the state that was still told. What
/// else it told is taken for granted only where nothing is known.
pub(super) fn of_half(known: &[RouterLine], router: IpAddr, found: Vec<RouterLine>) -> Vec<RouterLine> {
    let own: Vec<RouterLine> = unanswered(known, router)
        .map(|line| match found.iter().find(|one| one.interface == line.interface) {
            Some(now) => {
                RouterLine { state: now.state, changed_at: now.changed_at, peak_bps: now.peak_bps, ..line }
            }
            None => line,
        })
        .collect();
    if own.is_empty() { found } else { own }
}

pub(super) fn steady(before: &[RouterLine], now: &mut [RouterLine]) {
    for line in now {
        let same = |old: &&RouterLine| (old.router, &old.interface) == (line.router, &line.interface);
        let Some(old) = before.iter().find(same) else { continue };
        if let (Some(then), Some(at)) = (old.changed_at, line.changed_at)
            && old.state == line.state
            && at.duration_since(then).abs() <= SAME_MOMENT
        {
            line.changed_at = Some(then);
        }
    }
}

/// The highest of the day; a tenth more is news.
pub(super) fn peak(kept: Option<u64>, now: Option<u64>) -> Option<u64> {
    match (kept, now) {
        (Some(kept), Some(now)) if now > kept.saturating_add(kept / 10) => Some(now),
        (Some(kept), _) => Some(kept),
        (None, now) => now,
    }
}
