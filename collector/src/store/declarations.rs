use super::{CODES_PER_QUERY, Store, list::push_list, time};
use crate::inventory::{Declarations, Declared};
use anyhow::Result;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder, Sqlite};
use std::collections::{BTreeMap, BTreeSet};

/// One declared value to record; an empty `system` is the unit itself, no `value` withdraws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeclaration {
    pub unit: String,
    pub system: String,
    pub field: String,
    pub value: Option<String>,
    pub declared_by: String,
    pub declared_on: Date,
}

/// One row of the history of a declared value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct DeclarationRow {
    pub unit_code: String,
    pub system: String,
    pub field: String,
    pub value: Option<String>,
    pub declared_by: String,
    pub declared_on: String,
    pub recorded_at: String,
    pub recorded_by: String,
}

const COLUMNS: &str = "unit_code, system, field, value, declared_by, declared_on, recorded_at, recorded_by";

impl Store {
    /// Records all or none. A value equal to the current one in every part adds no row.
    /// Gives the number of rows added.
    pub async fn declare(&self, rows: &[NewDeclaration], actor: &str) -> Result<usize> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let mut added = 0;
        let mut units = BTreeSet::new();
        for row in rows {
            let done = sqlx::query(
                "INSERT INTO declaration
                   (unit_code, system, field, value, declared_by, declared_on, recorded_at, recorded_by)
                 SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (
                   SELECT 1 FROM declaration d WHERE d.id = (
                     SELECT MAX(id) FROM declaration WHERE unit_code = $1 AND system = $2 AND field = $3)
                   AND COALESCE(d.value, '') = COALESCE($4, '') AND (d.value IS NULL) = ($4 IS NULL)
                   AND d.declared_by = $5 AND d.declared_on = $6)",
            )
            .bind(&row.unit)
            .bind(&row.system)
            .bind(&row.field)
            .bind(&row.value)
            .bind(&row.declared_by)
            .bind(row.declared_on.to_string())
            .bind(time::text(now))
            .bind(actor)
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() > 0 {
                added += 1;
                units.insert(row.unit.as_str());
            }
        }
        for unit in units {
            tx.enqueue_unit(unit, now).await?;
        }
        tx.commit().await?;
        Ok(added)
    }

    /// Current declarations of these units; a unit without any is not in the map.
    pub async fn declarations(&self, units: &[String]) -> Result<BTreeMap<String, Declarations>> {
        let mut found = BTreeMap::<String, Declarations>::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(format!(
                "SELECT {COLUMNS} FROM declaration WHERE id IN (
                   SELECT MAX(id) FROM declaration WHERE unit_code IN ("
            ));
            push_list(&mut query, codes);
            query.push(") GROUP BY unit_code, system, field) AND value IS NOT NULL");
            for row in query.build_query_as::<DeclarationRow>().fetch_all(self.reader()).await? {
                let Some(value) = row.value else { continue };
                let declared = Declared {
                    value,
                    declared_by: row.declared_by,
                    declared_on: time::parse_date(&row.declared_on)?,
                };
                let of_unit = found.entry(row.unit_code).or_default();
                of_unit.0.entry(row.system).or_default().insert(row.field, declared);
            }
        }
        Ok(found)
    }

    /// Every value ever declared for a unit, newest first.
    pub async fn declaration_history(&self, unit: &str) -> Result<Vec<DeclarationRow>> {
        let sql = format!("SELECT {COLUMNS} FROM declaration WHERE unit_code = $1 ORDER BY id DESC");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).fetch_all(self.reader()).await?)
    }
}
