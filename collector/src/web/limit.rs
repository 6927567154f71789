//! Slows down whoever guesses passwords: failures are counted by name and by address.

use jiff::Timestamp;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

const WINDOW_SECONDS: i64 = 15 * 60;
const OF_A_NAME: u32 = 8;
const OF_AN_ADDRESS: u32 = 40;
/// Beyond it, entries whose window has passed are dropped.
const PRUNE_FROM: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    first: i64,
}

#[derive(Debug, Default)]
pub struct LoginLimit(Mutex<HashMap<Key, Failures>>);

impl LoginLimit {
    /// Minutes to wait, where there were too many failures.
    pub fn wait(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Option<i64> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys(name, address)
            .filter_map(|(key, limit)| {
                let seen = failures.get(&key)?;
                let left = seen.first + WINDOW_SECONDS - now.as_second();
                (seen.count >= limit && left > 0).then_some((left + 59) / 60)
            })
            .max()
    }

    pub fn failed(&self, name: &str, address: Option<IpAddr>, now: Timestamp) {
        let now = now.as_second();
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() > PRUNE_FROM {
            failures.retain(|_, seen| seen.first + WINDOW_SECONDS > now);
        }
        for (key, _) in keys(name, address) {
            let seen = failures.entry(key).or_insert(Failures { count: 0, first: now });
            if seen.first + WINDOW_SECONDS <= now {
                *seen = Failures { count: 0, first: now };
            }
            seen.count += 1;
        }
    }

    pub fn succeeded(&self, name: &str) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&Key::Name(name.to_owned()));
    }
}

fn keys(name: &str, address: Option<IpAddr>) -> impl Iterator<Item = (Key, u32)> {
    let by_address = address.map(|address| (Key::Address(address), OF_AN_ADDRESS));
    [(Key::Name(name.to_owned()), OF_A_NAME)].into_iter().chain(by_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ninth_attempt_waits_and_the_window_ends() {
        let limit = LoginLimit::default();
        let now = Timestamp::from_second(1_000_000).unwrap();
        for _ in 0..8 {
            assert_eq!(limit.wait("admin", None, now), None);
            limit.failed("admin", None, now);
        }
        assert_eq!(limit.wait("admin", None, now), Some(15));
        assert_eq!(limit.wait("other", None, now), None);
        assert_eq!(limit.wait("admin", None, Timestamp::from_second(1_000_901).unwrap()), None);
    }

    #[test]
    fn many_names_from_one_address_wait_too() {
        let limit = LoginLimit::default();
        let now = Timestamp::from_second(1_000_000).unwrap();
        let address = Some("192.0.2.1".parse().unwrap());
        for n in 0..40 {
            limit.failed(&format!("user{n}"), address, now);
        }
        assert_eq!(limit.wait("fresh", address, now), Some(15));
        assert_eq!(limit.wait("fresh", None, now), None);
    }
}
