use super::flags;
use crate::{
    app::App,
    inventory::{
        UnitInventory,
        counting::{self, View},
    },
    remote,
    search::build::{self, DeviceDetails, OpenFlag, UnitSource},
    store::{
        derived::{Work, WorkKind},
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
    for code in codes {
        let Some(inventory) = by_code.get(code.as_str()).copied() else {
            app.search.replace_unit(code, &[])?;
            continue;
        };
        let units = tree.path(code);
        let view = View { inventory, thresholds: &app.thresholds, now };
        let documents = build::documents(&UnitSource {
            units: &units,
            inventory,
            lines: &counting::lines_of_unit(view).lines,
            flags: flags.get(code).map(Vec::as_slice).unwrap_or_default(),
            details: &details,
            thresholds: &app.thresholds,
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
    let mut count = 0;
    for part in codes.chunks(UNITS_AT_ONCE) {
        for inventory in &app.store.inventory(part, now).await? {
            let view = View { inventory, thresholds: &app.thresholds, now };
            let lines = counting::lines_of_unit(view).lines.len();
            count += (1 + inventory.devices.len() + inventory.peripherals.len() + lines) as u64;
        }
    }
    Ok(count)
}
