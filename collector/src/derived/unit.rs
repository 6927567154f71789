use super::flags;
use crate::{
    app::App,
    inventory::{
        UnitInventory,
        counting::{self, View},
    },
    remote, rules,
    search::build::{self, DeviceDetails, OpenFlag, UnitSource},
    store::{
        derived::{Work, WorkKind},
        pages::figures::UnitFigures,
        time,
    },
};
use anyhow::Result;
use jiff::Timestamp;
use std::collections::BTreeMap;

const UNITS_AT_ONCE: usize = 500;

/// Flags first, then the documents that carry them, then the work is done: whatever ends in between is done
/// again.
pub async fn derive_all(app: &App, kind: WorkKind, works: &[Work]) -> Result<()> {
    let now = Timestamp::now();
    let codes: Vec<String> = works.iter().map(|work| work.subject.clone()).collect();
    let inventories = app.store.inventory(&codes, now).await?;
    let changed = flags::update(app, &inventories, &codes, now).await?;
    match kind {
        WorkKind::Clock => {
            let changed: Vec<String> = changed.into_iter().collect();
            index(app, &inventories, &changed, now).await?;
        }
        WorkKind::Unit | WorkKind::Device => index(app, &inventories, &codes, now).await?,
    }
    let mut tx = app.store.begin().await?;
    for work in works {
        tx.work_done(kind, work, now).await?;
    }
    let thresholds = app.thresholds();
    for inventory in &inventories {
        let (code, view) = (&inventory.unit.code, View { inventory, thresholds: &thresholds, now });
        let equipment = rules::compared(view);
        let figures = UnitFigures {
            lines: counting::lines_of_unit(view).lines.len(),
            peripherals: counting::counted_things(view).len(),
            equipment_compared: equipment.decided,
            equipment_open: equipment.open,
        };
        tx.set_unit_figures(code, figures).await?;
        if let Some(at) = rules::due(inventory, &thresholds, now) {
            tx.enqueue_clock_at(code, at).await?;
        }
    }
    tx.commit().await?;
    // Settings that cannot be sent now are sent at the next round: flags and search do not wait for them.
    if let Err(error) = remote::follow(app, &codes).await {
        tracing::error!(error = format!("{error:#}"), "settings could not be sent");
    }
    Ok(())
}

async fn index(app: &App, inventories: &[UnitInventory], codes: &[String], now: Timestamp) -> Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    let mut details = BTreeMap::<String, DeviceDetails>::new();
    for (device, json) in app.store.details_of_units(codes).await? {
        details.insert(device, serde_json::from_str(&json)?);
    }
    let mut flags = BTreeMap::<String, Vec<OpenFlag>>::new();
    for flag in app.store.open_flags(codes).await? {
        flags.entry(flag.unit).or_default().push(OpenFlag { rule: flag.rule, device: flag.device });
    }
    let tree = app.store.unit_tree(time::local_date(now)).await?;
    let by_code: BTreeMap<&str, &UnitInventory> =
        inventories.iter().map(|inventory| (inventory.unit.code.as_str(), inventory)).collect();
    let thresholds = app.thresholds();
    for code in codes {
        let Some(inventory) = by_code.get(code.as_str()).copied() else {
            app.search.replace_unit(code, &[])?;
            continue;
        };
        let units = tree.path(code);
        let view = View { inventory, thresholds: &thresholds, now };
        let documents = build::documents(&UnitSource {
            units: &units,
            inventory,
            lines: &counting::lines_of_unit(view).lines,
            flags: flags.get(code).map(Vec::as_slice).unwrap_or_default(),
            details: &details,
            thresholds: &thresholds,
            now,
        });
        tokio::task::block_in_place(|| app.search.replace_unit(code, &documents))?;
    }
    tokio::task::block_in_place(|| app.search.commit(&time::text(now)))?;
    Ok(())
}

/// A unit has a document, and so has each device, thing and line of it.
pub async fn count_documents(app: &App) -> Result<u64> {
    let now = Timestamp::now();
    let units = app.store.units(time::local_date(now)).await?;
    let codes: Vec<String> = units.into_iter().map(|unit| unit.code).collect();
    let (mut count, thresholds) = (0, app.thresholds());
    for part in codes.chunks(UNITS_AT_ONCE) {
        for inventory in &app.store.inventory(part, now).await? {
            let view = View { inventory, thresholds: &thresholds, now };
            let lines = counting::lines_of_unit(view).lines.len();
            count += (1 + inventory.devices.len() + inventory.peripherals.len() + lines) as u64;
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{
        DeviceFacts,
        peripheral::PeripheralSighting,
        testing::{computer, seeing, sighting, unit},
    };
    use jiff::SignedDuration;
    use serde_json::json;

    fn days_ago(days: i64) -> Timestamp {
        Timestamp::now() - SignedDuration::from_hours(24 * days)
    }

    async fn add(app: &App, facts: &DeviceFacts, state: &str) {
        let mut tx = app.store.begin().await.unwrap();
        sqlx::query(
            "INSERT INTO device (id, unit_code, state, origin, enrolled_at, last_seen_at, last_report_at)
             VALUES ($1, $2, $3, 'observed', $4, $5, $5)",
        )
        .bind(&facts.device)
        .bind(&facts.unit)
        .bind(state)
        .bind(time::text(days_ago(90)))
        .bind(time::text(Timestamp::now()))
        .execute(&mut *tx)
        .await
        .unwrap();
        tx.set_facts(facts, "{}", Timestamp::now()).await.unwrap();
        tx.enqueue_unit(&facts.unit, Timestamp::now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn sees_token(app: &App, device: &str, identity: &str, days: i64) {
        let peripheral = json!({"kind": "token", "connection": "usb", "name": "ePass", "present": days == 0,
            "classified_by": "usb-table", "last_seen_at": days_ago(days)});
        let sighting = PeripheralSighting {
            device: device.into(),
            unit: unit().unit.code,
            identity: identity.into(),
            peripheral: serde_json::from_value(peripheral).unwrap(),
            first_seen_at: days_ago(days),
            last_seen_at: days_ago(days),
        };
        let mut tx = app.store.begin().await.unwrap();
        tx.see_peripheral(&sighting).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn pages_count_what_the_forms_count() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).await.unwrap();
        app.store.import_units(&[unit().unit], time::today(), false).await.unwrap();
        let mut line = sighting(45899, 9, 0);
        line.last_seen_at = Timestamp::now();
        // The line of a retired computer is none, and a token that was not seen for 31 days is gone.
        add(&app, &computer("a"), "active").await;
        add(&app, &seeing(computer("b"), &[line.clone()]), "retired").await;
        sees_token(&app, "a", "usb:a:b:0001", 0).await;
        sees_token(&app, "a", "usb:a:b:0002", 31).await;
        app.settle().await.unwrap();
        assert_eq!(app.store.units_with_lines().await.unwrap(), [""; 0]);
        assert_eq!(app.store.peripheral_counts().await.unwrap(), [("26743".to_owned(), 1)]);

        add(&app, &seeing(computer("c"), &[line]), "active").await;
        app.settle().await.unwrap();
        assert_eq!(app.store.units_with_lines().await.unwrap(), ["26743"]);
    }
}
