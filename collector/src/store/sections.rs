use super::{Store, time};
use crate::inventory::derive::StoredSection;
use anyhow::{Context, Result};
use kiemke_schemas::{SectionName, envelope::MAX_UNPACKED_BYTES};
use sqlx::FromRow;

#[derive(FromRow)]
struct SectionRow {
    name: String,
    content: Vec<u8>,
    observed_at: String,
    reported_at: String,
    received_at: String,
}

impl SectionRow {
    fn section(self) -> Result<StoredSection> {
        Ok(StoredSection {
            name: SectionName::parse(&self.name).with_context(|| format!("section {:?}", self.name))?,
            text: unpack(&self.content)?,
            observed_at: time::parse(&self.observed_at)?,
            reported_at: time::parse(&self.reported_at)?,
            received_at: time::parse(&self.received_at)?,
        })
    }
}

/// The text of a section as it was sent.
pub fn unpack(content: &[u8]) -> Result<String> {
    let bytes = zstd::bulk::decompress(content, MAX_UNPACKED_BYTES).context("a stored section")?;
    String::from_utf8(bytes).context("a stored section")
}

impl Store {
    /// The current sections of a device, in order of name.
    pub async fn sections(&self, device: &str) -> Result<Vec<StoredSection>> {
        let rows: Vec<SectionRow> = sqlx::query_as(
            "SELECT name, content, observed_at, reported_at, received_at FROM device_section
             WHERE device = $1 ORDER BY name",
        )
        .bind(device)
        .fetch_all(self.reader())
        .await?;
        rows.into_iter().map(|row| row.section().with_context(|| format!("device {device}"))).collect()
    }
}
