//! What is looked at every minute: load, default routes, the clock.

use crate::probe::{
    Root, link_state,
    load::{
        self,
        day::Days,
        sample::{self, Counters},
    },
};
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
}

struct Reading {
    at: Instant,
    wall: Timestamp,
    counters: Counters,
    routes: BTreeSet<link_state::Route>,
}

impl Watch {
    pub fn new(days: Days) -> Self {
        Self { days, problems: Vec::new(), last: None }
    }

    /// One look makes one sample. Rates need two looks that lie far enough apart.
    pub fn look(&mut self, root: &Root) -> Vec<Observation> {
        let (counters, problems) = load::counters(root);
        let now = Reading {
            at: Instant::now(),
            wall: Timestamp::now(),
            counters,
            routes: link_state::working(root),
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
        self.days.add(Zoned::now().date(), &sample);
        let at = now.wall;
        self.last = Some(now);
        events.into_iter().map(|event| Observation { at, event }).collect()
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
    fn every_look_makes_a_sample_and_two_in_a_moment_make_no_rate() {
        let (_guard, root) =
            tree(&[("/proc/net/tcp", "head\n 0: A B 01 x\n"), ("/proc/stat", "cpu  1 2 3 10 5 0 0 0 0 0\n")]);
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
