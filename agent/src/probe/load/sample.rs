//! From the kernel's counters to one sample.

use std::time::Duration;

/// Counters only grow, until the machine starts anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    pub processor: Option<ProcessorTime>,
    /// Received and sent, over real adapters.
    pub bytes: Option<u64>,
    pub connections: Option<u64>,
    pub memory_permille: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessorTime {
    pub busy: u64,
    pub total: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    pub processor_permille: Option<u32>,
    pub throughput_bps: Option<u64>,
    pub connections: Option<u64>,
    pub memory_permille: Option<u32>,
}

/// What one reading alone tells.
pub fn moment(now: &Counters) -> Sample {
    Sample { connections: now.connections, memory_permille: now.memory_permille, ..Sample::default() }
}

pub fn between(before: &Counters, now: &Counters, elapsed: Duration) -> Sample {
    Sample {
        processor_permille: before
            .processor
            .zip(now.processor)
            .and_then(|(before, now)| busy_share(before, now)),
        throughput_bps: before.bytes.zip(now.bytes).and_then(|(before, now)| rate(before, now, elapsed)),
        connections: now.connections,
        memory_permille: now.memory_permille,
    }
}

fn busy_share(before: ProcessorTime, now: ProcessorTime) -> Option<u32> {
    let total = now.total.checked_sub(before.total).filter(|total| *total > 0)?;
    let busy = now.busy.checked_sub(before.busy)?.min(total);
    u32::try_from(u128::from(busy) * 1000 / u128::from(total)).ok()
}

/// `None` where a counter went back: an adapter was taken out or reset.
fn rate(before: u64, now: u64, elapsed: Duration) -> Option<u64> {
    let bits = u128::from(now.checked_sub(before)?) * 8 * 1000;
    let milliseconds = elapsed.as_millis().max(1);
    u64::try_from(bits / milliseconds).ok()
}

/// The line `cpu` of `/proc/stat`: user nice system idle iowait irq softirq steal.
pub fn processor_time(stat: &str) -> Option<ProcessorTime> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let times: Vec<u64> = line.split_whitespace().take(8).map_while(|field| field.parse().ok()).collect();
    let waiting = times.get(3)?.checked_add(*times.get(4).unwrap_or(&0))?;
    let total = times.iter().try_fold(0_u64, |sum, time| sum.checked_add(*time))?;
    Some(ProcessorTime { busy: total.checked_sub(waiting)?, total })
}

/// `tcpCurrEstab` of RFC 4022 from `/proc/net/snmp`, of IPv4 and IPv6. To walk the table of connections itself takes the
/// kernel milliseconds where memory is large.
pub fn established(snmp: &str) -> Option<u64> {
    let mut rows = snmp.lines().filter_map(|line| line.strip_prefix("Tcp: "));
    let (names, values) = (rows.next()?, rows.next()?);
    let at = names.split(' ').position(|name| name == "CurrEstab")?;
    values.split(' ').nth(at)?.parse().ok()
}

pub fn memory_permille(meminfo: &str) -> Option<u32> {
    let value = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().split(' ').next()?.parse::<u64>().ok()
    };
    let (total, available) = (value("MemTotal:")?, value("MemAvailable:")?);
    let used = u128::from(total.checked_sub(available)?) * 1000;
    u32::try_from(used.checked_div(u128::from(total))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readings_make_a_sample() {
        let before = Counters {
            processor: processor_time("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1\n"),
            bytes: Some(1_000),
            connections: Some(3),
            memory_permille: None,
        };
        let now = Counters {
            processor: processor_time("cpu  150 0 150 750 150 0 0 0 0 0\n"),
            bytes: Some(751_000),
            connections: Some(5),
            memory_permille: memory_permille("MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 250 kB\n"),
        };
        let expected = Sample {
            processor_permille: Some(500),
            throughput_bps: Some(100_000),
            connections: Some(5),
            memory_permille: Some(750),
        };
        assert_eq!(between(&before, &now, Duration::from_secs(60)), expected);
    }

    #[test]
    fn counters_that_went_back_tell_nothing() {
        let before = Counters { bytes: Some(10), ..Counters::default() };
        let now = Counters { bytes: Some(5), ..Counters::default() };
        assert_eq!(between(&before, &now, Duration::from_secs(60)), Sample::default());
    }

    #[test]
    fn established_connections_are_the_kernels_count() {
        let snmp = "Ip: Forwarding\nIp: 1\nTcp: RtoMin MaxConn CurrEstab InSegs\nTcp: 200 -1 12 99\n";
        assert_eq!(established(snmp), Some(12));
        assert_eq!(established("Tcp: RtoMin\nTcp: 200\n"), None);
        assert_eq!(established(""), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(cpu |MemTotal:|MemAvailable:|[0-9 ]{0,25}|\n)*") {
            let _ = (processor_time(&text), memory_permille(&text), established(&text));
        }
    }
}
