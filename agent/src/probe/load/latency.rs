//! A day's times to the collector, or to another target, and back, as counts in steps of a ninth: memory stays small, and a median
//! needs no more.

use kiemke_schemas::section::load::TargetLatency;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Steps from one power of two to the next.
const STEPS: u32 = 8;
/// The first step ends at 2^6 = 64 µs, the last at 2^24 µs, about 17 s.
const FIRST_POWER: u32 = 6;
const LAST_POWER: u32 = 24;
const COUNTS: usize = ((LAST_POWER - FIRST_POWER) * STEPS + 1) as usize;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Latencies {
    counts: Vec<u16>,
    max_us: Option<u64>,
    /// Minutes in which there was no answer.
    unreachable: u32,
    /// Minutes in which it was tried.
    tried: u32,
}

impl Latencies {
    pub fn add(&mut self, answered_within: Option<Duration>) {
        self.tried = self.tried.saturating_add(1);
        let Some(latency) = answered_within else {
            self.unreachable = self.unreachable.saturating_add(1);
            return;
        };
        let microseconds = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.counts.resize(COUNTS, 0);
        let step = step(microseconds);
        self.counts[step] = self.counts[step].saturating_add(1);
        self.max_us = self.max_us.max(Some(microseconds));
    }

    /// The end of the step that the middle sample lies in.
    pub fn median_us(&self) -> Option<u64> {
        let total: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        let mut seen = 0_u64;
        let step = self.counts.iter().position(|count| {
            seen += u64::from(*count);
            seen > 0 && seen >= total.div_ceil(2)
        })?;
        Some(end_us(step))
    }

    pub fn max_us(&self) -> Option<u64> {
        self.max_us
    }

    /// `None` where it was never tried.
    pub fn unreachable_minutes(&self) -> Option<u32> {
        (self.tried > 0).then_some(self.unreachable)
    }

    pub fn of_target(&self, target: &str) -> TargetLatency {
        TargetLatency {
            target: target.to_owned(),
            median_us: self.median_us(),
            max_us: self.max_us(),
            unreachable_minutes: self.unreachable_minutes(),
        }
    }
}

fn step(microseconds: u64) -> usize {
    (0..COUNTS - 1).find(|step| microseconds <= end_us(*step)).unwrap_or(COUNTS - 1)
}

/// Straight lines between the powers of two.
fn end_us(step: usize) -> u64 {
    let step = u32::try_from(step).unwrap_or_default();
    let power = 1_u64 << (FIRST_POWER + step / STEPS);
    power + power * u64::from(step % STEPS) / u64::from(STEPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(milliseconds: &[u64]) -> Latencies {
        let mut latencies = Latencies::default();
        for one in milliseconds {
            latencies.add(Some(Duration::from_millis(*one)));
        }
        latencies
    }

    #[test]
    fn the_median_lies_within_an_eighth_above_and_the_maximum_is_exact() {
        let day = of(&[900, 20, 21, 22, 25]);
        assert_eq!(
            (day.median_us(), day.max_us(), day.unreachable_minutes()),
            (Some(22_528), Some(900_000), Some(0))
        );
        assert_eq!(of(&[20, 4000]).median_us(), Some(20_480));
        assert_eq!(of(&[100_000]).median_us(), Some(16_777_216));
        assert_eq!(end_us(0), 64);
    }

    #[test]
    fn no_answer_is_no_latency_and_no_try_is_nothing_known() {
        let mut day = Latencies::default();
        assert_eq!((day.median_us(), day.unreachable_minutes()), (None, None));
        day.add(None);
        assert_eq!((day.median_us(), day.max_us(), day.unreachable_minutes()), (None, None, Some(1)));
    }
}
