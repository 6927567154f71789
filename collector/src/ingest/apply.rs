//! One report against what the store knows of its device. Boot and sequence decide the order, section by
//! section; clocks never do. Whatever order reports come in, the sections end the same.

mod sections;

use super::{
    batch::Outcome, known::Hashes, prepare::PreparedReport, rejection::Rejection, writer::Committed,
};
use crate::store::{
    ingest::{self as rows, DeviceUpdate, KnownDevice, Result, Stamp, Transaction},
    time,
};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{ReportKind, command::Body, digest::StateDigest};
use sections::Sections;
use serde_json::json;

/// A device that was away this long may have open flags that its return closes.
const AWAY: SignedDuration = SignedDuration::from_hours(12);

pub fn report(tx: &Transaction, report: &PreparedReport) -> Result<Outcome> {
    let Some(device) = rows::device(tx, report.device.as_str())? else {
        return Ok(refused(Rejection::new("device-unknown", "no such device"), report));
    };
    if !rows::insert_report(tx, report.source(), report.kind, report.bytes)? {
        return Ok(stored(report, false, None, false));
    }
    let nothing_new = report.kind == ReportKind::Full
        && report.stamp > device.newest
        && device.digest.as_deref() == Some(report.sent_digest.as_str());
    let (mut changed, mut hashes) = (false, None);
    if !nothing_new {
        let mut sections = Sections::load(tx, report)?;
        if let Some(detail) = sections.of_another_machine(device.fingerprint.as_deref()) {
            return of_a_clone(tx, report, detail);
        }
        // A first report is where history begins, not a change of every fact.
        let first = device.last_report_at.is_none();
        match sections.apply(tx, device.newest_full, first)? {
            Ok(any) => changed = any,
            Err(rejection) => {
                rows::remove_report(tx, report.source())?;
                return Ok(refused(rejection, report));
            }
        }
        hashes = Some(sections.hashes());
    }
    let digest = hashes.as_ref().map(StateDigest::of);
    finish(tx, report, &device, digest.as_ref())?;
    let derive = changed || !report.observations.is_empty() || was_away(&device, report.received_at);
    if derive {
        rows::enqueue_device(tx, report.device.as_str(), report.received_at)?;
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

/// Facts of another machine never become facts of this one.
fn of_a_clone(tx: &Transaction, report: &PreparedReport, detail: String) -> Result<Outcome> {
    let (device, now) = (report.device.as_str(), report.received_at);
    rows::remove_report(tx, report.source())?;
    let body = Body::EnrolAnew { reason: format!("identity-cloned: {detail}") };
    let order = rows::outbox::order(tx, device, &body, now)?;
    if order {
        rows::outbox::act(tx, device, "cloned", &json!({"why": detail}), now)?;
    }
    Ok(refused(Rejection { order, ..Rejection::new("identity-cloned", detail) }, report))
}

fn finish(
    tx: &Transaction,
    report: &PreparedReport,
    device: &KnownDevice,
    digest: Option<&StateDigest>,
) -> Result<()> {
    let newest = report.stamp > device.newest;
    let newest_full = match report.kind {
        ReportKind::Full => report.stamp.max(device.newest_full),
        ReportKind::Delta => device.newest_full,
    };
    rows::insert_observations(tx, report.source(), &report.observations)?;
    rows::update_device(
        tx,
        report.source(),
        &DeviceUpdate {
            newest: report.stamp.max(device.newest),
            newest_full,
            digest: digest.map(StateDigest::as_str),
            clock_skew_seconds: newest
                .then(|| report.created_at.duration_since(report.received_at).as_secs()),
            agent_version: newest.then_some(&report.agent_version),
            agent_target: newest.then_some(&report.agent_target),
        },
    )
}

fn was_away(device: &KnownDevice, now: Timestamp) -> bool {
    let Some(seen) = device.last_seen_at.as_deref() else { return true };
    time::parse(seen).map_or(true, |seen| now.duration_since(seen) > AWAY)
}

/// Whether the device was away for so long that its flags are looked at again.
pub fn wake_if_away(tx: &Transaction, id: &str, now: Timestamp) -> Result<bool> {
    let away = rows::device(tx, id)?.is_some_and(|device| was_away(&device, now));
    if away {
        rows::enqueue_device(tx, id, now)?;
    }
    Ok(away)
}

/// After a delta the two sides may differ: a report between got lost. A full report heals it.
fn ask_for_full(
    tx: &Transaction,
    report: &PreparedReport,
    device: &KnownDevice,
    digest: Option<&StateDigest>,
) -> Result<bool> {
    let newest = report.stamp > device.newest;
    let differs = digest.is_some_and(|digest| *digest != report.state_digest);
    if !newest || !differs || report.kind == ReportKind::Full {
        return Ok(false);
    }
    tracing::info!(device = %report.device, "digests differ: asking for a full report");
    rows::outbox::order(tx, report.device.as_str(), &Body::SendFull, report.received_at)
}
