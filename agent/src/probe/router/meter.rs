//! Traffic of interfaces from two readings of their counters.

use super::interface::Counters;
use crate::snmp::{mib::Mib, oid::oid};
use std::{collections::BTreeMap, time::Duration};

/// Faster than any port that could be meant: the counter was set back.
const IMPOSSIBLE_BPS: u64 = 400_000_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub received_bps: u64,
    pub sent_bps: u64,
}

impl Rate {
    pub fn higher(self) -> u64 {
        self.received_bps.max(self.sent_bps)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub uptime: Option<u64>,
    pub counters: BTreeMap<u32, Counters>,
}

impl Reading {
    pub fn of(mib: &Mib) -> Self {
        let counters = super::interface::read(mib).into_iter().map(|row| (row.index, row.counters)).collect();
        Self { uptime: mib.unsigned(&oid(super::UPTIME)), counters }
    }
}

/// Bits per second between two readings; an interface whose counters were set back is left out.
pub fn rates(before: &Reading, after: &Reading, elapsed: Duration) -> BTreeMap<u32, Rate> {
    let milliseconds = elapsed_by_device(before, after, elapsed);
    let restarted = matches!((before.uptime, after.uptime), (Some(before), Some(after)) if after < before);
    if restarted || milliseconds == 0 {
        return BTreeMap::new();
    }
    let rate = |index: &u32, now: &Counters| {
        let then = before.counters.get(index)?;
        let wide = then.wide && now.wide;
        Some(Rate {
            received_bps: bits_per_second(then.received?, now.received?, wide, milliseconds)?,
            sent_bps: bits_per_second(then.sent?, now.sent?, wide, milliseconds)?,
        })
    };
    after.counters.iter().filter_map(|(index, now)| Some((*index, rate(index, now)?))).collect()
}

/// The device knows best how much time lies between its answers, unless its clock is absurd.
fn elapsed_by_device(before: &Reading, after: &Reading, elapsed: Duration) -> u64 {
    let ours = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let theirs = before.uptime.zip(after.uptime).and_then(|(before, after)| after.checked_sub(before));
    match theirs.map(|ticks| ticks.saturating_mul(10)) {
        Some(theirs) if theirs > ours / 2 && theirs / 2 < ours => theirs,
        _ => ours,
    }
}

fn bits_per_second(before: u64, after: u64, wide: bool, milliseconds: u64) -> Option<u64> {
    let bytes = match after.checked_sub(before) {
        Some(bytes) => bytes,
        None if wide => return None,
        None => after.checked_add(1 << 32)?.checked_sub(before)?,
    };
    let bps = u128::from(bytes) * 8000 / u128::from(milliseconds);
    u64::try_from(bps).ok().filter(|bps| *bps <= IMPOSSIBLE_BPS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reading(uptime: Option<u64>, received: u64, sent: u64, wide: bool) -> Reading {
        let counters = Counters { received: Some(received), sent: Some(sent), wide };
        Reading { uptime, counters: BTreeMap::from([(4, counters)]) }
    }

    fn rate(before: &Reading, after: &Reading) -> Option<(u64, u64)> {
        let rates = rates(before, after, Duration::from_secs(10));
        rates.get(&4).map(|rate| (rate.received_bps, rate.sent_bps))
    }

    #[test]
    fn a_32_bit_counter_wraps() {
        let before = reading(None, 4_294_000_000, 0, false);
        assert_eq!(rate(&before, &reading(None, 282_704, 0, false)), Some((1_000_000, 0)));
    }

    #[test]
    fn counters_set_back_tell_nothing() {
        assert_eq!(rate(&reading(None, 500, 0, true), &reading(None, 400, 0, true)), None);
        assert_eq!(rate(&reading(Some(900), 500, 0, false), &reading(Some(5), 600, 0, false)), None);
    }

    #[test]
    fn the_clock_of_the_device_counts_unless_it_is_absurd() {
        let before = reading(Some(100), 0, 0, true);
        assert_eq!(rate(&before, &reading(Some(900), 1_000_000, 0, true)), Some((1_000_000, 0)));
        assert_eq!(rate(&before, &reading(Some(101), 1_000_000, 0, true)), Some((800_000, 0)));
    }

    proptest! {
        #[test]
        fn no_counters_panic(one in any::<(u64, u64, bool)>(), other in any::<(u64, u64, bool)>(), uptimes in any::<(Option<u64>, Option<u64>)>(), millis in any::<u64>()) {
            let before = reading(uptimes.0, one.0, one.1, one.2);
            let after = reading(uptimes.1, other.0, other.1, other.2);
            rates(&before, &after, Duration::from_millis(millis));
        }
    }
}
