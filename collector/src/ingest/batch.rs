//! One transaction for all jobs that have gathered.

use super::{
    apply,
    known::Hashes,
    presence::Presence,
    writer::{Committed, Job},
};
use crate::store::ingest::{self as rows, Connection, Result, Transaction};

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

pub fn commit(connection: &mut Connection, jobs: &[Job]) -> Result<Vec<Outcome>> {
    let tx = rows::begin(connection)?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        outcomes.push(match job {
            Job::Report { report, .. } => apply::report(&tx, report)?,
            Job::Presence(presence) => {
                Outcome { derive: self::presence(&tx, presence)?, ..Default::default() }
            }
            Job::Stop => Outcome::default(),
            Job::Rejection(row) => {
                rows::presence::reject(&tx, row)?;
                Outcome::default()
            }
        });
    }
    tx.commit()?;
    Ok(outcomes)
}

/// Whether there is derived work now.
fn presence(tx: &Transaction, presence: &Presence) -> Result<bool> {
    match presence {
        Presence::Connected { device, peer, at } => {
            let derive = apply::wake_if_away(tx, device.as_str(), *at)?;
            rows::presence::connected(tx, device.as_str(), *peer, *at)?;
            return Ok(derive);
        }
        Presence::Disconnected { device, at } => rows::presence::disconnected(tx, device.as_str(), *at)?,
        Presence::Status { device, at, clock_skew_seconds, agent_version, settings, update } => {
            if let Some(counter) = settings {
                rows::presence::settings_told(tx, device.as_str(), *counter, *at)?;
            }
            if let Some(told) = update {
                rows::releases::outcome(tx, device.as_str(), told, *at)?;
            }
            rows::presence::status(tx, device.as_str(), *at, *clock_skew_seconds, agent_version.as_deref())?;
        }
        Presence::Alive { devices, at } => rows::presence::alive(tx, devices, *at)?,
    }
    Ok(false)
}
