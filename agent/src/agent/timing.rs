//! When what is due.

use kiemke_schemas::settings::{DEFAULT_SNMP_INTERVAL_SECONDS, RemoteSettings};
use std::time::Duration;

const SHORTEST_INTERVAL: u32 = 60;
const LONGEST_INTERVAL: u32 = 7 * 24 * 3600;

/// The interval of probing, give or take a tenth, so that a district does not report in the same second.
pub fn until_next_probe(interval_seconds: u32) -> Duration {
    jittered(interval_seconds, rand::random_range(0.9..1.1))
}

/// Between two rounds of polls, give or take a tenth.
pub fn until_next_survey(settings: &RemoteSettings) -> Duration {
    let seconds = settings.snmp_interval_seconds.unwrap_or(DEFAULT_SNMP_INTERVAL_SECONDS);
    Duration::from_secs(seconds.into()).mul_f64(rand::random_range(0.9..1.1))
}

/// Agents that hear of it in the same second do not begin in the same one.
pub fn a_moment() -> Duration {
    Duration::from_millis(rand::random_range(500..5000))
}

fn jittered(interval_seconds: u32, share: f64) -> Duration {
    let seconds = interval_seconds.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL);
    Duration::from_secs(seconds.into()).mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_bounded() {
        assert_eq!(jittered(3600, 1.0), Duration::from_secs(3600));
        assert_eq!(jittered(3600, 0.9), Duration::from_secs(3240));
        assert_eq!(jittered(0, 1.0), Duration::from_secs(60));
        assert_eq!(jittered(u32::MAX, 1.0), Duration::from_secs(604_800));
    }
}
