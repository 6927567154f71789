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
    let names = root.names("/sys/class/net").ok()?;
    let real = names.iter().filter(|name| root.exists(&format!("/sys/class/net/{name}/device")));
    let counter = |name: &String, kind: &str| {
        root.attribute(&format!("/sys/class/net/{name}/statistics/{kind}_bytes"))?.parse::<u64>().ok()
    };
    let mut counters =
        real.filter_map(|name| counter(name, "rx")?.checked_add(counter(name, "tx")?)).peekable();
    counters.peek()?;
    counters.try_fold(0_u64, |sum, bytes| sum.checked_add(bytes))
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
            ("/sys/class/net/eth0/statistics/rx_bytes", "100\n"),
            ("/sys/class/net/eth0/statistics/tx_bytes", "20\n"),
            ("/sys/class/net/lo/statistics/rx_bytes", "7\n"),
            ("/sys/class/net/lo/statistics/tx_bytes", "7\n"),
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
