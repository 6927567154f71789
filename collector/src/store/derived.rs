//! Work that follows from a change: rows, claimed, idempotent, retried with backoff.

use super::{WriteTransaction, time};
use anyhow::Result;
use jiff::Timestamp;

impl WriteTransaction {
    pub async fn enqueue_device(&mut self, device: &str, now: Timestamp) -> Result<()> {
        self.enqueue("device", device, now).await
    }

    pub async fn enqueue_unit(&mut self, code: &str, now: Timestamp) -> Result<()> {
        self.enqueue("unit", code, now).await
    }

    async fn enqueue(&mut self, kind: &str, subject: &str, now: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO derived_work (kind, subject, enqueued_at) VALUES ($1, $2, $3)
             ON CONFLICT (kind, subject) DO UPDATE SET
               revision = derived_work.revision + 1, attempts = 0, not_before = NULL",
        )
        .bind(kind)
        .bind(subject)
        .bind(time::text(now))
        .execute(&mut **self)
        .await?;
        Ok(())
    }
}
