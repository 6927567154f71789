//! A real agent that reads a recorded tree: what it sends when something changes and when nothing does, and how
//! a collector that lost something is made whole.

use crate::support::{
    agent::Agent,
    collector::Collector,
    database::Database,
    machine::{USB, office, plug},
    runtime, wait_for,
};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fs, time::Duration};
use tempfile::TempDir;

const UNIT: &str = "26746";

struct Office {
    collector: Collector,
    root: TempDir,
    agent: Agent,
    device: String,
}

impl Office {
    fn open() -> Self {
        let (collector, root) = (Collector::with_units(), office());
        let mut agent = Agent::enrol_on(root.path(), &collector, &collector.token("760"), UNIT);
        agent.start();
        let device = agent.device();
        let office = Self { collector, root, agent, device };
        office.wait_for_reports(&["full"]);
        office
    }

    /// (sequence, kind) of all reports, once there are so many.
    fn wait_for_reports(&self, kinds: &[&str]) {
        let runtime = runtime();
        let seen = wait_for("the reports are stored", || {
            let reports =
                runtime.block_on(async { Database::open(&self.collector).await.reports(&self.device).await });
            (reports.len() >= kinds.len()).then_some(reports)
        });
        let seen: Vec<_> =
            seen.iter().map(|report| (report.boot, report.sequence, report.kind.as_str())).collect();
        let expected: Vec<_> = kinds.iter().zip(1..).map(|(kind, sequence)| (1, sequence, *kind)).collect();
        assert_eq!(seen, expected, "{}", self.agent.log());
    }

    fn kinds(&self) -> Vec<String> {
        let reports =
            runtime().block_on(async { Database::open(&self.collector).await.reports(&self.device).await });
        reports.into_iter().map(|report| report.kind.as_str().to_owned()).collect()
    }

    /// What moves by itself right after the start, on a busy machine, may be news to the first scans.
    fn scan_until_nothing_is_new(&self) {
        for _ in 0..20 {
            self.scan();
            for _ in 0..50 {
                if self.agent.log().contains("nothing new") {
                    return;
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        }
        panic!("every scan found something new: {}", self.agent.log());
    }

    fn scan(&self) {
        self.collector.command(&["device", "scan", &self.device]);
    }

    fn tokens(&self) -> String {
        let rows = self.collector.json(&["export", "equipment", "--unit", UNIT, "--format", "json"]);
        let found =
            find(&rows, "Tổng số lượng USB Token").unwrap_or_else(|| panic!("no cell about tokens: {rows}"));
        found.to_owned()
    }
}

/// The first text that holds `part`, at any depth.
fn find<'a>(value: &'a Value, part: &str) -> Option<&'a str> {
    match value {
        Value::String(text) => text.contains(part).then_some(text),
        Value::Object(map) => map.values().find_map(|value| find(value, part)),
        Value::Array(list) => list.iter().find_map(|value| find(value, part)),
        _ => None,
    }
}

#[test]
fn nothing_new_sends_nothing_and_a_token_that_was_taken_out_still_counts() {
    let office = Office::open();
    assert!(office.tokens().starts_with("Tổng số lượng USB Token: 1/"), "{}", office.tokens());
    office.scan_until_nothing_is_new();
    let before = office.kinds();
    fs::remove_dir_all(office.root.path().join(USB).join("1-1")).unwrap();
    office.scan();
    let kinds = wait_for("the token is missed", || Some(office.kinds()).filter(|kinds| *kinds != before));
    assert_eq!(kinds, [before, vec!["delta".to_owned()]].concat());
    assert!(office.tokens().starts_with("Tổng số lượng USB Token: 1/"), "{}", office.tokens());
    let changes = runtime().block_on(async {
        Database::open(&office.collector).await.changes(&office.device, "peripheral", "/present").await
    });
    assert_eq!(changes.last().and_then(|change| change.new.as_deref()), Some("false"));
}

#[test]
fn a_token_that_was_taken_home_for_the_night_still_belongs_to_the_computer() {
    let mut office = Office::open();
    office.agent.kill();
    fs::remove_dir_all(office.root.path().join(USB).join("1-1")).unwrap();
    office.agent.start();
    let runtime = runtime();
    wait_for("the computer misses its token", || {
        let changes = runtime.block_on(async {
            Database::open(&office.collector).await.changes(&office.device, "peripheral", "/present").await
        });
        (changes.last()?.new.as_deref() == Some("false")).then_some(())
    });
    assert!(office.tokens().starts_with("Tổng số lượng USB Token: 1/"), "{}", office.tokens());
}

#[test]
fn a_collector_that_lost_a_section_is_sent_everything_anew() {
    let mut office = Office::open();
    office.collector.kill();
    runtime().block_on(lose_section(&office.collector, "hardware"));
    office.collector.serve();
    plug(
        office.root.path(),
        "1-2",
        &[("idVendor", "072f\n"), ("idProduct", "90cc\n"), ("product", "CCID USB Reader\n")],
    );
    office.scan();
    office.wait_for_reports(&["full", "delta", "full"]);
    let held =
        runtime().block_on(async { Database::open(&office.collector).await.sections(&office.device).await });
    assert!(held.contains("hardware"), "{held:?}");
}

async fn lose_section(collector: &Collector, name: &str) {
    let options = SqliteConnectOptions::new().filename(collector.data().join("kiemke.sqlite"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let lost =
        sqlx::query("DELETE FROM device_section WHERE name = $1").bind(name).execute(&mut connection).await;
    assert_eq!(lost.unwrap().rows_affected(), 1);
    connection.close().await.unwrap();
}
