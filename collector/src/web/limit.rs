//! Slows down whoever guesses passwords: attempts are counted by name and by address before the password is
//! looked at, so that many at once are no way around it; one that succeeds is no longer counted.

use jiff::Timestamp;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

const WINDOW_SECONDS: i64 = 15 * 60;
const OF_A_NAME: u32 = 8;
const OF_AN_ADDRESS: u32 = 40;
const MOST_LETTERS: usize = 64;
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
    /// Counts one more; gives the minutes to wait where there were too many.
    pub fn attempt(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Result<(), i64> {
        let now = now.as_second();
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |seen: &Failures| seen.first + WINDOW_SECONDS - now;
        let full = keys(name, address).filter_map(|(key, limit)| {
            let seen = failures.get(&key).filter(|seen| seen.count >= limit && left(seen) > 0)?;
            Some((left(seen) + 59) / 60)
        });
        if let Some(minutes) = full.max() {
            return Err(minutes);
        }
        if failures.len() > PRUNE_FROM {
            failures.retain(|_, seen| left(seen) > 0);
        }
        for (key, _) in keys(name, address) {
            let seen = failures.entry(key).or_insert(Failures { count: 0, first: now });
            if left(seen) <= 0 {
                *seen = Failures { count: 0, first: now };
            }
            seen.count += 1;
        }
        Ok(())
    }

    /// The other failures of the address stay.
    pub fn succeeded(&self, name: &str, address: Option<IpAddr>) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, _) in keys(name, address) {
            match (&key, failures.get_mut(&key)) {
                (Key::Address(_), Some(seen)) => seen.count = seen.count.saturating_sub(1),
                _ => drop(failures.remove(&key)),
            }
        }
    }
}

fn keys(name: &str, address: Option<IpAddr>) -> impl Iterator<Item = (Key, u32)> {
    let by_address = address.map(|address| (Key::Address(address), OF_AN_ADDRESS));
    // No user has a longer name.
    let name = name.chars().take(MOST_LETTERS).collect();
    [(Key::Name(name), OF_A_NAME)].into_iter().chain(by_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_ninth_attempt_waits_and_the_window_ends() {
        let limit = LoginLimit::default();
        for _ in 0..8 {
            assert_eq!(limit.attempt("admin", None, at(1_000_000)), Ok(()));
        }
        assert_eq!(limit.attempt("admin", None, at(1_000_000)), Err(15));
        assert_eq!(limit.attempt("other", None, at(1_000_000)), Ok(()));
        assert_eq!(limit.attempt("admin", None, at(1_000_901)), Ok(()));
    }

    #[test]
    fn many_names_from_one_address_wait_too() {
        let limit = LoginLimit::default();
        let address = Some("192.0.2.1".parse().unwrap());
        for n in 0..40 {
            assert_eq!(limit.attempt(&format!("user{n}"), address, at(1_000_000)), Ok(()));
        }
        assert_eq!(limit.attempt("fresh", address, at(1_000_000)), Err(15));
        assert_eq!(limit.attempt("fresh", None, at(1_000_000)), Ok(()));
    }

    #[test]
    fn whoever_signs_in_is_not_counted() {
        let limit = LoginLimit::default();
        let address = Some("192.0.2.1".parse().unwrap());
        for _ in 0..100 {
            assert_eq!(limit.attempt("lan", address, at(1_000_000)), Ok(()));
            limit.succeeded("lan", address);
        }
    }
}
