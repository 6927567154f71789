//! Releases of the agent: whose signature counts, which devices are ordered to take one, and how far that is.
//! The key that signs is never here.

pub mod api;
pub mod progress;

use crate::{
    app::App,
    store::{
        Store,
        roll_outs::{Candidate, NewOrder, RollOutRow},
        time,
    },
};
use anyhow::{Context, Result, ensure};
use data_encoding::BASE64;
use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;
use kiemke_schemas::{
    command::Body,
    release::{self, Manifest, is_newer},
};
use semver::Version;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

/// How soon a device that connects with an older version is ordered.
const LOOK_EVERY: Duration = Duration::from_secs(20);
const PIECE_BYTES: i64 = 256 * 1024;

pub async fn trusted_key(store: &Store) -> Result<VerifyingKey> {
    let text = store.release_key().await?.context(
        "no release key is trusted yet: kiemke-collector release trust KEY (release key create prints it)",
    )?;
    release::parse_key(&text).with_context(|| format!("setting release-key: {text:?}"))
}

/// Checks everything before anything is stored.
pub async fn add(store: &Store, sealed: &[u8], executable: &[u8], actor: &str) -> Result<Manifest> {
    let manifest = Manifest::open(sealed, &trusted_key(store).await?)?;
    manifest.check_executable(executable)?;
    let version = manifest.version.to_string();
    if let Some(known) = store.release(&version, &manifest.target).await? {
        ensure!(
            known.sha256 == manifest.sha256,
            "manifest, field version: {version} for {} is here already with another executable; release a new version",
            manifest.target
        );
    }
    store.put_release(&manifest, sealed, executable, actor).await?;
    Ok(manifest)
}

/// Orders what is due; gives the number of devices that are told.
pub async fn follow(app: &App) -> Result<usize> {
    let now = Timestamp::now();
    let due = due(&app.store, now).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let release_key = Some(release::key_text(&trusted_key(&app.store).await?));
    let mut tx = app.store.begin().await?;
    for (device, order) in &due {
        let body = Body::Update {
            manifest: BASE64.encode(&order.manifest),
            spread_seconds: order.spread_seconds,
            release_key: release_key.clone(),
        };
        let version = order.version.to_string();
        let order = NewOrder { version: &version, roll_out: order.roll_out, body: &body };
        tx.order_release(device, &order, now).await?;
    }
    tx.commit().await?;
    due.keys().for_each(|device| app.wake_outbox(device));
    Ok(due.len())
}

struct Due {
    version: Version,
    roll_out: i64,
    spread_seconds: u32,
    manifest: Vec<u8>,
}

/// At most one order a device: that of the highest version.
async fn due(store: &Store, now: Timestamp) -> Result<BTreeMap<String, Due>> {
    let mut due: BTreeMap<String, Due> = BTreeMap::new();
    let mut roll_outs = Vec::new();
    for row in store.active_roll_outs().await? {
        roll_outs.push((row.version.parse::<Version>().context("roll-out in the store")?, row));
    }
    roll_outs.sort_by(|(a, one), (b, other)| a.cmp(b).then(one.id.cmp(&other.id)));
    for (version, row) in roll_outs {
        let manifests = manifests(store, &row.version).await?;
        for device in candidates(store, &row, now).await? {
            let manifest = device.agent_target.as_ref().and_then(|target| manifests.get(target));
            if let Some(manifest) = manifest
                && is_older(&device, &version)
                && is_due(&device, &row, now)?
            {
                let (version, manifest) = (version.clone(), manifest.clone());
                let spread_seconds = u32::try_from(row.spread_seconds)?;
                due.insert(device.id, Due { version, roll_out: row.id, spread_seconds, manifest });
            }
        }
    }
    Ok(due)
}

/// By target, as they were sealed.
async fn manifests(store: &Store, version: &str) -> Result<BTreeMap<String, Vec<u8>>> {
    let all = store.releases().await?.into_iter().filter(|row| row.version == version);
    Ok(all.map(|row| (row.target, row.manifest)).collect())
}

async fn candidates(store: &Store, row: &RollOutRow, now: Timestamp) -> Result<Vec<Candidate>> {
    let below = store.subtree(&row.unit_code, time::local_date(now)).await?;
    let codes: Vec<String> = below.into_iter().map(|unit| unit.code).collect();
    store.candidates(&row.version, &codes).await
}

fn is_older(device: &Candidate, version: &Version) -> bool {
    let own: Option<Version> = device.agent_version.as_ref().and_then(|text| text.parse().ok());
    own.is_some_and(|own| is_newer(version, &own))
}

/// Connected, and not ordered yet, or not within the time that the order had, or asked anew after it answered.
fn is_due(device: &Candidate, row: &RollOutRow, now: Timestamp) -> Result<bool> {
    let again = match (device.roll_out, &device.outcome) {
        (None, _) => true,
        (Some(former), Some(_)) => former < row.id,
        (Some(_), None) => !is_pending(device, now)?,
    };
    Ok(device.connected != 0 && again)
}

fn is_pending(device: &Candidate, now: Timestamp) -> Result<bool> {
    let expires_at = time::parse_optional(device.expires_at.as_deref())?;
    Ok(device.outcome.is_none() && expires_at.is_some_and(|end| end > now))
}

/// Runs until it is dropped.
pub async fn watch(app: Arc<App>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match follow(&app).await {
            Ok(0) => {}
            Ok(ordered) => tracing::info!(ordered, "devices were told to update"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "updates could not be ordered"),
        }
    }
}

/// What stands in the store must be what was signed.
pub async fn check(store: &Store) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let rows = store.releases().await?;
    if rows.is_empty() {
        return Ok(findings);
    }
    let key = trusted_key(store).await?;
    let versions: BTreeSet<&str> = rows.iter().map(|row| row.version.as_str()).collect();
    for row in &rows {
        let sound = match Manifest::open(&row.manifest, &key) {
            Ok(manifest) if row.manifest_of_columns().is_ok_and(|columns| columns == manifest) => {
                check_executable(store, &manifest).await
            }
            Ok(_) => Err(anyhow::anyhow!("its row differs from its manifest")),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = sound {
            findings.push(format!("release {} for {}: {error:#}", row.version, row.target));
        }
    }
    for row in store.active_roll_outs().await?.iter().filter(|row| !versions.contains(row.version.as_str())) {
        findings
            .push(format!("roll-out of {} in unit {}: there is no such release", row.version, row.unit_code));
    }
    Ok(findings)
}

async fn check_executable(store: &Store, manifest: &Manifest) -> Result<()> {
    let version = manifest.version.to_string();
    let (mut hasher, mut size) = (Sha256::new(), 0);
    loop {
        let piece = store.release_piece(&version, &manifest.target, size, PIECE_BYTES).await?;
        if piece.is_empty() {
            break;
        }
        hasher.update(&piece);
        size += i64::try_from(piece.len())?;
    }
    Ok(manifest.check_digest(u64::try_from(size)?, &hasher.finalize().into())?)
}

#[cfg(test)]
mod tests;
