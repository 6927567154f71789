//! Which version goes to which units, which devices were ordered to take it, and how that ended.

use super::{CODES_PER_QUERY, Store, WriteTransaction, commands, list::push_list, time};
use anyhow::Result;
use jiff::Timestamp;
use kiemke_schemas::command::Body;
use serde_json::json;
use sqlx::{FromRow, QueryBuilder, Sqlite};

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RollOutRow {
    pub id: i64,
    pub version: String,
    pub unit_code: String,
    pub spread_seconds: i64,
    pub started_at: String,
    pub started_by: String,
    pub stopped_at: Option<String>,
    pub stopped_by: Option<String>,
}

/// A device that a roll-out is for, with the last order of that version.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Candidate {
    pub id: String,
    pub host_name: Option<String>,
    pub unit_code: String,
    pub connected: i64,
    pub agent_version: Option<String>,
    pub agent_target: Option<String>,
    pub roll_out: Option<i64>,
    pub expires_at: Option<String>,
    pub outcome: Option<String>,
    pub reason: Option<String>,
    pub told_at: Option<String>,
}

/// What an order says besides its device.
pub struct NewOrder<'a> {
    pub version: &'a str,
    pub roll_out: i64,
    pub body: &'a Body,
}

impl Store {
    pub async fn active_roll_outs(&self) -> Result<Vec<RollOutRow>> {
        Ok(sqlx::query_as("SELECT * FROM roll_out WHERE stopped_at IS NULL ORDER BY id")
            .fetch_all(self.reader())
            .await?)
    }

    /// The newest of each version and unit, stopped or not, newest first.
    pub async fn roll_outs(&self) -> Result<Vec<RollOutRow>> {
        Ok(sqlx::query_as(
            "SELECT * FROM roll_out r WHERE NOT EXISTS
               (SELECT 1 FROM roll_out s WHERE s.version = r.version AND s.unit_code = r.unit_code AND s.id > r.id)
             ORDER BY id DESC",
        )
        .fetch_all(self.reader())
        .await?)
    }

    /// One that runs already for this unit ends: the new one asks devices again that had rejected the version.
    pub async fn start_roll_out(&self, version: &str, unit: &str, spread: u32, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        tx.end_roll_out(version, unit, now, actor).await?;
        sqlx::query(
            "INSERT INTO roll_out (version, unit_code, spread_seconds, started_at, started_by)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(version)
        .bind(unit)
        .bind(i64::from(spread))
        .bind(time::text(now))
        .bind(actor)
        .execute(&mut *tx)
        .await?;
        let detail = json!({"unit": unit, "spread_seconds": spread});
        tx.audit(actor, "release-roll-out", version, &detail, now).await?;
        tx.commit().await
    }

    /// Orders that nobody answered are withdrawn. False where nothing was rolled out there.
    pub async fn stop_roll_out(&self, version: &str, unit: &str, actor: &str) -> Result<bool> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let stopped = tx.end_roll_out(version, unit, now, actor).await?;
        if stopped {
            tx.withdraw_orders(version, unit, now).await?;
            tx.audit(actor, "release-stop", version, &json!({"unit": unit}), now).await?;
        }
        tx.commit().await?;
        Ok(stopped)
    }

    /// Devices of these units that may talk, with what is known of this version there.
    pub async fn candidates(&self, version: &str, units: &[String]) -> Result<Vec<Candidate>> {
        let mut found = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT d.id, d.host_name, d.unit_code, d.connected, d.agent_version, d.agent_target,
                   o.roll_out, o.expires_at, o.outcome, o.reason, o.told_at
                 FROM device d LEFT JOIN release_order o ON o.device = d.id AND o.version = ",
            );
            query.push_bind(version);
            query.push(" WHERE d.state = 'active' AND d.report_key IS NOT NULL AND d.unit_code IN (");
            push_list(&mut query, codes);
            query.push(") ORDER BY d.unit_code, d.host_name, d.id");
            found.extend(query.build_query_as::<Candidate>().fetch_all(self.reader()).await?);
        }
        Ok(found)
    }
}

impl WriteTransaction {
    async fn end_roll_out(&mut self, version: &str, unit: &str, at: Timestamp, actor: &str) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE roll_out SET stopped_at = $3, stopped_by = $4
             WHERE version = $1 AND unit_code = $2 AND stopped_at IS NULL",
        )
        .bind(version)
        .bind(unit)
        .bind(time::text(at))
        .bind(actor)
        .execute(&mut **self)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn withdraw_orders(&mut self, version: &str, unit: &str, at: Timestamp) -> Result<()> {
        const OF_THEM: &str = "version = $1 AND outcome IS NULL AND expires_at > $3
             AND roll_out IN (SELECT id FROM roll_out WHERE version = $1 AND unit_code = $2)";
        for sql in [
            format!(
                "UPDATE command SET expires_at = $3 WHERE EXISTS (SELECT 1 FROM release_order o
                 WHERE o.device = command.device AND o.counter = command.counter AND o.{OF_THEM})"
            ),
            format!("UPDATE release_order SET expires_at = $3 WHERE {OF_THEM}"),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(version)
                .bind(unit)
                .bind(time::text(at))
                .execute(&mut **self)
                .await?;
        }
        Ok(())
    }

    pub async fn order_release(&mut self, device: &str, order: &NewOrder<'_>, now: Timestamp) -> Result<()> {
        let (issued, expires) = (time::text(now), time::text(now.checked_add(commands::EXPIRY)?));
        let counter = self.enqueue_order(device, &serde_json::to_string(order.body)?, now).await?;
        sqlx::query(
            "INSERT INTO release_order (device, version, roll_out, counter, ordered_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (device, version) DO UPDATE SET roll_out = excluded.roll_out,
               counter = excluded.counter, ordered_at = excluded.ordered_at, expires_at = excluded.expires_at,
               outcome = NULL, reason = NULL, told_at = NULL",
        )
        .bind(device)
        .bind(order.version)
        .bind(order.roll_out)
        .bind(counter)
        .bind(issued)
        .bind(expires)
        .execute(&mut **self)
        .await?;
        Ok(())
    }
}
