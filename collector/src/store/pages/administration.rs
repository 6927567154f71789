use crate::store::Store;
use anyhow::Result;
use sqlx::FromRow;

#[derive(Debug, Clone, FromRow)]
pub struct AuditRow {
    pub at: String,
    pub actor: String,
    pub act: String,
    pub object: String,
    pub detail: String,
}

#[derive(Debug, Clone, FromRow)]
pub struct RejectionRow {
    pub at: String,
    pub device: Option<String>,
    pub peer: Option<String>,
    pub reason: String,
    pub detail: String,
}

impl Store {
    pub async fn audit_page(&self, limit: i64) -> Result<Vec<AuditRow>> {
        Ok(sqlx::query_as("SELECT at, actor, act, object, detail FROM audit ORDER BY id DESC LIMIT $1")
            .bind(limit)
            .fetch_all(self.reader())
            .await?)
    }

    pub async fn rejection_page(&self, limit: i64) -> Result<Vec<RejectionRow>> {
        Ok(sqlx::query_as("SELECT at, device, peer, reason, detail FROM rejection ORDER BY id DESC LIMIT $1")
            .bind(limit)
            .fetch_all(self.reader())
            .await?)
    }

    /// Devices that count by version of their agent, the most common first.
    pub async fn agent_versions(&self) -> Result<Vec<(Option<String>, i64, i64)>> {
        Ok(sqlx::query_as(
            "SELECT agent_version, COUNT(*), SUM(connected) FROM device
             WHERE state IN ('active', 'suspended') GROUP BY agent_version ORDER BY COUNT(*) DESC",
        )
        .fetch_all(self.reader())
        .await?)
    }

    pub async fn rejection_counts(&self) -> Result<Vec<(String, i64)>> {
        Ok(sqlx::query_as("SELECT reason, COUNT(*) FROM rejection GROUP BY reason ORDER BY COUNT(*) DESC")
            .fetch_all(self.reader())
            .await?)
    }

    /// Derived work that waits, and how many of it failed.
    pub async fn derived_backlog(&self) -> Result<(i64, i64)> {
        Ok(sqlx::query_as(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN last_error IS NULL THEN 0 ELSE 1 END), 0) FROM derived_work",
        )
        .fetch_one(self.reader())
        .await?)
    }
}
