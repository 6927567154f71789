//! Current sections and the history of their changes.

use super::{Result, Source, Stamp, Transaction, integer, stamp};
use crate::store::{sections::unpack, time};
use jiff::Timestamp;
use kiemke_schemas::{SectionName, digest::SectionHash};
use rusqlite::{params, types::Type};
use std::collections::BTreeMap;

pub type Known = BTreeMap<SectionName, (SectionHash, Stamp)>;

pub fn load(tx: &Transaction, device: &str) -> Result<Known> {
    let mut select =
        tx.prepare_cached("SELECT name, hash, boot, sequence FROM device_section WHERE device = ?1")?;
    let rows = select.query_map([device], |row| {
        Ok((row.get::<_, String>(0)?, SectionHash(row.get(1)?), stamp(row, 2)?))
    })?;
    let mut known = Known::new();
    for row in rows {
        let (name, hash, stamp) = row?;
        if let Some(name) = SectionName::parse(&name) {
            known.insert(name, (hash, stamp));
        }
    }
    Ok(known)
}

/// The same text came again with a newer report.
pub fn touch(tx: &Transaction, source: Source, name: SectionName, observed_at: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE device_section SET boot = ?3, sequence = ?4, observed_at = ?5, reported_at = ?6,
           received_at = ?7 WHERE device = ?1 AND name = ?2",
    )?
    .execute(params![
        source.device,
        name.as_str(),
        integer(source.stamp.boot),
        integer(source.stamp.sequence),
        time::text(observed_at),
        time::text(source.created_at),
        time::text(source.received_at),
    ])?;
    Ok(())
}

/// `packed` is the text, compressed.
pub fn write(
    tx: &Transaction,
    source: Source,
    name: SectionName,
    hash: SectionHash,
    observed_at: Timestamp,
    packed: &[u8],
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO device_section
           (device, name, hash, boot, sequence, observed_at, reported_at, received_at, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (device, name) DO UPDATE SET hash = excluded.hash, boot = excluded.boot,
           sequence = excluded.sequence, observed_at = excluded.observed_at,
           reported_at = excluded.reported_at, received_at = excluded.received_at,
           content = excluded.content",
    )?
    .execute(params![
        source.device,
        name.as_str(),
        hash.0,
        integer(source.stamp.boot),
        integer(source.stamp.sequence),
        time::text(observed_at),
        time::text(source.created_at),
        time::text(source.received_at),
        packed,
    ])?;
    Ok(())
}

pub fn content(tx: &Transaction, device: &str, name: SectionName) -> Result<String> {
    let packed: Vec<u8> = tx
        .prepare_cached("SELECT content FROM device_section WHERE device = ?1 AND name = ?2")?
        .query_row([device, name.as_str()], |row| row.get(0))?;
    unpack(&packed).map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, error.into()))
}

pub fn delete(tx: &Transaction, device: &str, name: SectionName) -> Result<()> {
    tx.prepare_cached("DELETE FROM device_section WHERE device = ?1 AND name = ?2")?
        .execute([device, name.as_str()])?;
    Ok(())
}

/// One change of a fact, as JSON texts. An empty path is the whole section.
pub fn record(
    tx: &Transaction,
    source: Source,
    section: SectionName,
    path: &str,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO device_change (device, boot, sequence, section, path, old_value, new_value, received_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        source.device,
        integer(source.stamp.boot),
        integer(source.stamp.sequence),
        section.as_str(),
        path,
        old,
        new,
        time::text(source.received_at),
    ])?;
    Ok(())
}

pub fn set_host_name(tx: &Transaction, device: &str, host_name: &str) -> Result<()> {
    tx.prepare_cached("UPDATE device SET host_name = ?2 WHERE id = ?1")?.execute([device, host_name])?;
    Ok(())
}
