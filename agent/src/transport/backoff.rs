//! How long to wait before the next attempt. Jittered, so that a district does not come back at once.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);
/// A connection that held this long was a good one.
const GOOD_AFTER: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
    connected_at: Option<Instant>,
}

impl Backoff {
    pub fn connected(&mut self, now: Instant) {
        self.connected_at = Some(now);
    }

    pub fn failed(&mut self) -> Duration {
        self.wait(Instant::now(), rand::random_range(0.5..1.0))
    }

    fn wait(&mut self, now: Instant, share: f64) -> Duration {
        if self.connected_at.take().is_some_and(|at| now.duration_since(at) >= GOOD_AFTER) {
            self.failures = 0;
        }
        let longest = FIRST.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        longest.mul_f64(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        let mut backoff = Backoff::default();
        let now = Instant::now();
        let waits: Vec<_> = (0..12).map(|_| backoff.wait(now, 1.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(backoff.wait(now, 0.5), Duration::from_secs(150));
    }

    #[test]
    fn only_a_connection_that_held_starts_from_the_beginning() {
        let mut backoff = Backoff::default();
        let start = Instant::now();
        backoff.wait(start, 1.0);
        backoff.connected(start);
        assert_eq!(backoff.wait(start + Duration::from_secs(1), 1.0).as_secs(), 2);
        backoff.connected(start);
        assert_eq!(backoff.wait(start + Duration::from_secs(31), 1.0).as_secs(), 1);
    }
}
