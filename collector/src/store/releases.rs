//! Executables of the agent with their sealed manifests, and the key that seals them.

use super::{Store, time};
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::release::Manifest;
use serde_json::json;
use sqlx::FromRow;

const RELEASE_KEY: &str = "release-key";

/// Without the executable itself.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ReleaseRow {
    pub version: String,
    pub target: String,
    pub size: i64,
    pub sha256: String,
    pub released_at: String,
    pub manifest: Vec<u8>,
    pub added_at: String,
    pub added_by: String,
}

impl ReleaseRow {
    pub fn manifest_of_columns(&self) -> Result<Manifest> {
        Ok(Manifest {
            version: self.version.parse().context("version")?,
            target: self.target.clone(),
            size: u64::try_from(self.size).context("size")?,
            sha256: self.sha256.clone(),
            released_at: time::parse(&self.released_at)?,
        })
    }
}

impl Store {
    /// Public, base64; `None` where nobody trusted one yet.
    pub async fn release_key(&self) -> Result<Option<String>> {
        self.setting(RELEASE_KEY).await
    }

    pub async fn set_release_key(&self, key: &str, actor: &str) -> Result<()> {
        self.set_setting(RELEASE_KEY, key, actor).await?;
        self.audit(actor, "release-trust", key, &serde_json::Value::Null).await
    }

    /// The same version and target again replaces what was there.
    pub async fn put_release(
        &self,
        manifest: &Manifest,
        sealed: &[u8],
        executable: &[u8],
        actor: &str,
    ) -> Result<()> {
        let now = Timestamp::now();
        let version = manifest.version.to_string();
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO release (version, target, size, sha256, released_at, manifest, executable, added_at, added_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (version, target) DO UPDATE SET size = excluded.size, sha256 = excluded.sha256,
               released_at = excluded.released_at, manifest = excluded.manifest,
               executable = excluded.executable, added_at = excluded.added_at, added_by = excluded.added_by",
        )
        .bind(&version)
        .bind(&manifest.target)
        .bind(i64::try_from(manifest.size)?)
        .bind(&manifest.sha256)
        .bind(manifest.released_at.to_string())
        .bind(sealed)
        .bind(executable)
        .bind(time::text(now))
        .bind(actor)
        .execute(&mut *tx)
        .await?;
        let detail = json!({"target": manifest.target, "sha256": manifest.sha256});
        tx.audit(actor, "release-add", &version, &detail, now).await?;
        tx.commit().await
    }

    /// In order of version text and target.
    pub async fn releases(&self) -> Result<Vec<ReleaseRow>> {
        Ok(sqlx::query_as(
            "SELECT version, target, size, sha256, released_at, manifest, added_at, added_by FROM release
             ORDER BY version, target",
        )
        .fetch_all(self.reader())
        .await?)
    }

    pub async fn release(&self, version: &str, target: &str) -> Result<Option<ReleaseRow>> {
        Ok(sqlx::query_as(
            "SELECT version, target, size, sha256, released_at, manifest, added_at, added_by FROM release
             WHERE version = $1 AND target = $2",
        )
        .bind(version)
        .bind(target)
        .fetch_optional(self.reader())
        .await?)
    }

    /// A piece of the executable; empty past its end.
    pub async fn release_piece(&self, version: &str, target: &str, from: i64, bytes: i64) -> Result<Vec<u8>> {
        Ok(sqlx::query_scalar(
            "SELECT substr(executable, $3, $4) FROM release WHERE version = $1 AND target = $2",
        )
        .bind(version)
        .bind(target)
        .bind(from + 1)
        .bind(bytes)
        .fetch_one(self.reader())
        .await?)
    }
}
