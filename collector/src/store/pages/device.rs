use crate::store::{Store, time};
use anyhow::Result;
use jiff::Timestamp;
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
pub struct ChangeRow {
    pub section: String,
    pub path: String,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
    pub received_at: String,
}

#[derive(Debug, Clone, FromRow)]
pub struct ActRow {
    pub at: String,
    pub act: String,
    pub detail: String,
    pub actor: String,
}

#[derive(Debug, Clone, FromRow)]
pub struct ObservationRow {
    pub at: String,
    pub event: String,
}

impl Store {
    /// The newest changes of a device's facts, before a time.
    pub async fn device_changes(
        &self,
        device: &str,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<ChangeRow>> {
        Ok(sqlx::query_as(
            "SELECT section, path, old_value, new_value, received_at FROM device_change
             WHERE device = $1 AND received_at < $2
             ORDER BY received_at DESC, boot DESC, sequence DESC, section, path LIMIT $3",
        )
        .bind(device)
        .bind(time::text(before))
        .bind(limit)
        .fetch_all(self.reader())
        .await?)
    }

    pub async fn device_acts(&self, device: &str) -> Result<Vec<ActRow>> {
        Ok(sqlx::query_as("SELECT at, act, detail, actor FROM device_act WHERE device = $1 ORDER BY at DESC")
            .bind(device)
            .fetch_all(self.reader())
            .await?)
    }

    pub async fn device_observations(&self, device: &str, limit: i64) -> Result<Vec<ObservationRow>> {
        Ok(sqlx::query_as(
            "SELECT at, event FROM observation WHERE device = $1
             ORDER BY boot DESC, sequence DESC, number DESC LIMIT $2",
        )
        .bind(device)
        .bind(limit)
        .fetch_all(self.reader())
        .await?)
    }

    /// How many reports came, and the first one.
    pub async fn report_count(&self, device: &str) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM report WHERE device = $1")
            .bind(device)
            .fetch_one(self.reader())
            .await?)
    }
}
