//! Commands and acts that follow from a report.

use super::{Result, Transaction, json_error};
use crate::store::time;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::command::Body;
use rusqlite::params;
use serde_json::{Value, json};

const EXPIRY: SignedDuration = SignedDuration::from_hours(24);
/// A device that works through its spool shows the same difference many times.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// False where the same command went out just now.
pub fn order(tx: &Transaction, device: &str, body: &Body, now: Timestamp) -> Result<bool> {
    let expires_at = now.checked_add(EXPIRY).unwrap_or(now);
    let since = now.checked_sub(PAUSE).unwrap_or(now);
    let rows = tx
        .prepare_cached(
            "INSERT INTO command (device, counter, body, issued_at, expires_at)
             SELECT ?1, MAX(COALESCE((SELECT MAX(counter) FROM command WHERE device = ?1), 0) + 1, ?6), ?2, ?3, ?4
             WHERE NOT EXISTS (SELECT 1 FROM command WHERE device = ?1 AND body = ?2 AND issued_at > ?5)",
        )?
        .execute(params![
            device,
            serde_json::to_string(body).map_err(json_error)?,
            time::text(now),
            time::text(expires_at),
            time::text(since),
            now.as_millisecond()
        ])?;
    Ok(rows == 1)
}

pub fn act(tx: &Transaction, device: &str, act: &str, detail: &Value, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO device_act (device, at, act, detail, actor) VALUES (?1, ?2, ?3, ?4, 'ingest')",
    )?
    .execute(params![device, time::text(now), act, json!(detail).to_string()])?;
    Ok(())
}
