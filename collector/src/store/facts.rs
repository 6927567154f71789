use super::{CODES_PER_QUERY, Store, WriteTransaction, checks::CheckSubject, list::push_list, time};
use crate::inventory::{DeviceFacts, device::DeviceState};
use anyhow::{Context, Result};
use jiff::Timestamp;
use sqlx::{FromRow, QueryBuilder, Sqlite};
use std::collections::BTreeSet;

/// Derived facts beside what may have changed since without a new report.
#[derive(FromRow)]
struct FactsRow {
    facts: String,
    id: String,
    unit_code: String,
    state: String,
    last_seen_at: Option<String>,
    last_report_at: Option<String>,
    clock_skew_seconds: Option<i64>,
}

impl FactsRow {
    fn facts(self) -> Result<DeviceFacts> {
        let mut facts: DeviceFacts = serde_json::from_str(&self.facts)
            .with_context(|| format!("facts of device {}: run `kiemke-collector reindex`", self.id))?;
        facts.unit = self.unit_code;
        facts.state = DeviceState::parse(&self.state)
            .with_context(|| format!("device {}: state {:?}", self.id, self.state))?;
        facts.last_seen_at = time::parse_optional(self.last_seen_at.as_deref())?;
        facts.last_report_at = time::parse_optional(self.last_report_at.as_deref())?;
        facts.clock_skew_seconds = self.clock_skew_seconds;
        Ok(facts)
    }
}

const SELECT: &str = "SELECT f.facts, d.id, d.unit_code, d.state, d.last_seen_at, d.last_report_at,
  d.clock_skew_seconds FROM device d JOIN device_facts f ON f.device = d.id WHERE ";

impl Store {
    /// Of one device, whatever its state; `None` before its first report was worked through.
    pub async fn device_facts(&self, id: &str) -> Result<Option<DeviceFacts>> {
        let row: Option<FactsRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} d.id = $1")))
            .bind(id)
            .fetch_optional(self.reader())
            .await?;
        let mut facts: Vec<_> = row.map(FactsRow::facts).transpose()?.into_iter().collect();
        self.add_checks(&mut facts).await?;
        Ok(facts.pop())
    }

    /// Of every device of these units whatever its state, in order of host name and id.
    pub async fn facts_of_units(&self, units: &[String]) -> Result<Vec<DeviceFacts>> {
        let mut found = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(SELECT);
            query.push("d.unit_code IN (");
            push_list(&mut query, codes);
            query.push(") ORDER BY d.host_name, d.id");
            for row in query.build_query_as::<FactsRow>().fetch_all(self.reader()).await? {
                found.push(row.facts()?);
            }
        }
        self.add_checks(&mut found).await?;
        Ok(found)
    }

    /// What search finds beside the facts, by device.
    pub async fn details_of_units(&self, units: &[String]) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query =
                QueryBuilder::<Sqlite>::new("SELECT device, details FROM device_facts WHERE unit_code IN (");
            push_list(&mut query, codes);
            query.push(")");
            found.extend(query.build_query_as().fetch_all(self.reader()).await?);
        }
        Ok(found)
    }

    /// Those of these MACs that belong to computers which may report.
    pub async fn macs_with_agents(&self, macs: &[&str]) -> Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        for part in macs.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT m.mac FROM device_mac m JOIN device d ON d.id = m.device
                 WHERE d.state IN ('active', 'suspended') AND m.mac IN (",
            );
            push_list(&mut query, part);
            query.push(")");
            found.extend(query.build_query_scalar::<String>().fetch_all(self.reader()).await?);
        }
        Ok(found)
    }

    async fn add_checks(&self, facts: &mut [DeviceFacts]) -> Result<()> {
        let ids: Vec<String> = facts.iter().map(|one| one.device.clone()).collect();
        let mut checks = self.checks(CheckSubject::Device, &ids).await?;
        for one in facts {
            one.check = checks.remove(&one.device);
        }
        Ok(())
    }
}

impl WriteTransaction {
    /// `details` is JSON of what search finds beside the facts.
    pub async fn set_facts(&mut self, facts: &DeviceFacts, details: &str, at: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO device_facts (device, unit_code, kind, protection, facts, details, derived_at,
               system_known, disk_known)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (device) DO UPDATE SET unit_code = excluded.unit_code, kind = excluded.kind,
               protection = excluded.protection, facts = excluded.facts, details = excluded.details,
               derived_at = excluded.derived_at, system_known = excluded.system_known,
               disk_known = excluded.disk_known",
        )
        .bind(&facts.device)
        .bind(&facts.unit)
        .bind(facts.kind.as_str())
        .bind(facts.protection.as_str())
        .bind(serde_json::to_string(facts)?)
        .bind(details)
        .bind(time::text(at))
        .bind(facts.operating_system.as_ref().is_some_and(|system| system.support_ends_on.is_some()))
        .bind(facts.fullest_file_system.is_some())
        .execute(&mut **self)
        .await?;
        self.set_macs(facts).await
    }

    async fn set_macs(&mut self, facts: &DeviceFacts) -> Result<()> {
        let known: Vec<String> =
            sqlx::query_scalar("SELECT mac FROM device_mac WHERE device = $1 ORDER BY mac")
                .bind(&facts.device)
                .fetch_all(&mut **self)
                .await?;
        if known == facts.macs {
            return Ok(());
        }
        sqlx::query("DELETE FROM device_mac WHERE device = $1")
            .bind(&facts.device)
            .execute(&mut **self)
            .await?;
        for mac in &facts.macs {
            sqlx::query("INSERT INTO device_mac (device, mac) VALUES ($1, $2)")
                .bind(&facts.device)
                .bind(mac)
                .execute(&mut **self)
                .await?;
        }
        Ok(())
    }
}
