//! What `check` looks at.

use super::{Store, sections::unpack};
use anyhow::Result;
use futures::TryStreamExt;
use kiemke_schemas::{DeviceId, digest::SectionHash};

impl Store {
    pub async fn check_integrity(&self) -> Result<Vec<String>> {
        let lines: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(self.reader()).await?;
        Ok(lines.into_iter().filter(|line| line != "ok").map(|line| format!("store: {line}")).collect())
    }

    /// Every section must still be the text that its hash was taken of.
    pub async fn check_sections(&self) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        let mut rows =
            sqlx::query_as("SELECT device, name, hash, content FROM device_section").fetch(self.reader());
        while let Some((device, name, hash, content)) = rows.try_next().await? {
            let (device, name, hash, content): (String, String, Vec<u8>, Vec<u8>) =
                (device, name, hash, content);
            match unpack(&content) {
                Ok(text) if SectionHash::of(&text).0.as_slice() == hash => {}
                Ok(_) => {
                    findings.push(format!("device {device}, section {name}: the hash is of another text"))
                }
                Err(error) => findings.push(format!("device {device}, section {name}: {error:#}")),
            }
        }
        Ok(findings)
    }

    /// A device is its key.
    pub async fn check_devices(&self) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        for row in self.all_devices().await? {
            if let Err(error) = row.state() {
                findings.push(format!("{error:#}"));
            }
            let Some(key) = row.report_key else { continue };
            let id = <[u8; 32]>::try_from(key).ok().map(|key| DeviceId::of_key(&key));
            if id.is_none_or(|id| id.as_str() != row.id) {
                findings.push(format!("device {}: its id is not of its report key", row.id));
            }
        }
        Ok(findings)
    }

    /// Derived work that failed and waits.
    pub async fn check_work(&self) -> Result<Vec<String>> {
        let rows: Vec<(String, String, i64, Option<String>)> = sqlx::query_as(
            "SELECT kind, subject, attempts, last_error FROM derived_work WHERE attempts > 0
             ORDER BY kind, subject",
        )
        .fetch_all(self.reader())
        .await?;
        let line = |(kind, subject, attempts, error): (String, String, i64, Option<String>)| {
            format!("{kind} {subject}: derived work failed {attempts} times: {}", error.unwrap_or_default())
        };
        Ok(rows.into_iter().map(line).collect())
    }
}
