//! Commands that follow from a report, into the outbox within the report's transaction.

use crate::{ingest::prepare::PreparedReport, store::time};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::command::Body;
use rusqlite::{Result, Transaction, params};
use serde_json::json;

const EXPIRY: SignedDuration = SignedDuration::from_hours(24);
/// A device that works through its spool shows the same difference many times.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// Whether a command went out: not again while one is on its way.
pub fn send_full(tx: &Transaction, report: &PreparedReport) -> Result<bool> {
    tracing::info!(device = %report.device, "digests differ: asking for a full report");
    insert_unless_recent(tx, report.device.as_str(), &Body::SendFull, report.received_at)
}

pub fn enrol_anew(tx: &Transaction, report: &PreparedReport, why: &str) -> Result<()> {
    let reason = format!("identity-cloned: {why}");
    if insert_unless_recent(tx, report.device.as_str(), &Body::EnrolAnew { reason }, report.received_at)? {
        tx.prepare_cached(
            "INSERT INTO device_act (device, at, act, detail, actor) VALUES (?1, ?2, 'cloned', ?3, 'ingest')",
        )?
        .execute(params![
            report.device.as_str(),
            time::text(report.received_at),
            json!({"why": why}).to_string()
        ])?;
    }
    Ok(())
}

fn insert_unless_recent(tx: &Transaction, device: &str, body: &Body, now: Timestamp) -> Result<bool> {
    let text =
        serde_json::to_string(body).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let later = |by: SignedDuration| now.checked_add(by).unwrap_or(now);
    let since = now.checked_sub(PAUSE).unwrap_or(now);
    let rows = tx
        .prepare_cached(
            "INSERT INTO command (device, counter, body, issued_at, expires_at)
             SELECT ?1, COALESCE((SELECT MAX(counter) FROM command WHERE device = ?1), 0) + 1, ?2, ?3, ?4
             WHERE NOT EXISTS (SELECT 1 FROM command WHERE device = ?1 AND body = ?2 AND issued_at > ?5)",
        )?
        .execute(params![device, text, time::text(now), time::text(later(EXPIRY)), time::text(since)])?;
    Ok(rows == 1)
}
