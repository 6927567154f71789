//! Daily figures of minute samples: established connections, throughput, processors, memory.

pub mod day;
pub mod latency;
#[cfg(target_os = "linux")]
mod linux;
pub mod sample;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Root;
use kiemke_schemas::{
    Problem,
    section::load::{DayPeaks, Load, TargetLatency},
};
use sample::Counters;

/// The counters of this moment; two of them make a sample. What cannot be read is `None` and a problem.
pub fn counters(root: &Root) -> (Counters, Vec<Problem>) {
    platform::counters(root)
}

/// A rise by less than this is no news; the day's last figures travel when the next day begins.
const STEADY_SHARE: u64 = 10;
const FLOOR_PERMILLE: u32 = 50;
const FLOOR_CONNECTIONS: u64 = 20;
const FLOOR_BPS: u64 = 5_000_000;
const FLOOR_MEDIAN_US: u64 = 20_000;
const FLOOR_MAX_US: u64 = 500_000;
const FLOOR_MINUTES: u64 = 10;

/// Keeps the last reported figures of today while they move little.
pub fn steady(last: &Load, mut new: Load) -> Load {
    let (Some(today), Some(before)) = (new.days.last_mut(), last.days.last()) else { return new };
    if today.date == before.date && !is_news(before, today) {
        *today = before.clone();
    }
    new
}

fn is_news(before: &DayPeaks, now: &DayPeaks) -> bool {
    let share = |before: Option<u32>, now: Option<u32>| {
        moved(before.map(u64::from), now.map(u64::from), FLOOR_PERMILLE.into())
    };
    share(before.processor_p95_permille, now.processor_p95_permille)
        || share(before.memory_max_permille, now.memory_max_permille)
        || moved(before.connections_max, now.connections_max, FLOOR_CONNECTIONS)
        || moved(before.throughput_max_bps, now.throughput_max_bps, FLOOR_BPS)
        || is_news_of(&collector(before), &collector(now))
        || before.targets.len() != now.targets.len()
        || before.targets.iter().zip(&now.targets).any(|(before, now)| is_news_of(before, now))
}

fn collector(day: &DayPeaks) -> TargetLatency {
    TargetLatency {
        target: String::new(),
        median_us: day.latency_median_us,
        max_us: day.latency_max_us,
        unreachable_minutes: day.unreachable_minutes,
    }
}

fn is_news_of(before: &TargetLatency, now: &TargetLatency) -> bool {
    let minutes = |target: &TargetLatency| target.unreachable_minutes.map(u64::from);
    before.target != now.target
        || moved(before.median_us, now.median_us, FLOOR_MEDIAN_US)
        || moved(before.max_us, now.max_us, FLOOR_MAX_US)
        || moved(minutes(before), minutes(now), FLOOR_MINUTES)
}

fn moved(before: Option<u64>, now: Option<u64>, floor: u64) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => now.abs_diff(before) > (before / STEADY_SHARE).max(floor),
        (before, now) => before != now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(date: &str, connections: u64) -> Load {
        let day = DayPeaks {
            date: date.parse().unwrap(),
            samples: 60,
            processor_p95_permille: Some(100),
            memory_max_permille: None,
            connections_max: Some(connections),
            throughput_max_bps: None,
            latency_median_us: None,
            latency_max_us: None,
            unreachable_minutes: None,
            targets: Vec::new(),
        };
        Load { days: vec![day] }
    }

    #[test]
    fn an_idle_hour_is_no_news_and_a_peak_is() {
        let last = load("2026-08-01", 100);
        assert_eq!(steady(&last, load("2026-08-01", 119)), last);
        assert_eq!(steady(&last, load("2026-08-01", 121)), load("2026-08-01", 121));
        assert_eq!(steady(&last, load("2026-08-02", 100)), load("2026-08-02", 100));
        assert_eq!(steady(&Load::default(), last.clone()), last);
    }

    #[test]
    fn a_target_is_news_at_first_and_when_it_is_out_of_reach() {
        let with = |unreachable| {
            let mut load = load("2026-08-01", 100);
            let (target, unreachable_minutes) = ("10.0.0.1:443".to_owned(), Some(unreachable));
            load.days[0].targets =
                vec![TargetLatency { target, median_us: Some(900), max_us: Some(4000), unreachable_minutes }];
            load
        };
        assert_eq!(steady(&load("2026-08-01", 100), with(0)), with(0));
        assert_eq!(steady(&with(0), with(10)), with(0));
        assert_eq!(steady(&with(0), with(11)), with(11));
    }
}
