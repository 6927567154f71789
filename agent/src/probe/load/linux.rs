use super::sample::{Counters, established, memory_permille, processor_time};
use crate::probe::Root;
use kiemke_schemas::Problem;

pub fn counters(root: &Root) -> (Counters, Vec<Problem>) {
    let mut problems = Vec::new();
    let counters = Counters {
        processor: root.value("/proc/stat", &mut problems).as_deref().and_then(processor_time),
        memory_permille: root.value("/proc/meminfo", &mut problems).as_deref().and_then(memory_permille),
        connections: root.value("/proc/net/snmp", &mut problems).as_deref().and_then(established),
        bytes: bytes(root),
    };
    (counters, problems)
}

/// Over adapters that are hardware: what crosses a bridge or a tunnel crosses one of them too.
fn bytes(root: &Root) -> Option<u64> {
    let table = root.attribute("/proc/net/dev")?;
    let rows = table.lines().filter_map(|line| {
        let (name, figures) = line.split_once(':')?;
        root.exists(&format!("/sys/class/net/{}/device", name.trim())).then(|| received_and_sent(figures))?
    });
    let mut rows = rows.peekable();
    rows.peek()?;
    rows.try_fold(0_u64, |sum, bytes| sum.checked_add(bytes))
}

/// Eight figures of what was received, then those of what was sent; each begins with the bytes.
fn received_and_sent(figures: &str) -> Option<u64> {
    let mut figures = figures.split_whitespace();
    let received: u64 = figures.next()?.parse().ok()?;
    received.checked_add(figures.nth(7)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{load::sample::ProcessorTime, tests::tree};

    #[test]
    fn the_counters_of_a_machine() {
        let (_guard, root) = tree(&[
            ("/proc/stat", "cpu  1 2 3 10 5 0 0 0 0 0\n"),
            ("/proc/meminfo", "MemTotal: 100 kB\nMemAvailable: 60 kB\n"),
            ("/proc/net/snmp", "Tcp: RtoMin CurrEstab\nTcp: 200 2\n"),
            ("/sys/class/net/eth0/device/x", ""),
            (
                "/proc/net/dev",
                "Inter-|   Receive                |  Transmit\n face |bytes    packets errs drop\n\
                 \x20   lo:       7       1    0    0    0     0          0         0        7       1    0    0    0     0       0          0\n\
                 \x20 eth0:     100       2    0    0    0     0          0         0       20       3    0    0    0     0       0          0\n",
            ),
        ]);
        let expected = Counters {
            processor: Some(ProcessorTime { busy: 6, total: 21 }),
            bytes: Some(120),
            connections: Some(2),
            memory_permille: Some(400),
        };
        assert_eq!(counters(&root), (expected, vec![]));
    }

    #[test]
    fn nothing_readable_is_nothing_known() {
        let (_guard, root) = tree::<&str>(&[]);
        assert_eq!(counters(&root).0, Counters::default());
    }
}
