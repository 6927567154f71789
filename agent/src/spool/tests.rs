use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn id(sequence: u64) -> Id {
    Id { boot: 1, sequence }
}

fn now() -> Timestamp {
    "2026-08-01T00:00:00Z".parse().unwrap()
}

fn open(state: &StateDir, limits: Limits) -> Spool {
    Spool::open(state, limits, now()).unwrap()
}

fn ids(spool: &Spool) -> Vec<Id> {
    spool.entries().unwrap().into_iter().map(|entry| entry.id).collect()
}

#[test]
fn oldest_first_over_boots_and_gone_only_when_stored() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path());
    let mut spool = open(&state, Limits::default());
    for id in [Id { boot: 10, sequence: 1 }, Id { boot: 9, sequence: 11 }, Id { boot: 9, sequence: 2 }] {
        spool.put(id, now(), Carries::State, b"x").unwrap();
    }
    let order = [Id { boot: 9, sequence: 2 }, Id { boot: 9, sequence: 11 }, Id { boot: 10, sequence: 1 }];
    assert_eq!(ids(&spool), order);
    assert!(spool.stored(order[0]).unwrap());
    assert!(!spool.stored(order[0]).unwrap());
    assert_eq!(ids(&open(&state, Limits::default())), order[1..]);
}

#[test]
fn the_oldest_go_when_the_spool_is_full_and_the_loss_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { bytes: 400, ..Limits::default() };
    let mut spool = open(&StateDir::at(folder.path()), limits);
    for sequence in 1..=5 {
        spool.put(id(sequence), now(), Carries::State, &[0; 64]).unwrap();
    }
    // Each file has 64 bytes of head.
    assert_eq!(ids(&spool), [id(3), id(4), id(5)]);
    assert!(spool.take_lost());
    assert!(!spool.take_lost());
}

#[test]
fn the_oldest_observations_go_before_any_state_and_nothing_is_lost_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { bytes: 400, ..Limits::default() };
    let mut spool = open(&StateDir::at(folder.path()), limits);
    let (state, seen) = (Carries::State, Carries::ObservationsOnly);
    for (sequence, carries) in (1..).zip([state, seen, seen, state, seen]) {
        spool.put(id(sequence), now(), carries, &[0; 64]).unwrap();
    }
    assert_eq!(ids(&spool), [id(1), id(4), id(5)]);
    assert!(!spool.take_lost());
    spool.put(id(6), now(), state, &[0; 64]).unwrap();
    assert_eq!((ids(&spool), spool.take_lost()), (vec![id(1), id(4), id(6)], false));
    spool.put(id(7), now(), seen, &[0; 64]).unwrap();
    assert_eq!((ids(&spool), spool.take_lost()), (vec![id(4), id(6), id(7)], true));
}

#[test]
fn old_reports_go_at_start_but_never_the_newest_few() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path());
    let limits = Limits { always_kept: 2, ..Limits::default() };
    let long_ago = now() - SignedDuration::from_hours(24 * 61);
    let mut spool = Spool::open(&state, limits, long_ago).unwrap();
    for sequence in 1..=4 {
        spool.put(id(sequence), long_ago, Carries::State, b"x").unwrap();
    }
    assert_eq!(ids(&spool).len(), 4);
    assert_eq!(ids(&open(&state, limits)), [id(3), id(4)]);
}

#[test]
fn a_damaged_file_is_told_from_one_that_cannot_be_read_now() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = open(&StateDir::at(folder.path()), Limits::default());
    spool.put(id(1), now(), Carries::State, b"x").unwrap();
    let path = spool.path(id(1));
    let mut bytes = fs::read(&path).unwrap();
    bytes[50] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(spool.read(id(1)), Err(ReadError::Damaged(Damaged::Checksum))));
    assert!(matches!(spool.read(id(2)), Err(ReadError::Now(_))));
    assert!(spool.set_aside(id(1), "damaged on disk", now()).unwrap());
    assert_eq!(ids(&spool), []);
    let refusals = spool.quarantine().refusals().unwrap();
    assert_eq!((refusals[0].sequence, refusals[0].reason.as_str()), (1, "damaged on disk"));
}

#[test]
fn quarantine_is_bounded_and_what_a_crash_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path());
    let mut spool = open(&state, Limits::default());
    for sequence in 1..=40 {
        spool.put(id(sequence), now(), Carries::State, b"x").unwrap();
        spool.set_aside(id(sequence), "refused", now()).unwrap();
    }
    let refusals = spool.quarantine().refusals().unwrap();
    assert_eq!((refusals.len(), refusals[0].sequence), (32, 9));
    fs::write(folder.path().join("spool/.new-x.report"), "half").unwrap();
    open(&state, Limits::default());
    assert!(!folder.path().join("spool/.new-x.report").exists());
}

#[derive(Debug, Clone)]
enum Step {
    Put(u64, Vec<u8>),
    Stored(u64),
    Refused(u64),
    Restart,
    Damage(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let sequence = 1..8_u64;
    prop_oneof![
        (sequence.clone(), proptest::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(s, bytes)| Step::Put(s, bytes)),
        sequence.clone().prop_map(Step::Stored),
        sequence.clone().prop_map(Step::Refused),
        Just(Step::Restart),
        sequence.prop_map(Step::Damage),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: what was put and not answered is there, readable unless damaged.
    #[test]
    fn nothing_is_lost_without_an_answer(steps in proptest::collection::vec(step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        let mut spool = open(&state, Limits::default());
        let mut expected: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
        let mut damaged = BTreeSet::new();
        for step in steps {
            match step {
                Step::Put(sequence, bytes) => {
                    spool.put(id(sequence), now(), Carries::State, &bytes).unwrap();
                    expected.insert(sequence, bytes);
                    damaged.remove(&sequence);
                }
                Step::Stored(sequence) => {
                    prop_assert_eq!(spool.stored(id(sequence)).unwrap(), expected.remove(&sequence).is_some());
                }
                Step::Refused(sequence) => {
                    let was_here = expected.remove(&sequence).is_some();
                    prop_assert_eq!(spool.set_aside(id(sequence), "no", now()).unwrap(), was_here);
                }
                Step::Restart => spool = open(&state, Limits::default()),
                Step::Damage(sequence) => {
                    if expected.contains_key(&sequence) {
                        fs::write(spool.path(id(sequence)), b"KIEMKE1\nrubbish").unwrap();
                        damaged.insert(sequence);
                    }
                }
            }
            let known: Vec<_> = expected.keys().map(|sequence| id(*sequence)).collect();
            prop_assert_eq!(ids(&spool), known);
            for (sequence, bytes) in &expected {
                match spool.read(id(*sequence)) {
                    Ok(read) => prop_assert_eq!(&read, bytes),
                    Err(ReadError::Damaged(_)) => prop_assert!(damaged.contains(sequence)),
                    Err(ReadError::Now(error)) => return Err(TestCaseError::fail(error.to_string())),
                }
            }
        }
    }
}
