//! One transaction for all jobs that have gathered.

use super::{
    apply,
    known::Hashes,
    presence::Presence,
    rejection::RejectionRow,
    writer::{Committed, Job},
};
use crate::store::time;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

/// What became of one job.
pub struct Outcome {
    pub committed: Committed,
    /// Of the sections stored now, for the cache.
    pub hashes: Option<Hashes>,
    /// There is derived work to do.
    pub derive: bool,
}

impl Default for Outcome {
    fn default() -> Self {
        Self { committed: Committed::Failed, hashes: None, derive: false }
    }
}

const MOST_REJECTIONS: i64 = 100_000;

pub fn commit(connection: &mut Connection, jobs: &[Job]) -> rusqlite::Result<Vec<Outcome>> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        outcomes.push(match job {
            Job::Report { report, .. } => apply::report(&tx, report)?,
            Job::Presence(presence) => {
                Outcome { derive: self::presence(&tx, presence)?, ..Default::default() }
            }
            Job::Stop => Outcome::default(),
            Job::Rejection(row) => {
                rejection(&tx, row)?;
                Outcome::default()
            }
        });
    }
    tx.commit()?;
    Ok(outcomes)
}

/// Whether there is derived work now.
fn presence(tx: &Transaction, presence: &Presence) -> rusqlite::Result<bool> {
    match presence {
        Presence::Connected { device, peer, at } => {
            let derive = apply::wake_if_silent(tx, device.as_str(), *at)?;
            tx.prepare_cached(
                "UPDATE device SET connected = 1, last_seen_at = ?2, peer_address = COALESCE(?3, peer_address)
                 WHERE id = ?1",
            )?
            .execute(params![device.as_str(), time::text(*at), peer.map(|peer| peer.to_string())])?;
            Ok(derive)
        }
        Presence::Disconnected { device, at } => {
            tx.prepare_cached("UPDATE device SET connected = 0, last_seen_at = ?2 WHERE id = ?1")?
                .execute(params![device.as_str(), time::text(*at)])?;
            Ok(false)
        }
        Presence::Status { device, at, clock_skew_seconds, agent_version } => {
            tx.prepare_cached(
                "UPDATE device SET last_seen_at = ?2, clock_skew_seconds = COALESCE(?3, clock_skew_seconds),
                   agent_version = COALESCE(?4, agent_version) WHERE id = ?1",
            )?
            .execute(params![
                device.as_str(),
                time::text(*at),
                clock_skew_seconds,
                agent_version
            ])?;
            Ok(false)
        }
        Presence::Alive { devices, at } => {
            let mut update = tx.prepare_cached("UPDATE device SET last_seen_at = ?2 WHERE id = ?1")?;
            for device in devices {
                update.execute(params![device.as_str(), time::text(*at)])?;
            }
            Ok(false)
        }
    }
}

fn rejection(tx: &Transaction, row: &RejectionRow) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO rejection (at, device, peer, reason, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![time::text(row.at), row.device, row.peer, row.reason, row.detail])?;
    let newest = tx.last_insert_rowid();
    tx.prepare_cached("DELETE FROM rejection WHERE id <= ?1")?.execute([newest - MOST_REJECTIONS])?;
    Ok(())
}
