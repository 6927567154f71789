use super::{CODES_PER_QUERY, Store, WriteTransaction, list::push_list, time};
use crate::inventory::device::DeviceState;
use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{FromRow, QueryBuilder, Sqlite};

/// A device as registered; what its reports say stands in its sections and facts.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DeviceRow {
    pub id: String,
    pub unit_code: String,
    pub state: String,
    pub origin: String,
    pub report_key: Option<Vec<u8>>,
    pub certificate_serial: Option<String>,
    pub certificate_ends_at: Option<String>,
    pub previous_certificate_serial: Option<String>,
    pub fingerprint: Option<String>,
    pub board: Option<String>,
    pub host_name: Option<String>,
    pub continues: Option<String>,
    pub enrolled_at: String,
    pub enrolled_with: Option<String>,
    pub boot: i64,
    pub sequence: i64,
    pub full_boot: i64,
    pub full_sequence: i64,
    pub state_digest: Option<String>,
    pub last_report_at: Option<String>,
    pub last_seen_at: Option<String>,
    pub connected: i64,
    pub peer_address: Option<String>,
    pub clock_skew_seconds: Option<i64>,
    pub agent_version: Option<String>,
}

impl DeviceRow {
    pub fn state(&self) -> Result<DeviceState> {
        DeviceState::parse(&self.state)
            .with_context(|| format!("device {} in the store: state {:?}", self.id, self.state))
    }
}

impl Store {
    pub async fn device(&self, id: &str) -> Result<Option<DeviceRow>> {
        Ok(sqlx::query_as("SELECT * FROM device WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?)
    }

    /// Devices of these units, in order of unit, host name, id.
    pub async fn devices_of(&self, units: &[String]) -> Result<Vec<DeviceRow>> {
        let mut found = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new("SELECT * FROM device WHERE unit_code IN (");
            push_list(&mut query, codes);
            query.push(") ORDER BY unit_code, host_name, id");
            found.extend(query.build_query_as::<DeviceRow>().fetch_all(self.reader()).await?);
        }
        Ok(found)
    }

    pub async fn all_devices(&self) -> Result<Vec<DeviceRow>> {
        Ok(sqlx::query_as("SELECT * FROM device ORDER BY unit_code, host_name, id")
            .fetch_all(self.reader())
            .await?)
    }

    /// At a start nobody is connected, whatever the last run left behind.
    pub async fn all_disconnected(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE device SET connected = 0 WHERE connected <> 0").execute(&mut *tx).await?;
        tx.commit().await
    }

    pub async fn count_devices(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM device").fetch_one(self.reader()).await?)
    }

    /// The id of the one device meant by an id or a host name; an error names what is ambiguous.
    pub async fn resolve_device(&self, text: &str) -> Result<String> {
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM device WHERE id = $1 OR (lower(host_name) = lower($1) AND state <> 'retired')
             ORDER BY id LIMIT 3",
        )
        .bind(text)
        .fetch_all(self.reader())
        .await?;
        ensure!(!found.is_empty(), "no device has the id or host name {text:?}");
        ensure!(found.len() == 1, "{} devices have the host name {text:?}: give the device id", found.len());
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Codes of the units where a device of this id or host name is.
    pub async fn units_with_device(&self, text: &str) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT unit_code FROM device
             WHERE id = $1 OR (lower(host_name) = lower($1) AND state <> 'retired') ORDER BY unit_code",
        )
        .bind(text)
        .fetch_all(self.reader())
        .await?)
    }

    pub async fn set_device_state(
        &self,
        id: &str,
        state: DeviceState,
        reason: &str,
        actor: &str,
    ) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let row = tx.device(id).await?;
        sqlx::query("UPDATE device SET state = $2 WHERE id = $1")
            .bind(id)
            .bind(state.as_str())
            .execute(&mut *tx)
            .await?;
        let detail = json!({"from": row.state, "to": state.as_str(), "reason": reason});
        tx.device_act(id, state.as_str(), &detail, actor, now).await?;
        tx.enqueue_device(id, now).await?;
        tx.enqueue_unit(&row.unit_code, now).await?;
        tx.commit().await
    }

    /// History and peripherals go along; sightings keep the unit they were made in.
    pub async fn move_device(&self, id: &str, unit: &str, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let row = tx.device(id).await?;
        sqlx::query("UPDATE device SET unit_code = $2 WHERE id = $1")
            .bind(id)
            .bind(unit)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE device_facts SET unit_code = $2 WHERE device = $1")
            .bind(id)
            .bind(unit)
            .execute(&mut *tx)
            .await?;
        tx.device_act(id, "moved", &json!({"from": row.unit_code, "to": unit}), actor, now).await?;
        tx.enqueue_device(id, now).await?;
        tx.enqueue_unit(&row.unit_code, now).await?;
        tx.enqueue_unit(unit, now).await?;
        tx.commit().await
    }
}

impl WriteTransaction {
    pub async fn device(&mut self, id: &str) -> Result<DeviceRow> {
        sqlx::query_as("SELECT * FROM device WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut **self)
            .await?
            .with_context(|| format!("there is no device {id}"))
    }

    pub async fn device_act(
        &mut self,
        id: &str,
        act: &str,
        detail: &Value,
        actor: &str,
        at: Timestamp,
    ) -> Result<()> {
        sqlx::query("INSERT INTO device_act (device, at, act, detail, actor) VALUES ($1, $2, $3, $4, $5)")
            .bind(id)
            .bind(time::text(at))
            .bind(act)
            .bind(detail.to_string())
            .bind(actor)
            .execute(&mut **self)
            .await?;
        Ok(())
    }
}
