use super::Store;
use crate::inventory::{Unit, unit::Level};
use anyhow::{Context, Result};
use jiff::civil::Date;
use sqlx::FromRow;

#[derive(FromRow)]
pub(super) struct UnitRow {
    pub code: String,
    pub parent_code: Option<String>,
    pub level: String,
    pub kind: String,
    pub name: String,
    pub full_name: String,
}

impl TryFrom<UnitRow> for Unit {
    type Error = anyhow::Error;

    fn try_from(row: UnitRow) -> Result<Self> {
        let level = Level::parse(&row.level)
            .with_context(|| format!("unit {} in the store: level {:?}", row.code, row.level))?;
        let UnitRow { code, parent_code: parent, kind, name, full_name, .. } = row;
        Ok(Self { code, parent, level, kind, name, full_name })
    }
}

/// `$1` is the date.
const VALID: &str = "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)";

fn units(rows: Vec<UnitRow>) -> Result<Vec<Unit>> {
    rows.into_iter().map(Unit::try_from).collect()
}

fn select(condition: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!(
        "SELECT code, parent_code, level, kind, name, full_name FROM unit WHERE {VALID} AND {condition} ORDER BY code"
    ))
}

impl Store {
    pub async fn unit(&self, code: &str, on: Date) -> Result<Option<Unit>> {
        let row: Option<UnitRow> = sqlx::query_as(select("code = $2"))
            .bind(on.to_string())
            .bind(code)
            .fetch_optional(self.reader())
            .await?;
        row.map(Unit::try_from).transpose()
    }

    /// Every unit of that day, in order of code.
    pub async fn units(&self, on: Date) -> Result<Vec<Unit>> {
        let rows = sqlx::query_as(select("1 = 1")).bind(on.to_string()).fetch_all(self.reader()).await?;
        units(rows)
    }

    /// Units without a parent, in order of code.
    pub async fn root_units(&self, on: Date) -> Result<Vec<Unit>> {
        let rows = sqlx::query_as(select("parent_code IS NULL"))
            .bind(on.to_string())
            .fetch_all(self.reader())
            .await?;
        units(rows)
    }

    pub async fn children(&self, code: &str, on: Date) -> Result<Vec<Unit>> {
        let rows = sqlx::query_as(select("parent_code = $2"))
            .bind(on.to_string())
            .bind(code)
            .fetch_all(self.reader())
            .await?;
        units(rows)
    }

    /// The unit and everything below it, parents before children, siblings in order of code. Empty where
    /// there is no such unit on that day.
    pub async fn subtree(&self, code: &str, on: Date) -> Result<Vec<Unit>> {
        let rows: Vec<UnitRow> = sqlx::query_as(
            "WITH RECURSIVE below (code, parent_code, level, kind, name, full_name, place, depth) AS (
                SELECT code, parent_code, level, kind, name, full_name, code, 0 FROM unit
                WHERE code = $2 AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
                UNION ALL
                SELECT u.code, u.parent_code, u.level, u.kind, u.name, u.full_name, b.place || '/' || u.code, b.depth + 1
                FROM unit u JOIN below b ON u.parent_code = b.code
                WHERE u.valid_from <= $1 AND (u.valid_to IS NULL OR u.valid_to > $1) AND b.depth < 16
            ) SELECT code, parent_code, level, kind, name, full_name FROM below ORDER BY place",
        )
        .bind(on.to_string())
        .bind(code)
        .fetch_all(self.reader())
        .await?;
        units(rows)
    }

    /// From the root down to the unit itself.
    pub async fn unit_path(&self, code: &str, on: Date) -> Result<Vec<Unit>> {
        let rows: Vec<UnitRow> = sqlx::query_as(
            "WITH RECURSIVE above (code, parent_code, level, kind, name, full_name, height) AS (
                SELECT code, parent_code, level, kind, name, full_name, 0 FROM unit
                WHERE code = $2 AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
                UNION ALL
                SELECT u.code, u.parent_code, u.level, u.kind, u.name, u.full_name, a.height + 1
                FROM unit u JOIN above a ON u.code = a.parent_code
                WHERE u.valid_from <= $1 AND (u.valid_to IS NULL OR u.valid_to > $1) AND a.height < 16
            ) SELECT code, parent_code, level, kind, name, full_name FROM above ORDER BY height DESC",
        )
        .bind(on.to_string())
        .bind(code)
        .fetch_all(self.reader())
        .await?;
        units(rows)
    }

    /// Whether `code` is `ancestor` or lies below it.
    pub async fn is_at_or_below(&self, code: &str, ancestor: &str, on: Date) -> Result<bool> {
        Ok(self.unit_path(code, on).await?.iter().any(|unit| unit.code == ancestor))
    }
}
