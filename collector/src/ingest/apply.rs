//! One report against what the store knows of its device. Boot and sequence decide the order, section by
//! section; clocks never do. Whatever order reports come in, the sections end the same.

mod orders;
mod sections;

use super::{
    batch::Outcome,
    known::Hashes,
    prepare::{PreparedReport, Stamp},
    rejection::Rejection,
    writer::Committed,
};
use crate::store::time;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{ReportKind, digest::StateDigest};
use rusqlite::{OptionalExtension, Result, Transaction, params};
use sections::Sections;

/// A device that was away this long may have open flags that its return closes.
const AWAY: SignedDuration = SignedDuration::from_hours(12);

/// What the store knows of the device.
struct Device {
    newest: Stamp,
    newest_full: Stamp,
    digest: Option<String>,
    last_report_at: Option<String>,
    last_seen_at: Option<String>,
    fingerprint: Option<String>,
}

pub fn report(tx: &Transaction, report: &PreparedReport) -> Result<Outcome> {
    let Some(device) = device(tx, report.device.as_str())? else {
        return Ok(refused(Rejection::new("device-unknown", "no such device"), report));
    };
    if !insert(tx, report)? {
        return Ok(stored(report, false, None, false));
    }
    let full_and_same = report.kind == ReportKind::Full
        && report.stamp > device.newest
        && device.digest.as_deref() == Some(report.sent_digest.as_str());
    let mut changed = false;
    let mut hashes = None;
    if !full_and_same {
        let mut sections = Sections::load(tx, report)?;
        if let Some(detail) = sections.of_another_machine(report, device.fingerprint.as_deref()) {
            return of_a_clone(tx, report, detail);
        }
        // A first report is where history begins, not a change of every fact.
        let first = device.last_report_at.is_none();
        match sections.apply(tx, report, device.newest_full, first)? {
            Ok(any) => changed = any,
            Err(rejection) => {
                remove(tx, report)?;
                return Ok(refused(rejection, report));
            }
        }
        hashes = Some(sections.hashes());
    }
    insert_observations(tx, report)?;
    let digest = hashes.as_ref().map(StateDigest::of);
    update_device(tx, report, &device, digest.as_ref())?;
    let derive = changed || !report.observations.is_empty() || was_away(&device, report.received_at);
    if derive {
        enqueue(tx, report.device.as_str(), report.received_at)?;
    }
    let order = ask_for_full(tx, report, &device, digest.as_ref())?;
    Ok(stored(report, order, hashes, derive))
}

fn stored(report: &PreparedReport, order: bool, hashes: Option<Hashes>, derive: bool) -> Outcome {
    let Stamp { boot, sequence } = report.stamp;
    Outcome { committed: Committed::Stored { boot, sequence, order }, hashes, derive }
}

fn refused(rejection: Rejection, report: &PreparedReport) -> Outcome {
    let rejection = rejection.at(report.stamp.boot, report.stamp.sequence);
    Outcome { committed: Committed::Refused(rejection), ..Default::default() }
}

fn device(tx: &Transaction, id: &str) -> Result<Option<Device>> {
    tx.prepare_cached(
        "SELECT boot, sequence, full_boot, full_sequence, state_digest, last_report_at, last_seen_at,
           fingerprint FROM device WHERE id = ?1",
    )?
    .query_row([id], |row| {
        let stamp = |at| -> Result<Stamp> {
            Ok(Stamp { boot: row.get::<_, i64>(at)? as u64, sequence: row.get::<_, i64>(at + 1)? as u64 })
        };
        Ok(Device {
            newest: stamp(0)?,
            newest_full: stamp(2)?,
            digest: row.get(4)?,
            last_report_at: row.get(5)?,
            last_seen_at: row.get(6)?,
            fingerprint: row.get(7)?,
        })
    })
    .optional()
}

/// False where this report is known already.
fn insert(tx: &Transaction, report: &PreparedReport) -> Result<bool> {
    let kind = match report.kind {
        ReportKind::Full => "full",
        ReportKind::Delta => "delta",
    };
    let rows = tx
        .prepare_cached(
            "INSERT INTO report (device, boot, sequence, kind, created_at, received_at, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            report.device.as_str(),
            report.stamp.boot as i64,
            report.stamp.sequence as i64,
            kind,
            time::text(report.created_at),
            time::text(report.received_at),
            report.bytes as i64,
        ])?;
    Ok(rows == 1)
}

