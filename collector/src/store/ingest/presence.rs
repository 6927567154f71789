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

/// 0 is told by a device that lost its settings. What this store never sent (it may have been restored from a
/// backup) counts as lost too, so that the device is told anew.
pub fn settings_told(tx: &Transaction, device: &str, counter: u64, at: Timestamp) -> Result<()> {
    let counter = i64::try_from(counter).unwrap_or(i64::MAX);
    let known = tx
        .prepare_cached(
            "UPDATE device_setting SET in_force = CASE WHEN counter >= ?2 THEN ?2 ELSE 0 END, told_at = ?3
             WHERE device = ?1",
        )?
        .execute(params![device, counter, time::text(at)])?;
    if known == 0 && counter > 0 {
        tx.prepare_cached(
            "INSERT INTO device_setting (device, mark, counter, sent_at, in_force, told_at)
             VALUES (?1, x'', 0, ?2, 0, ?2)",
        )?
        .execute(params![device, time::text(at)])?;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn settings_that_a_restored_store_never_sent_count_as_lost() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let mut connection = store.ingest_connection().unwrap();
        let tx = connection.transaction().unwrap();
        let at: Timestamp = "2024-05-01T00:00:00Z".parse().unwrap();
        tx.execute(
            "INSERT INTO device_setting (device, mark, counter, sent_at) VALUES ('a', x'01', 10, ?1)",
            [time::text(at)],
        )
        .unwrap();
        let told = |device: &str, counter: u64| {
            settings_told(&tx, device, counter, at).unwrap();
            let sql = "SELECT MAX(in_force) FROM device_setting WHERE device = ?1";
            tx.query_row(sql, [device], |row| row.get::<_, Option<i64>>(0)).unwrap()
        };
        assert_eq!(told("a", 9), Some(9));
        assert_eq!(told("a", 10), Some(10));
        assert_eq!(told("a", 17), Some(0));
        // Nothing was ever sent, and nothing is in force; then something is.
        assert_eq!(told("b", 0), None);
        assert_eq!(told("b", 17), Some(0));
    }
}
