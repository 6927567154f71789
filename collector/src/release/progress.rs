//! How far a roll-out is.

use super::{candidates, is_older, is_pending, manifests};
use crate::store::{
    Store,
    roll_outs::{Candidate, RollOutRow},
};
use anyhow::Result;
use jiff::Timestamp;
use semver::Version;
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of devices that may talk; each stands in one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub version: String,
    pub unit: String,
    pub spread_seconds: i64,
    pub started_at: String,
    pub started_by: String,
    pub stopped_at: Option<String>,
    /// Run this version or a newer one, and have reported.
    pub updated: usize,
    /// Told, without an answer yet.
    pub ordered: usize,
    /// Told when they next connect.
    pub waiting: usize,
    pub rejected: usize,
    /// There is no executable for them, or what they run is not known.
    pub unsuitable: usize,
    pub rejections: Vec<Rejection>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    pub device: String,
    pub host_name: Option<String>,
    pub unit: String,
    pub reason: Option<String>,
    pub at: Option<String>,
}

enum Place {
    Updated,
    Ordered,
    Waiting,
    Rejected,
    Unsuitable,
}

/// Of every roll-out of `version`, or of all; a newer one of the same version and unit takes the place of the former.
pub async fn progress(store: &Store, version: Option<&str>, now: Timestamp) -> Result<Vec<Progress>> {
    let mut all = Vec::new();
    for row in store.roll_outs().await? {
        if version.is_none_or(|version| version == row.version) {
            all.push(of(store, row, now).await?);
        }
    }
    Ok(all)
}

async fn of(store: &Store, row: RollOutRow, now: Timestamp) -> Result<Progress> {
    let version: Version = row.version.parse()?;
    let manifests = manifests(store, &row.version).await?;
    let devices = candidates(store, &row, now).await?;
    let mut progress = Progress {
        version: row.version,
        unit: row.unit_code,
        spread_seconds: row.spread_seconds,
        started_at: row.started_at,
        started_by: row.started_by,
        stopped_at: row.stopped_at,
        updated: 0,
        ordered: 0,
        waiting: 0,
        rejected: 0,
        unsuitable: 0,
        rejections: Vec::new(),
    };
    for device in devices {
        match place(&device, &version, &manifests, now)? {
            Place::Updated => progress.updated += 1,
            Place::Ordered => progress.ordered += 1,
            Place::Waiting => progress.waiting += 1,
            Place::Unsuitable => progress.unsuitable += 1,
            Place::Rejected => {
                progress.rejected += 1;
                progress.rejections.push(rejection(device));
            }
        }
    }
    Ok(progress)
}

fn rejection(device: Candidate) -> Rejection {
    Rejection {
        device: device.id,
        host_name: device.host_name,
        unit: device.unit_code,
        reason: device.reason,
        at: device.told_at,
    }
}

fn place(
    device: &Candidate,
    version: &Version,
    manifests: &BTreeMap<String, Vec<u8>>,
    now: Timestamp,
) -> Result<Place> {
    let known = device.agent_version.as_ref().is_some_and(|text| text.parse::<Version>().is_ok());
    let fits = device.agent_target.as_ref().is_some_and(|target| manifests.contains_key(target));
    // A version on trial runs too, and may yet go.
    Ok(if is_pending(device, now)? {
        Place::Ordered
    } else if known && !is_older(device, version) {
        Place::Updated
    } else if device.outcome.as_deref() == Some("rejected") {
        Place::Rejected
    } else if known && fits {
        Place::Waiting
    } else {
        Place::Unsuitable
    })
}
