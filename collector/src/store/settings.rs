use super::{Store, WriteTransaction, time};
use crate::{archive::WebCertificate, settings::Thresholds};
use anyhow::{Context, Result};
use jiff::Timestamp;

const THRESHOLDS: &str = "thresholds";
/// Files outside of the data folder that belong to a backup.
const WEB_CERTIFICATE: &str = "web-certificate";

impl Store {
    pub async fn setting(&self, key: &str) -> Result<Option<String>> {
        Ok(sqlx::query_scalar("SELECT value FROM setting WHERE key = $1")
            .bind(key)
            .fetch_optional(self.reader())
            .await?)
    }

    pub async fn set_setting(&self, key: &str, value: &str, actor: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.put_setting(key, value, actor).await?;
        tx.commit().await
    }

    /// Where the HTTPS certificate of the last `serve` came from, if not from the collector's own CA.
    pub async fn web_certificate(&self) -> Result<Option<WebCertificate>> {
        match self.setting(WEB_CERTIFICATE).await? {
            Some(json) => serde_json::from_str(&json).context("setting web-certificate"),
            None => Ok(None),
        }
    }

    pub async fn set_web_certificate(&self, web: Option<&WebCertificate>, actor: &str) -> Result<()> {
        if self.web_certificate().await?.as_ref() == web {
            return Ok(());
        }
        self.set_setting(WEB_CERTIFICATE, &serde_json::to_string(&web)?, actor).await
    }

    /// The defaults of the specification where nobody changed them.
    pub async fn thresholds(&self) -> Result<Thresholds> {
        match self.setting(THRESHOLDS).await? {
            Some(json) => serde_json::from_str(&json).context("setting thresholds"),
            None => Ok(Thresholds::default()),
        }
    }
}

impl Store {
    pub async fn set_thresholds(&self, thresholds: &Thresholds, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        tx.put_setting(THRESHOLDS, &serde_json::to_string(thresholds)?, actor).await?;
        tx.audit(actor, THRESHOLDS, "", &serde_json::to_value(thresholds)?, now).await?;
        tx.enqueue_all_units(now).await?;
        tx.commit().await
    }
}

impl WriteTransaction {
    pub(super) async fn put_setting(&mut self, key: &str, value: &str, actor: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO setting (key, value, changed_at, changed_by) VALUES ($1, $2, $3, $4)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at,
               changed_by = excluded.changed_by",
        )
        .bind(key)
        .bind(value)
        .bind(time::text(Timestamp::now()))
        .bind(actor)
        .execute(&mut **self)
        .await?;
        Ok(())
    }
}
