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
use std::{collections::BTreeMap, fs};
use tempfile::TempDir;

const UNIT: &str = "26746";

/// What was sent so far.
struct Sent {
    kinds: Vec<String>,
    /// The report that brought each section last.
    brought: BTreeMap<String, u64>,
}

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

    fn sent(&self) -> Sent {
        runtime().block_on(async {
            let mut database = Database::open(&self.collector).await;
            let reports = database.reports(&self.device).await;
            let kinds = reports.into_iter().map(|report| report.kind).collect();
            Sent { kinds, brought: database.sections(&self.device).await }
        })
    }

    /// The first time to the collector, measured within a minute of the start, is news to the scan after it.
    fn scan_until_nothing_is_new(&self) -> Sent {
        let nothing_is_new = || self.agent.log().contains("nothing new");
        for sent in 2..=3 {
            self.scan();
            wait_for("the scan ends", || (nothing_is_new() || self.sent().kinds.len() == sent).then_some(()));
            if nothing_is_new() {
                break;
            }
        }
        self.sent()
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
    let before = office.scan_until_nothing_is_new();
    assert!(before.kinds == ["full"] || before.kinds == ["full", "delta"], "{:?}", before.kinds);
    let news: Vec<_> = before.brought.iter().filter(|(_, report)| **report > 1).collect();
    assert_eq!(news.len(), before.kinds.len() - 1, "{news:?}");
    assert!(news.iter().all(|(section, _)| *section == "load"), "{news:?}");

    fs::remove_dir_all(office.root.path().join(USB).join("1-1")).unwrap();
    office.scan();
    let after = wait_for("the token is missed", || {
        Some(office.sent()).filter(|sent| sent.kinds.len() > before.kinds.len())
    });
    assert_eq!(after.kinds, [before.kinds, vec!["delta".to_owned()]].concat());
    let mut expected = before.brought;
    expected.insert("peripheral".to_owned(), after.kinds.len() as u64);
    // Its first time to the collector may have come in between.
    expected.insert("load".to_owned(), after.brought["load"]);
    assert_eq!(after.brought, expected);
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
    assert!(held.contains_key("hardware"), "{held:?}");
}

async fn lose_section(collector: &Collector, name: &str) {
    let options = SqliteConnectOptions::new().filename(collector.data().join("kiemke.sqlite"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let lost =
        sqlx::query("DELETE FROM device_section WHERE name = $1").bind(name).execute(&mut connection).await;
    assert_eq!(lost.unwrap().rows_affected(), 1);
    connection.close().await.unwrap();
}
