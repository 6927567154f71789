use super::{Store, time};
use crate::inventory::derive::StoredSection;
use anyhow::{Context, Result};
use kiemke_schemas::{SectionName, envelope::MAX_UNPACKED_BYTES};
use sqlx::FromRow;
use std::{cell::RefCell, io};
use zstd::bulk::{Compressor, Decompressor};

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

/// Fast before small: reports come by the thousand.
const COMPRESSION_LEVEL: i32 = -1;

thread_local! {
    // To make a context costs more than to use it once.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

pub fn pack(text: &str) -> io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(COMPRESSION_LEVEL)?),
        };
        compressor.compress(text.as_bytes())
    })
}

/// The text of a section as it was sent.
pub fn unpack(content: &[u8]) -> Result<String> {
    let bytes = DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::new()?),
        };
        decompressor.decompress(content, MAX_UNPACKED_BYTES)
    });
    String::from_utf8(bytes.context("a stored section")?).context("a stored section")
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
