use super::support::{Bench, Texts, digest, software, storage, stored, texts};
use kiemke_schemas::{Report, ReportKind, SectionName};
use proptest::{prelude::*, test_runner::TestRunner};

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_answered_again_and_stored_once() {
    let bench = Bench::new().await;
    let report = bench.full((1, 1), &texts("WD", "5.2"));
    assert_eq!(bench.send(&report).await, stored(1, 1));
    assert_eq!(bench.send(&report).await, stored(1, 1));
    assert_eq!(bench.count("report").await, 1);
    assert_eq!(bench.texts().await, texts("WD", "5.2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_history_and_the_first_report_is_none() {
    let bench = Bench::new().await;
    bench.send(&bench.full((1, 1), &texts("WD", "5.2"))).await;
    assert_eq!(bench.history().await, []);
    bench.send(&bench.full((1, 2), &texts("WD", "5.3"))).await;
    let path = "/value/packages/bash dpkg/version".to_owned();
    let change = ("software".to_owned(), path, Some("\"5.2\"".to_owned()), Some("\"5.3\"".to_owned()));
    assert_eq!(bench.history().await, [change]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_report_is_kept_and_overwrites_nothing_newer() {
    let bench = Bench::new().await;
    bench.send(&bench.full((2, 1), &texts("WD", "5.3"))).await;
    assert_eq!(bench.send(&bench.full((1, 9), &texts("WD", "5.2"))).await, stored(1, 9));
    assert_eq!(bench.texts().await, texts("WD", "5.3"));
    assert_eq!(bench.count("report").await, 2);
    let late = ("software".to_owned(), String::new(), None, Some(software("5.2")));
    assert_eq!(bench.history().await, [late]);
    let row = bench.store.device(bench.device.as_str()).await.unwrap().unwrap();
    assert_eq!((row.boot, row.sequence), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_a_full_report_leaves_out_has_ended() {
    let bench = Bench::new().await;
    bench.send(&bench.full((1, 1), &texts("WD", "5.2"))).await;
    let rest = Texts::from([(SectionName::Storage, storage("WD"))]);
    bench.send(&bench.full((1, 2), &rest)).await;
    assert_eq!(bench.texts().await, rest);
    let ended = ("software".to_owned(), String::new(), Some(software("5.2")), None);
    assert_eq!(bench.history().await, [ended]);
}

/// What a report says: full or not, and the version of each section it carries.
type Said = (bool, Option<u8>, Option<u8>);

fn sections(said: &Said) -> Texts {
    let mut texts = Texts::new();
    texts.extend(said.1.map(|disk| (SectionName::Storage, storage(&disk.to_string()))));
    texts.extend(said.2.map(|version| (SectionName::Software, software(&version.to_string()))));
    texts
}

fn report(bench: &Bench, sequence: u64, said: &Said) -> Report {
    let texts = sections(said);
    let mut report = bench.full((1, sequence), &texts);
    report.kind = if said.0 { ReportKind::Full } else { ReportKind::Delta };
    report
}

/// Working through the reports one after the other, as they were made.
fn expected(said: &[Said]) -> Texts {
    let mut state = Texts::new();
    for one in said {
        if one.0 {
            state.clear();
        }
        state.extend(sections(one));
    }
    state
}

#[test]
fn whatever_order_reports_come_in_the_sections_end_the_same() {
    let version = || prop::option::of(0u8..3);
    let said = prop::collection::vec((any::<bool>(), version(), version()), 1..7);
    let strategy = said.prop_flat_map(|said| {
        let twice: Vec<usize> = (0..said.len()).chain(0..said.len()).collect();
        (Just(said), Just(twice).prop_shuffle())
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&strategy, |(said, order)| {
            let held = runtime.block_on(async {
                let bench = Bench::new().await;
                for at in order {
                    bench.send(&report(&bench, at as u64 + 1, &said[at])).await;
                }
                assert_eq!(bench.count("report").await, said.len() as i64);
                let row = bench.store.device(bench.device.as_str()).await.unwrap().unwrap();
                let held = bench.texts().await;
                assert_eq!(row.state_digest.as_deref(), Some(digest(&held).as_str()));
                held
            });
            prop_assert_eq!(held, expected(&said));
            Ok(())
        })
        .unwrap();
}
