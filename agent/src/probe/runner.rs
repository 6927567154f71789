//! Runs probes, each in a thread of its own with its own time limit: one that hangs costs its section only.

use super::Root;
use kiemke_schemas::{Problem, ProblemKind, Section, SectionName};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, sync_channel},
    },
    thread,
    time::Duration,
};

const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Whether an earlier run of a probe still hangs: it is not started a second time.
#[derive(Debug, Clone, Default)]
pub struct Busy(Arc<AtomicBool>);

pub fn run<T: Send + 'static>(
    name: SectionName,
    root: &Root,
    busy: &Busy,
    read: impl FnOnce(&Root) -> Section<T> + Send + 'static,
) -> Section<T> {
    run_within(TIME_LIMIT, name, root, busy, read)
}

fn run_within<T: Send + 'static>(
    limit: Duration,
    name: SectionName,
    root: &Root,
    busy: &Busy,
    read: impl FnOnce(&Root) -> Section<T> + Send + 'static,
) -> Section<T> {
    let source = format!("probe {name}");
    if busy.0.swap(true, Ordering::AcqRel) {
        return Section::unknown(Problem::new(
            ProblemKind::Timeout,
            source,
            "still hangs since an earlier reading",
        ));
    }
    let (sender, receiver) = sync_channel(1);
    let (root, flag) = (root.clone(), busy.0.clone());
    let started = thread::Builder::new().name(source.clone()).spawn(move || {
        let section = catch_unwind(AssertUnwindSafe(|| read(&root)));
        flag.store(false, Ordering::Release);
        let _ = sender.send(section);
    });
    if let Err(error) = started {
        busy.0.store(false, Ordering::Release);
        return Section::unknown(Problem::new(ProblemKind::Failed, source, error.to_string()));
    }
    match receiver.recv_timeout(limit) {
        Ok(Ok(section)) => section,
        Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Section::unknown(Problem::new(
            ProblemKind::Failed,
            source,
            "ended by an error of the agent; see its log",
        )),
        Err(RecvTimeoutError::Timeout) => {
            let message = format!("did not end within {} s", limit.as_secs());
            Section::unknown(Problem::new(ProblemKind::Timeout, source, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_hangs_or_fails_costs_its_section_only() {
        let (busy, root) = (Busy::default(), Root::system());
        let limit = Duration::from_millis(20);
        let (release, held) = sync_channel::<()>(0);
        let section = run_within(limit, SectionName::Storage, &root, &busy, move |_| {
            let _ = held.recv();
            Section::known(1)
        });
        assert_eq!(
            section,
            Section::unknown(Problem::new(ProblemKind::Timeout, "probe storage", "did not end within 0 s"))
        );
        let again = run_within(limit, SectionName::Storage, &root, &busy, |_| Section::known(2));
        assert_eq!(again.problems[0].message, "still hangs since an earlier reading");
        drop(release);
    }

    #[test]
    fn a_panic_is_a_problem_and_the_next_run_works() {
        let (busy, root) = (Busy::default(), Root::system());
        let section = run::<u8>(SectionName::Load, &root, &busy, |_| panic!("in a test"));
        assert_eq!(section.problems[0].kind, ProblemKind::Failed);
        assert_eq!(run(SectionName::Load, &root, &busy, |_| Section::known(2)), Section::known(2));
    }
}
