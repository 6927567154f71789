//! Taking over a list of units as of a day: equal rows change nothing, others close the old version.

use super::{Store, WriteTransaction};
use crate::inventory::{Unit, unit::Level};
use anyhow::{Context, Result};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UnitImport {
    pub opened: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub closed: usize,
}

#[derive(FromRow)]
struct Version {
    code: String,
    valid_from: String,
    valid_to: Option<String>,
    parent_code: Option<String>,
    level: String,
    kind: String,
    name: String,
    full_name: String,
}

impl Version {
    fn says(&self, unit: &Unit) -> bool {
        self.parent_code == unit.parent
            && Level::parse(&self.level) == Some(unit.level)
            && self.kind == unit.kind
            && self.name == unit.name
            && self.full_name == unit.full_name
    }

    fn covers(&self, day: &str) -> bool {
        self.valid_from.as_str() <= day && self.valid_to.as_deref().is_none_or(|end| end > day)
    }
}

type Versions = BTreeMap<String, Vec<Version>>;

impl Store {
    /// `complete`: units that are not named end on `on`.
    pub async fn import_units(&self, units: &[Unit], on: Date, complete: bool) -> Result<UnitImport> {
        let day = on.to_string();
        let mut tx = self.begin().await?;
        let versions = all_versions(&mut tx).await?;
        let mut done = UnitImport::default();
        let mut touched = BTreeSet::new();
        for unit in units {
            let known = versions.get(&unit.code).map(Vec::as_slice).unwrap_or_default();
            if take_over(&mut tx, unit, known, &day, &mut done).await? {
                touched.insert(unit.code.as_str());
            }
        }
        if complete {
            let named: BTreeSet<&str> = units.iter().map(|unit| unit.code.as_str()).collect();
            for version in versions.values().flatten() {
                if version.covers(&day) && !named.contains(version.code.as_str()) {
                    close(&mut tx, version, &day).await?;
                    done.closed += 1;
                    touched.insert(version.code.as_str());
                }
            }
        }
        let touched = touched.into_iter().map(str::to_owned).collect();
        tx.enqueue_units_below(touched, Timestamp::now()).await?;
        tx.commit().await?;
        self.trees.forget();
        Ok(done)
    }
}

async fn all_versions(tx: &mut WriteTransaction) -> Result<Versions> {
    let rows: Vec<Version> = sqlx::query_as(
        "SELECT code, valid_from, valid_to, parent_code, level, kind, name, full_name FROM unit ORDER BY code, valid_from",
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut versions = Versions::new();
    for row in rows {
        versions.entry(row.code.clone()).or_default().push(row);
    }
    Ok(versions)
}

/// Whether anything changed.
async fn take_over(
    tx: &mut WriteTransaction,
    unit: &Unit,
    known: &[Version],
    day: &str,
    done: &mut UnitImport,
) -> Result<bool> {
    let current = known.iter().find(|version| version.covers(day));
    if current.is_some_and(|version| version.says(unit)) {
        done.unchanged += 1;
        return Ok(false);
    }
    let next = known.iter().filter(|version| version.valid_from.as_str() > day).min_by_key(|v| &v.valid_from);
    match current {
        Some(version) => {
            close(tx, version, day).await?;
            open(tx, unit, day, version.valid_to.as_deref()).await?;
            done.changed += 1;
        }
        None => {
            open(tx, unit, day, next.map(|version| version.valid_from.as_str())).await?;
            done.opened += 1;
        }
    }
    Ok(true)
}

/// A version that began on this very day never was.
async fn close(tx: &mut WriteTransaction, version: &Version, day: &str) -> Result<()> {
    let query = if version.valid_from == day {
        sqlx::query("DELETE FROM unit WHERE code = $1 AND valid_from = $2")
            .bind(&version.code)
            .bind(&version.valid_from)
    } else {
        sqlx::query("UPDATE unit SET valid_to = $3 WHERE code = $1 AND valid_from = $2")
            .bind(&version.code)
            .bind(&version.valid_from)
            .bind(day)
    };
    query.execute(&mut **tx).await?;
    Ok(())
}

async fn open(tx: &mut WriteTransaction, unit: &Unit, day: &str, until: Option<&str>) -> Result<()> {
    sqlx::query(
        "INSERT INTO unit (code, valid_from, valid_to, parent_code, level, kind, name, full_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&unit.code)
    .bind(day)
    .bind(until)
    .bind(&unit.parent)
    .bind(unit.level.as_str())
    .bind(&unit.kind)
    .bind(&unit.name)
    .bind(&unit.full_name)
    .execute(&mut **tx)
    .await
    .with_context(|| format!("unit {}", unit.code))?;
    Ok(())
}
