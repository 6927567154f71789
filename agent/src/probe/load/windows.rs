use super::sample::{Counters, ProcessorTime};
#[cfg(windows)]
use crate::probe::Root;
use crate::probe::windows::{Adapter, Memory, Source, or_problem};
use kiemke_schemas::Problem;

#[cfg(windows)]
pub fn counters(_: &Root) -> (Counters, Vec<Problem>) {
    of(&crate::probe::windows::System)
}

pub fn of(source: &dyn Source) -> (Counters, Vec<Problem>) {
    let mut problems = Vec::new();
    let time = or_problem(source.processor_time(), &mut problems);
    let memory = or_problem(source.memory(), &mut problems);
    let adapters = or_problem(source.adapters(), &mut problems);
    let counters = Counters {
        processor: time.and_then(|time| {
            Some(ProcessorTime { busy: time.total.checked_sub(time.idle)?, total: time.total })
        }),
        bytes: adapters.as_deref().and_then(bytes),
        connections: or_problem(source.connections(), &mut problems),
        memory_permille: memory.and_then(used_permille),
    };
    (counters, problems)
}

/// Over adapters that are hardware: what crosses a tunnel crosses one of them too.
fn bytes(adapters: &[Adapter]) -> Option<u64> {
    let mut real = adapters.iter().filter(|adapter| adapter.hardware).peekable();
    real.peek()?;
    real.try_fold(0_u64, |sum, adapter| sum.checked_add(adapter.octets))
}

fn used_permille(memory: Memory) -> Option<u32> {
    let used = u128::from(memory.total_bytes.checked_sub(memory.available_bytes)?) * 1000;
    u32::try_from(used.checked_div(u128::from(memory.total_bytes))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::windows::{self, recording::Recording};

    #[test]
    fn the_counters_of_a_machine() {
        let adapter = |hardware, octets| Adapter { hardware, octets, ..Adapter::default() };
        let recording = Recording {
            processor_time: Some(windows::ProcessorTime { idle: 15, total: 21 }),
            memory: Some(Memory { total_bytes: 100, available_bytes: 60, installed_bytes: None }),
            adapters: Some(vec![adapter(true, 120), adapter(false, 7)]),
            connections: Some(2),
            ..Recording::default()
        };
        let expected = Counters {
            processor: Some(ProcessorTime { busy: 6, total: 21 }),
            bytes: Some(120),
            connections: Some(2),
            memory_permille: Some(400),
        };
        assert_eq!(of(&recording), (expected, vec![]));
    }

    #[test]
    fn nothing_readable_is_nothing_known() {
        let (counters, problems) = of(&Recording::default());
        assert_eq!((counters, problems.len()), (Counters::default(), 4));
    }
}
