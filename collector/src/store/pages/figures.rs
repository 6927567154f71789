//! Counts by unit. Only units that have something are in an answer.

use crate::store::{Store, time};
use anyhow::Result;
use jiff::Timestamp;
use sqlx::FromRow;

/// Devices of one unit that are alike in what a page counts.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DeviceGroup {
    pub unit_code: String,
    /// As in `DeviceKind`.
    pub kind: String,
    /// `unknown`, `absent`, `installed`.
    pub protection: String,
    pub devices: i64,
    /// Heard of since the time asked for.
    pub alive: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FlagGroup {
    pub unit_code: String,
    pub rule: String,
    pub open_now: i64,
    pub open_then: i64,
}

impl Store {
    /// Devices that count (heard of since `counts_since`), those heard of since `alive_since` told apart.
    pub async fn device_groups(
        &self,
        counts_since: Timestamp,
        alive_since: Timestamp,
    ) -> Result<Vec<DeviceGroup>> {
        Ok(sqlx::query_as(
            "SELECT d.unit_code, f.kind, f.protection, COUNT(*) AS devices,
               SUM(CASE WHEN COALESCE(d.last_seen_at, d.last_report_at, d.enrolled_at) >= $2 THEN 1 ELSE 0 END) AS alive
             FROM device d JOIN device_facts f ON f.device = d.id
             WHERE d.state IN ('active', 'suspended')
               AND COALESCE(d.last_seen_at, d.last_report_at, d.enrolled_at) >= $1
             GROUP BY d.unit_code, f.kind, f.protection",
        )
        .bind(time::text(counts_since))
        .bind(time::text(alive_since))
        .fetch_all(self.reader())
        .await?)
    }

    /// Open flags by unit and rule, now and at an earlier time.
    pub async fn flag_groups(&self, then: Timestamp) -> Result<Vec<FlagGroup>> {
        Ok(sqlx::query_as(
            "SELECT unit_code, rule, SUM(CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END) AS open_now,
               SUM(CASE WHEN since <= $1 AND (closed_at IS NULL OR closed_at > $1) THEN 1 ELSE 0 END) AS open_then
             FROM flag WHERE closed_at IS NULL OR closed_at > $1 GROUP BY unit_code, rule",
        )
        .bind(time::text(then))
        .fetch_all(self.reader())
        .await?)
    }

    /// Units of which a person declared something, and whether an Internet line is among it.
    pub async fn declaring_units(&self) -> Result<Vec<(String, bool)>> {
        Ok(sqlx::query_as(
            "SELECT unit_code, MAX(CASE WHEN system = '' AND field LIKE 'line.%' THEN 1 ELSE 0 END) = 1
             FROM declaration WHERE value IS NOT NULL GROUP BY unit_code",
        )
        .fetch_all(self.reader())
        .await?)
    }

    /// Units whose devices saw an Internet line since then.
    pub async fn units_with_lines(&self, since: Timestamp) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar("SELECT DISTINCT unit_code FROM line_sighting WHERE last_seen_at >= $1")
            .bind(time::text(since))
            .fetch_all(self.reader())
            .await?)
    }

    pub async fn peripheral_counts(&self) -> Result<Vec<(String, i64)>> {
        Ok(sqlx::query_as(
            "SELECT d.unit_code, COUNT(DISTINCT s.identity) FROM peripheral_sighting s
             JOIN device d ON d.id = s.device WHERE d.state IN ('active', 'suspended') GROUP BY d.unit_code",
        )
        .fetch_all(self.reader())
        .await?)
    }
}
