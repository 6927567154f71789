//! How orders to update ended, as devices tell it.

use super::{Result, Transaction, integer, outbox};
use crate::store::time;
use jiff::Timestamp;
use kiemke_schemas::status::{Outcome, UpdateOutcome};
use rusqlite::params;
use serde_json::json;

/// More of a reason helps nobody.
const LONGEST_REASON: usize = 500;

/// Devices tell it at every connection: only what answers the last order, and once.
pub fn outcome(tx: &Transaction, device: &str, told: &UpdateOutcome, at: Timestamp) -> Result<()> {
    let (outcome, act) = match told.outcome {
        Outcome::Kept => ("kept", "update-kept"),
        Outcome::Rejected => ("rejected", "update-rejected"),
    };
    let reason: Option<String> =
        told.reason.as_ref().map(|reason| reason.chars().take(LONGEST_REASON).collect());
    let rows = tx
        .prepare_cached(
            "UPDATE release_order SET outcome = ?3, reason = ?4, told_at = ?5
             WHERE device = ?1 AND counter = ?2 AND (outcome IS NULL OR outcome <> ?3)",
        )?
        .execute(params![device, integer(told.counter), outcome, reason, time::text(at)])?;
    if rows == 0 {
        return Ok(());
    }
    let version = told.version.as_ref().map(ToString::to_string);
    outbox::act(tx, device, act, &json!({"version": version, "reason": reason}), at)
}