fn remove(tx: &Transaction, report: &PreparedReport) -> Result<()> {
    tx.prepare_cached("DELETE FROM report WHERE device = ?1 AND boot = ?2 AND sequence = ?3")?
        .execute(params![report.device.as_str(), report.stamp.boot as i64, report.stamp.sequence as i64])?;
    Ok(())
}

/// Facts of another machine never become facts of this one.
fn of_a_clone(tx: &Transaction, report: &PreparedReport, detail: String) -> Result<Outcome> {
    remove(tx, report)?;
    orders::enrol_anew(tx, report, &detail)?;
    let mut outcome = refused(Rejection::new("identity-cloned", detail), report);
    if let Committed::Refused(rejection) = &mut outcome.committed {
        rejection.order = true;
    }
    Ok(outcome)
}

fn insert_observations(tx: &Transaction, report: &PreparedReport) -> Result<()> {
    for (number, observation) in report.observations.iter().enumerate() {
        let event = serde_json::to_string(&observation.event)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        tx.prepare_cached(
            "INSERT INTO observation (device, boot, sequence, number, at, event)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            report.device.as_str(),
            report.stamp.boot as i64,
            report.stamp.sequence as i64,
            number as i64,
            time::text(observation.at),
            event,
        ])?;
    }
    Ok(())
}

fn update_device(
    tx: &Transaction,
    report: &PreparedReport,
    device: &Device,
    digest: Option<&StateDigest>,
) -> Result<()> {
    let newest = report.stamp > device.newest;
    let stamp = report.stamp.max(device.newest);
    let full = match report.kind {
        ReportKind::Full => report.stamp.max(device.newest_full),
        ReportKind::Delta => device.newest_full,
    };
    let skew = newest.then(|| report.created_at.duration_since(report.received_at).as_secs());
    tx.prepare_cached(
        "UPDATE device SET boot = ?2, sequence = ?3, full_boot = ?4, full_sequence = ?5,
           state_digest = COALESCE(?6, state_digest), last_report_at = ?7, last_seen_at = ?7,
           clock_skew_seconds = COALESCE(?8, clock_skew_seconds), agent_version = COALESCE(?9, agent_version)
         WHERE id = ?1",
    )?
    .execute(params![
        report.device.as_str(),
        stamp.boot as i64,
        stamp.sequence as i64,
        full.boot as i64,
        full.sequence as i64,
        digest.map(StateDigest::as_str),
        time::text(report.received_at),
        skew,
        newest.then_some(report.agent_version.as_str()),
    ])?;
    Ok(())
}

fn was_away(device: &Device, now: Timestamp) -> bool {
    let Some(seen) = device.last_seen_at.as_deref() else { return true };
    time::parse(seen).map_or(true, |seen| now.duration_since(seen) > AWAY)
}

/// Whether the device was away for so long that its flags are looked at again.
pub fn wake_if_silent(tx: &Transaction, id: &str, now: Timestamp) -> Result<bool> {
    let away = device(tx, id)?.is_some_and(|device| was_away(&device, now));
    if away {
        enqueue(tx, id, now)?;
    }
    Ok(away)
}

fn enqueue(tx: &Transaction, device: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO derived_work (kind, subject, enqueued_at) VALUES ('device', ?1, ?2)
         ON CONFLICT (kind, subject) DO UPDATE SET
           revision = derived_work.revision + 1, attempts = 0, not_before = NULL",
    )?
    .execute(params![device, time::text(now)])?;
    Ok(())
}

/// After a delta the two sides may differ: a report between got lost. A full report heals it.
fn ask_for_full(
    tx: &Transaction,
    report: &PreparedReport,
    device: &Device,
    digest: Option<&StateDigest>,
) -> Result<bool> {
    let newest = report.stamp > device.newest;
    let differs = digest.is_some_and(|digest| *digest != report.state_digest);
    if !newest || !differs || report.kind == ReportKind::Full {
        return Ok(false);
    }
    orders::send_full(tx, report)
}
