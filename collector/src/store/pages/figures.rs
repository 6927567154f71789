//! Counts by unit. Only units that have something are in an answer.
//!
//! `INDEXED BY`: left to itself SQLite reads each row of facts, which are long, where an index has all that is
//! asked for.

use crate::store::{Store, WriteTransaction, time};
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
    /// Those of which it is known until when their system is supported.
    pub system_known: i64,
    /// Those whose disks could be read.
    pub disk_known: i64,
    /// Heard of since the time asked for.
    pub alive: i64,
}

/// What the forms count in a unit.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnitFigures {
    pub lines: usize,
    pub peripherals: usize,
    /// Declared needs that could be compared with what is there.
    pub equipment_compared: usize,
    pub equipment_open: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DevicesThen {
    pub unit_code: String,
    pub alive: i64,
    /// With protection on, as far as it is known today.
    pub protected: i64,
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
               SUM(f.system_known) AS system_known, SUM(f.disk_known) AS disk_known,
               SUM(CASE WHEN d.origin <> 'declared'
                 AND COALESCE(d.last_seen_at, d.last_report_at, d.enrolled_at) >= $2 THEN 1 ELSE 0 END) AS alive
             FROM device d JOIN device_facts f INDEXED BY device_facts_known ON f.device = d.id
             WHERE d.state IN ('active', 'suspended')
               AND (d.origin = 'declared'
                 OR COALESCE(d.last_seen_at, d.last_report_at, d.enrolled_at) >= $1)
             GROUP BY d.unit_code, f.kind, f.protection",
        )
        .bind(time::text(counts_since))
        .bind(time::text(alive_since))
        .fetch_all(self.reader())
        .await?)
    }

    /// What the figures of the overview showed at an earlier time, of devices.
    pub async fn devices_then(&self, then: Timestamp, counts_since: Timestamp) -> Result<Vec<DevicesThen>> {
        Ok(sqlx::query_as(
            "WITH raised AS (
               SELECT device, MAX(CASE WHEN rule = 'endpoint.silent' THEN 1 ELSE 0 END) AS silent,
                 MAX(CASE WHEN rule = 'endpoint.silent' THEN 0 ELSE 1 END) AS bad
               FROM flag WHERE since <= $1 AND (closed_at IS NULL OR closed_at > $1) AND device IS NOT NULL
                 AND rule IN ('endpoint.silent', 'endpoint.no-protection', 'endpoint.protection-off')
               GROUP BY device)
             SELECT d.unit_code,
               SUM(CASE WHEN d.origin <> 'declared' AND COALESCE(r.silent, 0) = 0 THEN 1 ELSE 0 END) AS alive,
               SUM(CASE WHEN f.protection <> 'unknown' AND COALESCE(r.bad, 0) = 0 THEN 1 ELSE 0 END)
                 AS protected
             FROM device d JOIN device_facts f INDEXED BY device_facts_known ON f.device = d.id
               LEFT JOIN raised r ON r.device = d.id
             WHERE d.enrolled_at <= $1
               AND (d.origin = 'declared'
                 OR COALESCE(d.last_seen_at, d.last_report_at, d.enrolled_at) >= $2)
               AND (d.state IN ('active', 'suspended') OR EXISTS (
                 SELECT 1 FROM device_act a
                 WHERE a.device = d.id AND a.at > $1 AND a.act IN ('retired', 'revoked')))
             GROUP BY d.unit_code",
        )
        .bind(time::text(then))
        .bind(time::text(counts_since))
        .fetch_all(self.reader())
        .await?)
    }

    /// Units of which an Internet line was known at an earlier time, seen since `seen_since` or declared.
    pub async fn units_with_lines_then(&self, then: Timestamp, seen_since: Timestamp) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT s.unit_code FROM line_sighting s JOIN device_facts f INDEXED BY device_facts_known ON f.device = s.device
             WHERE s.first_seen_at <= $1 AND s.last_seen_at >= $2 AND f.kind <> 'server'
             UNION
             SELECT unit_code FROM declaration
             WHERE value IS NOT NULL AND system = '' AND field LIKE 'line.%' AND id IN (
               SELECT MAX(id) FROM declaration WHERE recorded_at <= $1 GROUP BY unit_code, system, field)",
        )
        .bind(time::text(then))
        .bind(time::text(seen_since))
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

    /// Units of which something is declared.
    pub async fn declaring_units(&self) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT unit_code FROM declaration WHERE value IS NOT NULL
             AND id IN (SELECT MAX(id) FROM declaration GROUP BY unit_code, system, field)",
        )
        .fetch_all(self.reader())
        .await?)
    }

    /// Units of which an Internet line is known, as in their forms.
    pub async fn units_with_lines(&self) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar("SELECT unit_code FROM unit_figure WHERE lines > 0")
            .fetch_all(self.reader())
            .await?)
    }

    /// Units with declared needs that could be compared with what is there, and how many could not.
    pub async fn equipment_compared(&self) -> Result<Vec<(String, i64)>> {
        Ok(sqlx::query_as("SELECT unit_code, equipment_open FROM unit_figure WHERE equipment_compared > 0")
            .fetch_all(self.reader())
            .await?)
    }

    pub async fn peripheral_counts(&self) -> Result<Vec<(String, i64)>> {
        Ok(sqlx::query_as("SELECT unit_code, peripherals FROM unit_figure WHERE peripherals > 0")
            .fetch_all(self.reader())
            .await?)
    }
}

impl WriteTransaction {
    pub async fn set_unit_figures(&mut self, unit: &str, figures: UnitFigures) -> Result<()> {
        sqlx::query(
            "INSERT INTO unit_figure (unit_code, lines, peripherals, equipment_compared, equipment_open)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (unit_code) DO UPDATE SET lines = excluded.lines, peripherals = excluded.peripherals,
               equipment_compared = excluded.equipment_compared, equipment_open = excluded.equipment_open
             WHERE unit_figure.lines <> excluded.lines OR unit_figure.peripherals <> excluded.peripherals
               OR unit_figure.equipment_compared <> excluded.equipment_compared
               OR unit_figure.equipment_open <> excluded.equipment_open",
        )
        .bind(unit)
        .bind(i64::try_from(figures.lines)?)
        .bind(i64::try_from(figures.peripherals)?)
        .bind(i64::try_from(figures.equipment_compared)?)
        .bind(i64::try_from(figures.equipment_open)?)
        .execute(&mut **self)
        .await?;
        Ok(())
    }
}
