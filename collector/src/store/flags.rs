use super::{CODES_PER_QUERY, Store, WriteTransaction, list::push_list, time};
use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, QueryBuilder, Sqlite};

/// A flag as stored. Open while `closed_at` is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flag {
    pub id: String,
    pub rule: String,
    pub unit: String,
    pub device: Option<String>,
    pub system: Option<String>,
    pub since: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub evidence: Value,
}

#[derive(FromRow)]
pub(super) struct FlagRow {
    id: String,
    rule: String,
    unit_code: String,
    device: Option<String>,
    system: Option<String>,
    since: String,
    closed_at: Option<String>,
    evidence: String,
}

impl TryFrom<FlagRow> for Flag {
    type Error = anyhow::Error;

    fn try_from(row: FlagRow) -> Result<Self> {
        Ok(Self {
            since: time::parse(&row.since)?,
            closed_at: time::parse_optional(row.closed_at.as_deref())?,
            evidence: serde_json::from_str(&row.evidence)
                .with_context(|| format!("flag {}: evidence", row.id))?,
            id: row.id,
            rule: row.rule,
            unit: row.unit_code,
            device: row.device,
            system: row.system,
        })
    }
}

const SELECT: &str =
    "SELECT id, rule, unit_code, device, system, since, closed_at, evidence FROM flag WHERE ";
const ORDER: &str = " ORDER BY unit_code, rule, system, device";

impl Store {
    /// Open flags of these units, in order of unit, rule, system, device.
    pub async fn open_flags(&self, units: &[String]) -> Result<Vec<Flag>> {
        let mut flags = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(SELECT);
            query.push("closed_at IS NULL AND unit_code IN (");
            push_list(&mut query, codes);
            query.push(")").push(ORDER);
            for row in query.build_query_as::<FlagRow>().fetch_all(self.reader()).await? {
                flags.push(Flag::try_from(row)?);
            }
        }
        Ok(flags)
    }

    pub async fn all_open_flags(&self) -> Result<Vec<Flag>> {
        let sql = format!("{SELECT} closed_at IS NULL {ORDER}");
        let rows: Vec<FlagRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(self.reader()).await?;
        rows.into_iter().map(Flag::try_from).collect()
    }
}

impl WriteTransaction {
    pub async fn open_flag(&mut self, flag: &Flag) -> Result<()> {
        sqlx::query(
            "INSERT INTO flag (id, rule, unit_code, device, system, since, evidence)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&flag.id)
        .bind(&flag.rule)
        .bind(&flag.unit)
        .bind(&flag.device)
        .bind(&flag.system)
        .bind(time::text(flag.since))
        .bind(flag.evidence.to_string())
        .execute(&mut **self)
        .await?;
        Ok(())
    }

    pub async fn close_flag(&mut self, id: &str, at: Timestamp) -> Result<()> {
        sqlx::query("UPDATE flag SET closed_at = $2 WHERE id = $1")
            .bind(id)
            .bind(time::text(at))
            .execute(&mut **self)
            .await?;
        Ok(())
    }

    pub async fn set_flag_evidence(&mut self, id: &str, evidence: &Value) -> Result<()> {
        sqlx::query("UPDATE flag SET evidence = $2 WHERE id = $1")
            .bind(id)
            .bind(evidence.to_string())
            .execute(&mut **self)
            .await?;
        Ok(())
    }
}
