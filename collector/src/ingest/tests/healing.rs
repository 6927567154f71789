use super::support::{Bench, Texts, UUID, software, stored, texts};
use crate::ingest::Verdict;
use kiemke_schemas::SectionName;

fn hardware(uuid: &str) -> Texts {
    let text = format!(r#"{{"value":{{"uuid":"{uuid}","board":{{"serial":"BRD-0001"}}}}}}"#);
    Texts::from([(SectionName::Hardware, text)])
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_report_a_full_one_is_asked_for_once() {
    let bench = Bench::new().await;
    bench.send(&bench.full((1, 1), &texts("WD", "5.2"))).await;
    // (1, 2) changed the disk and never came.
    let sent = Texts::from([(SectionName::Software, software("5.3"))]);
    let delta = bench.delta((1, 3), &sent, &texts("Samsung", "5.3"));
    assert_eq!(bench.send(&delta).await, Verdict::Stored { boot: 1, sequence: 3, order: true });
    assert_eq!(bench.texts().await, texts("WD", "5.3"));
    let sent = Texts::from([(SectionName::Software, software("5.4"))]);
    assert_eq!(bench.send(&bench.delta((1, 4), &sent, &texts("Samsung", "5.4"))).await, stored(1, 4));
    assert_eq!(bench.orders().await, [r#"{"command":"send-full"}"#]);
    bench.send(&bench.full((1, 5), &texts("Samsung", "5.4"))).await;
    assert_eq!(bench.texts().await, texts("Samsung", "5.4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_that_agrees_asks_for_nothing() {
    let bench = Bench::new().await;
    bench.send(&bench.full((1, 1), &texts("WD", "5.2"))).await;
    let sent = Texts::from([(SectionName::Software, software("5.3"))]);
    assert_eq!(bench.send(&bench.delta((1, 2), &sent, &texts("WD", "5.3"))).await, stored(1, 2));
    assert_eq!(bench.orders().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_of_another_machine_never_become_facts_of_this_one() {
    let bench = Bench::new().await;
    assert_eq!(bench.send(&bench.full((1, 1), &hardware(UUID))).await, stored(1, 1));
    let clone = bench.full((1, 2), &hardware("9e4c4544-0042-4810-8056-b4c04f4d3299"));
    let Verdict::Refused { boot: 1, sequence: 2, reason, order: true } = bench.send(&clone).await else {
        panic!("not refused");
    };
    assert!(reason.starts_with("identity-cloned: section hardware: UUID 9e4c4544"), "{reason}");
    assert_eq!(bench.texts().await, hardware(UUID));
    assert_eq!(bench.count("report").await, 1);
    let orders = bench.orders().await;
    assert!(orders.len() == 1 && orders[0].starts_with(r#"{"command":"enrol-anew""#), "{orders:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_years_off_is_accepted_and_decides_nothing() {
    let bench = Bench::new().await;
    let mut report = bench.full((1, 1), &texts("WD", "5.2"));
    report.created_at = "2031-05-01T00:00:00Z".parse().unwrap();
    assert_eq!(bench.send(&report).await, stored(1, 1));
    let mut report = bench.full((1, 2), &texts("WD", "5.3"));
    report.created_at = "2001-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(bench.send(&report).await, stored(1, 2));
    assert_eq!(bench.texts().await, texts("WD", "5.3"));
    let row = bench.store.device(bench.device.as_str()).await.unwrap().unwrap();
    assert_eq!(row.clock_skew_seconds, Some(-736_214_400));
}
