//! Signs of life, and what was turned away.

use super::{Result, Transaction};
use crate::store::time;
use jiff::Timestamp;
use rusqlite::params;
use std::net::IpAddr;

const MOST_REJECTIONS: i64 = 100_000;

/// A row of the `rejection` table.
pub struct RejectionRow {
    pub at: Timestamp,
    pub device: Option<String>,
    pub peer: Option<String>,
    pub reason: &'static str,
    pub detail: String,
}

pub fn connected(tx: &Transaction, device: &str, peer: Option<IpAddr>, at: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE device SET connected = 1, last_seen_at = ?2, peer_address = COALESCE(?3, peer_address)
         WHERE id = ?1",
    )?
    .execute(params![device, time::text(at), peer.map(|peer| peer.to_string())])?;
    Ok(())
}

pub fn disconnected(tx: &Transaction, device: &str, at: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE device SET connected = 0, last_seen_at = ?2 WHERE id = ?1")?
        .execute(params![device, time::text(at)])?;
    Ok(())
}

/// `None` leaves what is known.
pub fn status(
    tx: &Transaction,
    device: &str,
    at: Timestamp,
    clock_skew_seconds: Option<i64>,
    agent_version: Option<&str>,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE device SET last_seen_at = ?2, clock_skew_seconds = COALESCE(?3, clock_skew_seconds),
           agent_version = COALESCE(?4, agent_version) WHERE id = ?1",
    )?
    .execute(params![device, time::text(at), clock_skew_seconds, agent_version])?;
    Ok(())
}

/// Only what the device was sent can be in force; 0 is told by one that lost it.
pub fn settings_told(tx: &Transaction, device: &str, counter: u64, at: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE device_setting SET in_force = ?2, told_at = ?3 WHERE device = ?1 AND counter >= ?2",
    )?
    .execute(params![device, i64::try_from(counter).unwrap_or(i64::MAX), time::text(at)])?;
    Ok(())
}

pub fn alive(tx: &Transaction, devices: &[kiemke_schemas::DeviceId], at: Timestamp) -> Result<()> {
    let mut update = tx.prepare_cached("UPDATE device SET last_seen_at = ?2 WHERE id = ?1")?;
    for device in devices {
        update.execute(params![device.as_str(), time::text(at)])?;
    }
    Ok(())
}

/// The oldest go when there are too many.
pub fn reject(tx: &Transaction, row: &RejectionRow) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO rejection (at, device, peer, reason, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![time::text(row.at), row.device, row.peer, row.reason, row.detail])?;
    let newest = tx.last_insert_rowid();
    tx.prepare_cached("DELETE FROM rejection WHERE id <= ?1")?.execute([newest - MOST_REJECTIONS])?;
    Ok(())
}
