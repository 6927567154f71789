//! What is switched on for units, who was elected, and what devices were told.

use super::{CODES_PER_QUERY, Store, WriteTransaction, list::push_list, time};
use crate::settings::unit::UnitSettings;
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::command::Body;
use sqlx::{FromRow, QueryBuilder, Sqlite};
use std::collections::BTreeMap;

#[derive(Debug, Clone, FromRow)]
struct Row {
    unit_code: String,
    settings: Option<String>,
    secrets: Option<Vec<u8>>,
    changed_at: String,
    changed_by: String,
}

/// One version of a unit's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSettings {
    pub unit: String,
    /// `None`: withdrawn.
    pub settings: Option<UnitSettings>,
    pub secrets: Option<Vec<u8>>,
    pub changed_at: Timestamp,
    pub changed_by: String,
}

impl TryFrom<Row> for KeptSettings {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> Result<Self> {
        let what = || format!("settings of unit {}", row.unit_code);
        Ok(Self {
            settings: row.settings.as_deref().map(serde_json::from_str).transpose().with_context(what)?,
            changed_at: time::parse(&row.changed_at)?,
            secrets: row.secrets,
            changed_by: row.changed_by,
            unit: row.unit_code,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Elected {
    pub unit_code: String,
    pub network: String,
    pub device: String,
    pub since: String,
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SentSettings {
    pub device: String,
    pub mark: Vec<u8>,
    pub counter: i64,
    pub sent_at: String,
    pub in_force: Option<i64>,
    pub told_at: Option<String>,
}

const COLUMNS: &str = "unit_code, settings, secrets, changed_at, changed_by";

impl Store {
    /// Of any unit, or in force on any device.
    pub async fn has_unit_settings(&self) -> Result<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM unit_setting) OR EXISTS (SELECT 1 FROM device_setting)",
        )
        .fetch_one(self.reader())
        .await?)
    }

    /// The current settings of these units; a unit that has none, or withdrew them, is not in the map.
    pub async fn unit_settings(&self, units: &[String]) -> Result<BTreeMap<String, KeptSettings>> {
        let mut found = BTreeMap::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(format!(
                "SELECT {COLUMNS} FROM unit_setting WHERE id IN (
                   SELECT MAX(id) FROM unit_setting WHERE unit_code IN ("
            ));
            push_list(&mut query, codes);
            query.push(") GROUP BY unit_code) AND settings IS NOT NULL");
            for row in query.build_query_as::<Row>().fetch_all(self.reader()).await? {
                found.insert(row.unit_code.clone(), KeptSettings::try_from(row)?);
            }
        }
        Ok(found)
    }

    /// Former versions stay, without their credentials. `settings` has none in it.
    pub async fn set_unit_settings(
        &self,
        unit: &str,
        settings: Option<&UnitSettings>,
        secrets: Option<&[u8]>,
        actor: &str,
    ) -> Result<()> {
        let now = Timestamp::now();
        let json = settings.map(serde_json::to_value).transpose()?;
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE unit_setting SET secrets = NULL WHERE unit_code = $1")
            .bind(unit)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO unit_setting (unit_code, settings, secrets, changed_at, changed_by)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(unit)
        .bind(json.as_ref().map(ToString::to_string))
        .bind(secrets)
        .bind(time::text(now))
        .bind(actor)
        .execute(&mut *tx)
        .await?;
        tx.audit(actor, "unit-settings", unit, &json.unwrap_or_default(), now).await?;
        tx.commit().await
    }

    pub async fn elected(&self, unit: &str) -> Result<Vec<Elected>> {
        Ok(sqlx::query_as(
            "SELECT unit_code, network, device, since FROM elected_agent WHERE unit_code = $1 ORDER BY network",
        )
        .bind(unit)
        .fetch_all(self.reader())
        .await?)
    }

    /// Units whose elected agent is away, may not talk any more, or belongs elsewhere now.
    pub async fn units_with_absent_elected(&self) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT e.unit_code FROM elected_agent e LEFT JOIN device d ON d.id = e.device
             WHERE d.id IS NULL OR d.connected = 0 OR d.state <> 'active' OR d.unit_code <> e.unit_code",
        )
        .fetch_all(self.reader())
        .await?)
    }

    /// Of these units, those that have devices, or had an elected one.
    pub async fn units_with_agents(&self, units: &[String]) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query =
                QueryBuilder::<Sqlite>::new("SELECT DISTINCT unit_code FROM device WHERE unit_code IN (");
            push_list(&mut query, codes);
            query.push(") ORDER BY unit_code");
            found.extend(query.build_query_scalar::<String>().fetch_all(self.reader()).await?);
        }
        Ok(found)
    }

    pub async fn sent_settings(&self, devices: &[String]) -> Result<BTreeMap<String, SentSettings>> {
        let mut found = BTreeMap::new();
        for ids in devices.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM device_setting WHERE device IN (");
            push_list(&mut query, ids);
            query.push(")");
            for row in query.build_query_as::<SentSettings>().fetch_all(self.reader()).await? {
                found.insert(row.device.clone(), row);
            }
        }
        Ok(found)
    }
}

impl WriteTransaction {
    pub async fn set_elected(
        &mut self,
        unit: &str,
        elected: &[(String, String)],
        now: Timestamp,
    ) -> Result<()> {
        let networks: Vec<&str> = elected.iter().map(|(network, _)| network.as_str()).collect();
        let known: Vec<String> = sqlx::query_scalar("SELECT network FROM elected_agent WHERE unit_code = $1")
            .bind(unit)
            .fetch_all(&mut **self)
            .await?;
        for gone in known.iter().filter(|network| !networks.contains(&network.as_str())) {
            sqlx::query("DELETE FROM elected_agent WHERE unit_code = $1 AND network = $2")
                .bind(unit)
                .bind(gone)
                .execute(&mut **self)
                .await?;
        }
        for (network, device) in elected {
            sqlx::query(
                "INSERT INTO elected_agent (unit_code, network, device, since) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (unit_code, network) DO UPDATE SET device = excluded.device, since = excluded.since
                 WHERE elected_agent.device <> excluded.device",
            )
            .bind(unit)
            .bind(network)
            .bind(device)
            .bind(time::text(now))
            .execute(&mut **self)
            .await?;
        }
        Ok(())
    }

    /// Puts the command into the outbox; `body` is without credentials, which join it on the way out.
    pub async fn send_settings(
        &mut self,
        device: &str,
        body: &Body,
        mark: &[u8],
        now: Timestamp,
    ) -> Result<()> {
        let json = serde_json::to_string(body)?;
        let counter = self.enqueue_order(device, &json, now).await?;
        // Former ones say nothing any more.
        sqlx::query(
            "DELETE FROM command WHERE device = $1 AND counter < $2 AND body LIKE '{\"command\":\"apply-settings\"%'",
        )
        .bind(device)
        .bind(counter)
        .execute(&mut **self)
        .await?;
        sqlx::query(
            "INSERT INTO device_setting (device, mark, counter, sent_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (device) DO UPDATE SET mark = excluded.mark, counter = excluded.counter,
               sent_at = excluded.sent_at, in_force = NULL, told_at = NULL",
        )
        .bind(device)
        .bind(mark)
        .bind(counter)
        .bind(time::text(now))
        .execute(&mut **self)
        .await?;
        Ok(())
    }
}
