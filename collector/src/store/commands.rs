use super::{Store, WriteTransaction, time};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    DeviceId,
    command::{Body, Command},
};

pub const EXPIRY: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Store {
    /// Puts an order into the outbox; gives its counter.
    pub async fn enqueue_command(&self, device: &DeviceId, body: &Body, actor: &str) -> Result<i64> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let counter = tx.enqueue_order(device.as_str(), &serde_json::to_string(body)?, now).await?;
        tx.audit(actor, "command", device.as_str(), &serde_json::to_value(body)?, now).await?;
        tx.commit().await?;
        Ok(counter)
    }

    /// What has not expired, oldest first: sent or not, since only the device knows what reached it.
    pub async fn pending_commands(&self, device: &DeviceId, now: Timestamp) -> Result<Vec<(i64, Command)>> {
        let rows: Vec<(i64, i64, String, String, String)> = sqlx::query_as(
            "SELECT id, counter, body, issued_at, expires_at FROM command
             WHERE device = $1 AND expires_at > $2 ORDER BY counter",
        )
        .bind(device.as_str())
        .bind(time::text(now))
        .fetch_all(self.reader())
        .await?;
        rows.into_iter()
            .map(|(id, counter, body, issued_at, expires_at)| {
                let command = Command {
                    device: device.clone(),
                    counter: counter as u64,
                    issued_at: time::parse(&issued_at)?,
                    expires_at: Some(time::parse(&expires_at)?),
                    body: serde_json::from_str(&body).with_context(|| format!("command {id}"))?,
                };
                Ok((id, command))
            })
            .collect()
    }

    pub async fn commands_sent(&self, ids: &[i64], at: Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        for id in ids {
            sqlx::query("UPDATE command SET sent_at = $2 WHERE id = $1")
                .bind(id)
                .bind(time::text(at))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await
    }
}

impl WriteTransaction {
    /// Gives the counter. It follows the clock, so that a store that was restored from a backup does not count
    /// again what devices have obeyed since.
    pub(super) async fn enqueue_order(&mut self, device: &str, body: &str, now: Timestamp) -> Result<i64> {
        Ok(sqlx::query_scalar(
            "INSERT INTO command (device, counter, body, issued_at, expires_at)
             SELECT $1, MAX(COALESCE(MAX(counter), 0) + 1, $5), $2, $3, $4 FROM command WHERE device = $1
             RETURNING counter",
        )
        .bind(device)
        .bind(body)
        .bind(time::text(now))
        .bind(time::text(now.checked_add(EXPIRY)?))
        .bind(now.as_millisecond())
        .fetch_one(&mut **self)
        .await?)
    }
}
