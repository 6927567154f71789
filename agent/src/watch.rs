//! What is looked at every minute: load, default routes, the clock.

use crate::probe::{
    Root, link_state,
    load::{
        self,
        day::Days,
        sample::{self, Counters},
    },
    peripheral,
};
use crate::reach::Sample;
use jiff::{SignedDuration, Timestamp, Zoned};
use kiemke_schemas::{
    Problem, Section,
    observation::{Event, Observation},
    section::load::Load,
};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// A wall clock that runs away from the monotonic one by more than this was set.
const CLOCK_JUMP: SignedDuration = SignedDuration::from_secs(30);

/// The rate of a shorter time would be a burst, not a minute's load.
const SHORTEST_SAMPLE: Duration = Duration::from_secs(30);

pub struct Watch {
    days: Days,
    problems: Vec<Problem>,
    last: Option<Reading>,
    reach: Reach,
    plugged_in_or_out: bool,
}

/// Whether the collector can be reached while there is a way out.
#[derive(Debug, Default)]
struct Reach {
    failures: u32,
    /// The first of the failures.
    since: Option<Timestamp>,
    told: bool,
}

/// So many minutes without an answer in a row are no accident.
const FAILURES_ARE_NEWS: u32 = 3;

impl Reach {
    /// One minute's outcome. The outage is dated from its first minute.
    fn take(&mut self, reached: bool, at: Timestamp) -> Option<Observation> {
        if reached {
            let was_told = std::mem::take(self).told;
            return was_told.then_some(Observation { at, event: Event::CollectorReachable });
        }
        let since = *self.since.get_or_insert(at);
        self.failures = self.failures.saturating_add(1);
        if self.told || self.failures < FAILURES_ARE_NEWS {
            return None;
        }
        self.told = true;
        Some(Observation { at: since, event: Event::CollectorUnreachable })
    }
}

struct Reading {
    at: Instant,
    wall: Timestamp,
    counters: Counters,
    routes: BTreeSet<link_state::Route>,
    plugged: Vec<String>,
}

impl Watch {
    pub fn new(days: Days) -> Self {
        Self { days, problems: Vec::new(), last: None, reach: Reach::default(), plugged_in_or_out: false }
    }

    /// One look makes one sample. Rates need two looks that lie far enough apart.
    pub fn look(&mut self, root: &Root) -> Vec<Observation> {
        let (counters, problems) = load::counters(root);
        let now = Reading {
            at: Instant::now(),
            wall: Timestamp::now(),
            counters,
            routes: link_state::working(root),
            plugged: peripheral::plugged(root),
        };
        self.problems = problems;
        let last = self.last.as_ref().map(|last| (last, now.at.duration_since(last.at)));
        let sample = match last {
            Some((last, elapsed)) if elapsed >= SHORTEST_SAMPLE => {
                sample::between(&last.counters, &now.counters, elapsed)
            }
            _ => sample::moment(&now.counters),
        };
        let events = last.map(|(last, elapsed)| events(last, &now, elapsed)).unwrap_or_default();
        self.plugged_in_or_out |= last.is_some_and(|(last, _)| last.plugged != now.plugged);
        self.days.add(Zoned::now().date(), &sample);
        let at = now.wall;
        self.last = Some(now);
        events.into_iter().map(|event| Observation { at, event }).collect()
    }

    /// The minute's time to the collector, or to another target, which is no news. Without a default route its absence is the line's news, not its own.
    pub fn reached(&mut self, sample: Sample) -> Option<Observation> {
        let (today, latency) = (Zoned::now().date(), sample.latency);
        if let Some(target) = sample.target {
            self.days.add_latency_of(target, today, latency);
            return None;
        }
        self.days.add_latency(today, latency);
        let way_out = self.last.as_ref().is_none_or(|last| !last.routes.is_empty());
        if latency.is_some() || way_out { self.reach.take(latency.is_some(), Timestamp::now()) } else { None }
    }

    /// Whether something was plugged in or out since this was last asked: a token is often in for a signature only.
    pub fn take_plugged_in_or_out(&mut self) -> bool {
        std::mem::take(&mut self.plugged_in_or_out)
    }

    pub fn load(&self) -> Section<Load> {
        let days = self.days.peaks();
        let value = (!days.is_empty()).then_some(Load { days });
        Section { value, problems: self.problems.clone() }
    }

    pub fn days(&self) -> &Days {
        &self.days
    }
}

fn events(last: &Reading, now: &Reading, elapsed: Duration) -> Vec<Event> {
    let jump = clock_jump(last.wall, now.wall, elapsed).map(|seconds| Event::ClockJumped { seconds });
    link_state::changes(&last.routes, &now.routes).into_iter().chain(jump).collect()
}

fn clock_jump(before: Timestamp, now: Timestamp, elapsed: Duration) -> Option<i64> {
    let expected = SignedDuration::try_from(elapsed).ok()?;
    let off = now.duration_since(before) - expected;
    (off.abs() > CLOCK_JUMP).then(|| off.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;

    #[test]
    fn a_clock_that_was_set_is_told_and_one_that_drifts_is_not() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (noon, minute) = (at("2026-08-01T12:00:00Z"), Duration::from_secs(60));
        assert_eq!(clock_jump(noon, at("2026-08-01T12:01:05Z"), minute), None);
        assert_eq!(clock_jump(noon, at("2026-08-01T13:01:00Z"), minute), Some(3600));
        assert_eq!(clock_jump(noon, at("2026-08-01T11:01:00Z"), minute), Some(-3600));
    }

    #[test]
    fn plugging_is_noticed_once_also_in_the_same_port() {
        let (_guard, root) = tree(&[("/sys/bus/usb/devices/1-1/devnum", "4\n")]);
        let mut watch = Watch::new(Days::default());
        let mut look = || {
            watch.look(&root);
            watch.take_plugged_in_or_out()
        };
        assert!(!look() && !look());
        std::fs::write(root.path("/sys/bus/usb/devices/1-1/devnum"), "5\n").unwrap();
        assert!(look() && !look());
        std::fs::remove_dir_all(root.path("/sys/bus/usb/devices/1-1")).unwrap();
        assert!(look() && !look());
    }

    #[test]
    fn an_outage_is_told_once_from_its_first_minute_and_its_end() {
        let mut reach = Reach::default();
        let minute = |n: i64| Timestamp::from_second(60 * n).unwrap();
        let seen: Vec<_> = [true, false, false, true, false, false, false, false, true, true]
            .into_iter()
            .zip(0..)
            .filter_map(|(reached, n)| reach.take(reached, minute(n)))
            .collect();
        let expected = [
            Observation { at: minute(4), event: Event::CollectorUnreachable },
            Observation { at: minute(8), event: Event::CollectorReachable },
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn every_look_makes_a_sample_and_two_in_a_moment_make_no_rate() {
        let (_guard, root) = tree(&[
            ("/proc/net/snmp", "Tcp: CurrEstab\nTcp: 1\n"),
            ("/proc/stat", "cpu  1 2 3 10 5 0 0 0 0 0\n"),
        ]);
        let mut watch = Watch::new(Days::default());
        assert_eq!(watch.look(&root), []);
        assert_eq!(watch.look(&root), []);
        let days = watch.load().value.unwrap().days;
        assert_eq!(
            (days[0].samples, days[0].connections_max, days[0].processor_p95_permille),
            (2, Some(1), None)
        );
    }
}
