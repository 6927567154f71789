use super::{Store, time};
use crate::inventory::device::{DECLARED, DeclaredDevice, DeviceKind};
use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    kind: String,
    maker: Option<String>,
    model: Option<String>,
    serial: Option<String>,
    declared_by: String,
    declared_on: String,
}

impl Row {
    fn declared(self) -> Result<DeclaredDevice> {
        Ok(DeclaredDevice {
            kind: DeviceKind::parse(&self.kind).with_context(|| format!("kind {:?}", self.kind))?,
            maker: self.maker,
            model: self.model,
            serial: self.serial,
            declared_by: self.declared_by,
            declared_on: time::parse_date(&self.declared_on)?,
        })
    }
}

impl Store {
    /// What a person said of a computer without an agent; `None` for one with an agent.
    pub async fn declared_device(&self, id: &str) -> Result<Option<DeclaredDevice>> {
        let number = id.strip_prefix(DECLARED).and_then(|number| number.parse::<i64>().ok());
        let Some(number) = number else { return Ok(None) };
        let row: Option<Row> = sqlx::query_as("SELECT * FROM declared_device WHERE number = $1")
            .bind(number)
            .fetch_optional(self.reader())
            .await?;
        row.map(Row::declared).transpose().with_context(|| format!("device {id}"))
    }

    /// Gives the id of the new device.
    pub async fn declare_device(
        &self,
        unit: &str,
        name: &str,
        declared: &DeclaredDevice,
        actor: &str,
        now: Timestamp,
    ) -> Result<String> {
        let mut tx = self.begin().await?;
        let number: i64 = sqlx::query_scalar(
            "INSERT INTO declared_device (kind, maker, model, serial, declared_by, declared_on)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING number",
        )
        .bind(declared.kind.as_str())
        .bind(&declared.maker)
        .bind(&declared.model)
        .bind(&declared.serial)
        .bind(&declared.declared_by)
        .bind(declared.declared_on.to_string())
        .fetch_one(&mut *tx)
        .await?;
        let id = format!("{DECLARED}{number}");
        sqlx::query(
            "INSERT INTO device (id, unit_code, state, origin, host_name, enrolled_at)
             VALUES ($1, $2, 'active', 'declared', $3, $4)",
        )
        .bind(&id)
        .bind(unit)
        .bind(name)
        .bind(time::text(now))
        .execute(&mut *tx)
        .await?;
        let detail = json!({"unit": unit, "name": name, "by": declared.declared_by});
        tx.device_act(&id, "declared", &detail, actor, now).await?;
        tx.enqueue_device(&id, now).await?;
        tx.commit().await?;
        Ok(id)
    }
}
