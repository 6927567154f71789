//! Against a real store.

use super::{
    Store,
    checks::{CheckSubject, NewCheck},
    declarations::NewDeclaration,
    derived::WorkKind,
    pages::figures::UnitFigures,
    time,
};
use crate::inventory::{
    Unit,
    peripheral::PeripheralSighting,
    testing::{UNIT, check, computer, days_ago, now},
    unit::Level,
};
use jiff::{SignedDuration, Timestamp, civil::date};
use serde_json::json;

struct Office {
    store: Store,
    _folder: tempfile::TempDir,
}

fn unit(code: &str, parent: Option<&str>, name: &str) -> Unit {
    Unit {
        code: code.into(),
        parent: parent.map(Into::into),
        level: Level::Commune,
        kind: "x".into(),
        name: name.into(),
        full_name: name.into(),
    }
}

impl Office {
    /// A district with two wards.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let units = [
            unit("760", None, "Quận 1"),
            unit(UNIT, Some("760"), "Phường Bến Thành"),
            unit("26740", Some("760"), "Phường Bến Nghé"),
        ];
        store.import_units(&units, date(2024, 1, 1), false).await.unwrap();
        Self { store, _folder: folder }
    }

    async fn execute(&self, sql: &'static str, values: &[&str]) {
        let mut tx = self.store.begin().await.unwrap();
        let query = values.iter().fold(sqlx::query(sql), |query, value| query.bind((*value).to_owned()));
        query.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn device(&self, id: &str) {
        self.execute(
            "INSERT INTO device (id, unit_code, state, origin, enrolled_at, last_seen_at, last_report_at)
             VALUES ($1, $2, 'active', 'observed', $3, $4, $4)",
            &[id, UNIT, &time::text(days_ago(40)), &time::text(now())],
        )
        .await;
        let mut tx = self.store.begin().await.unwrap();
        tx.set_facts(&computer(id), "{}", now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A card reader without a serial number in a port of the device.
    async fn sees_reader(&self, device: &str, first: i64, last: i64) {
        let peripheral = json!({"kind": "card-reader", "connection": "usb", "name": "ACR39", "present": true,
            "classified_by": "usb-table", "bus_path": "1-2", "first_seen_at": days_ago(first), "last_seen_at": days_ago(last)});
        let sighting = PeripheralSighting {
            device: device.into(),
            unit: UNIT.into(),
            identity: format!("host:{device}:1-2"),
            peripheral: serde_json::from_value(peripheral).unwrap(),
            first_seen_at: days_ago(first),
            last_seen_at: days_ago(last),
        };
        let mut tx = self.store.begin().await.unwrap();
        tx.see_peripheral(&sighting).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn done(&self) {
        self.execute("DELETE FROM derived_work", &[]).await;
    }

    async fn pending(&self, kind: WorkKind, at: Timestamp) -> Vec<String> {
        let works = self.store.due_work(kind, at, 100).await.unwrap();
        let mut subjects: Vec<String> = works.into_iter().map(|work| work.subject).collect();
        subjects.sort();
        subjects
    }
}

#[tokio::test]
async fn a_reader_without_a_serial_goes_on_with_its_reinstalled_computer() {
    let office = Office::new().await;
    office.device("old").await;
    office.sees_reader("old", 20, 3).await;
    let checked = |subject: &str, kind| NewCheck { kind, subject: subject.into(), check: check() };
    let checks = [checked("host:old:1-2", CheckSubject::Peripheral), checked("old", CheckSubject::Device)];
    office.store.record_checks(&checks, "test").await.unwrap();
    office.device("new").await;
    office.sees_reader("new", 0, 0).await;
    let mut tx = office.store.begin().await.unwrap();
    tx.continue_device("old", "new", "test", now()).await.unwrap();
    tx.commit().await.unwrap();

    let inventory = office.store.inventory(&[UNIT.to_owned()], now()).await.unwrap().remove(0);
    let [reader] = inventory.peripherals.try_into().unwrap();
    assert_eq!(
        (reader.identity.as_str(), reader.devices.as_slice()),
        ("host:new:1-2", &["new".to_owned()][..])
    );
    assert_eq!((reader.first_seen_at, reader.last_seen_at), (days_ago(20), now()));
    assert_eq!(reader.check, Some(check()));
    let [device] = inventory.devices.try_into().unwrap();
    assert_eq!((device.device.as_str(), device.check), ("new", Some(check())));
}

#[tokio::test]
async fn renaming_a_unit_reaches_the_documents_of_those_below() {
    let office = Office::new().await;
    office.done().await;
    let same = unit(UNIT, Some("760"), "Phường Bến Thành");
    office.store.import_units(&[same], date(2024, 5, 1), false).await.unwrap();
    assert_eq!(office.pending(WorkKind::Unit, Timestamp::now()).await, [""; 0]);
    let renamed = unit("760", None, "Quận Nhất");
    office.store.import_units(&[renamed], date(2024, 5, 1), false).await.unwrap();
    assert_eq!(office.pending(WorkKind::Unit, Timestamp::now()).await, ["26740", UNIT, "760"]);
}

#[tokio::test]
async fn a_unit_that_ends_some_day_is_made_again_on_that_day() {
    let office = Office::new().await;
    let moved = unit("26740", None, "Phường Sài Gòn");
    office.store.import_units(&[moved], date(2026, 11, 21), false).await.unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    // Until midnight in Viet Nam nothing has turned.
    office.store.enqueue_clock(at("2026-11-20T10:00:00Z")).await.unwrap();
    office.done().await;
    office.store.enqueue_clock(at("2026-11-20T16:59:59Z")).await.unwrap();
    assert_eq!(office.pending(WorkKind::Unit, Timestamp::MAX).await, [""; 0]);
    office.store.enqueue_clock(at("2026-11-20T17:00:00Z")).await.unwrap();
    assert_eq!(office.pending(WorkKind::Unit, Timestamp::MAX).await, ["26740"]);
}

#[tokio::test]
async fn a_look_ahead_waits_for_its_moment_and_for_nobody() {
    let office = Office::new().await;
    office.done().await;
    let later = now() + SignedDuration::from_mins(18);
    let mut tx = office.store.begin().await.unwrap();
    tx.enqueue_clock_at(UNIT, later).await.unwrap();
    tx.enqueue_clock_at(UNIT, later + SignedDuration::from_mins(5)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(office.pending(WorkKind::Clock, now()).await, [""; 0]);
    assert!(!office.store.has_untried_work(WorkKind::Clock, now()).await.unwrap());
    assert_eq!(office.pending(WorkKind::Clock, later).await, [UNIT]);
    // The hourly look does not wait for it.
    office.device("a").await;
    office.store.enqueue_clock(now()).await.unwrap();
    assert_eq!(office.pending(WorkKind::Clock, now()).await, [UNIT]);
}

#[tokio::test]
async fn what_was_withdrawn_is_declared_no_more() {
    let office = Office::new().await;
    let declare = |value: Option<&str>| NewDeclaration {
        unit: UNIT.into(),
        system: String::new(),
        field: "line.1".into(),
        value: value.map(str::to_owned),
        declared_by: "An".into(),
        declared_on: date(2026, 11, 1),
    };
    office.store.declare(&[declare(Some("VNPT 50 Mbps"))], "test").await.unwrap();
    assert_eq!(office.store.declaring_units().await.unwrap(), [UNIT]);
    office.store.declare(&[declare(None)], "test").await.unwrap();
    assert_eq!(office.store.declaring_units().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn figures_of_a_unit_are_kept_and_replaced() {
    let office = Office::new().await;
    for (lines, peripherals) in [(2, 3), (0, 0)] {
        let mut tx = office.store.begin().await.unwrap();
        let figures = UnitFigures { lines, peripherals, equipment_compared: lines, equipment_open: 1 };
        tx.set_unit_figures(UNIT, figures).await.unwrap();
        tx.commit().await.unwrap();
        let known = lines > 0;
        assert_eq!(office.store.units_with_lines().await.unwrap().len(), usize::from(known));
        assert_eq!(office.store.peripheral_counts().await.unwrap().len(), usize::from(known));
        let compared = office.store.equipment_compared().await.unwrap();
        assert_eq!(compared, if known { vec![(UNIT.to_owned(), 1)] } else { Vec::new() });
    }
}

#[tokio::test]
async fn a_person_confirms_once_who_goes_on_as_whom() {
    let office = Office::new().await;
    for id in ["old", "new", "other"] {
        office.device(id).await;
    }
    let confirm = |old: &'static str, new: &'static str| {
        let store = office.store.clone();
        async move { store.confirm_continuation(old, new, "An").await.map_err(|error| error.to_string()) }
    };
    assert_eq!(confirm("old", "old").await, Err("device old cannot go on as itself".into()));
    assert_eq!(confirm("old", "new").await, Ok(()));
    let row = |id: &'static str| {
        let store = office.store.clone();
        async move { store.device(id).await.unwrap().unwrap() }
    };
    assert_eq!((row("old").await.state, row("new").await.continues), ("retired".into(), Some("old".into())));
    assert_eq!(confirm("old", "other").await, Err("device old goes on as new already".into()));
    assert_eq!(confirm("other", "new").await, Err("device new goes on as old already".into()));
    assert_eq!(confirm("new", "old").await, Err("device old has no agent that may report".into()));
    office.execute("UPDATE device SET connected = 1 WHERE id = $1", &["new"]).await;
    let connected = Err("device new is connected: it is another computer".to_owned());
    assert_eq!(confirm("new", "other").await, connected);
    office.execute("UPDATE device SET unit_code = '26740' WHERE id = $1", &["other"]).await;
    let elsewhere = Err("device new is in unit 26743, other in 26740: move one of them".to_owned());
    assert_eq!(confirm("new", "other").await, elsewhere);
}
