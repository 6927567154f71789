//! The rows that devices bring, for the ingest thread: rusqlite on a connection of its own, within the one
//! transaction of a batch. Statements are prepared once.

pub mod outbox;
pub mod presence;
pub mod releases;
pub mod sections;

use super::{Store, time};
use anyhow::Result as AnyResult;
use jiff::Timestamp;
use kiemke_schemas::{ReportKind, observation::Observation};
pub use rusqlite::{Connection, Result, Transaction};
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

/// Boot and sequence: the order of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Stamp {
    pub boot: u64,
    pub sequence: u64,
}

/// Which report of which device, and when it came.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub device: &'a str,
    pub stamp: Stamp,
    pub created_at: Timestamp,
    pub received_at: Timestamp,
}

/// What ordering and healing need to know of a device.
pub struct KnownDevice {
    pub newest: Stamp,
    pub newest_full: Stamp,
    pub digest: Option<String>,
    pub last_report_at: Option<String>,
    pub last_seen_at: Option<String>,
    pub fingerprint: Option<String>,
}

pub struct DeviceUpdate<'a> {
    pub newest: Stamp,
    pub newest_full: Stamp,
    /// `None` leaves what is known; so do the others.
    pub digest: Option<&'a str>,
    pub clock_skew_seconds: Option<i64>,
    pub agent_version: Option<&'a str>,
    pub agent_target: Option<&'a str>,
}

impl Store {
    /// Whoever writes with it holds [`Self::wait_for_turn`].
    pub fn ingest_connection(&self) -> AnyResult<Connection> {
        let connection = Connection::open(self.path())?;
        connection.busy_timeout(super::BUSY_TIMEOUT)?;
        connection.execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = memory;
             PRAGMA wal_autocheckpoint = 4000;",
        )?;
        connection.set_prepared_statement_cache_capacity(100);
        Ok(connection)
    }
}

pub fn begin(connection: &mut Connection) -> Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

pub(super) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Boot and sequence stand beside each other.
pub(super) fn stamp(row: &Row, at: usize) -> Result<Stamp> {
    let number = |at: usize| -> Result<u64> { Ok(row.get::<_, i64>(at)?.unsigned_abs()) };
    Ok(Stamp { boot: number(at)?, sequence: number(at + 1)? })
}

pub(crate) fn json_error(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

pub fn device(tx: &Transaction, id: &str) -> Result<Option<KnownDevice>> {
    tx.prepare_cached(
        "SELECT boot, sequence, full_boot, full_sequence, state_digest, last_report_at, last_seen_at,
           fingerprint FROM device WHERE id = ?1",
    )?
    .query_row([id], |row| {
        Ok(KnownDevice {
            newest: stamp(row, 0)?,
            newest_full: stamp(row, 2)?,
            digest: row.get(4)?,
            last_report_at: row.get(5)?,
            last_seen_at: row.get(6)?,
            fingerprint: row.get(7)?,
        })
    })
    .optional()
}

/// False where this report is known already.
pub fn insert_report(tx: &Transaction, source: Source, kind: ReportKind, bytes: usize) -> Result<bool> {
    let kind = match kind {
        ReportKind::Full => "full",
        ReportKind::Delta => "delta",
    };
    let rows = tx
        .prepare_cached(
            "INSERT INTO report (device, boot, sequence, kind, created_at, received_at, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            source.device,
            integer(source.stamp.boot),
            integer(source.stamp.sequence),
            kind,
            time::text(source.created_at),
            time::text(source.received_at),
            integer(bytes as u64),
        ])?;
    Ok(rows == 1)
}

pub fn remove_report(tx: &Transaction, source: Source) -> Result<()> {
    tx.prepare_cached("DELETE FROM report WHERE device = ?1 AND boot = ?2 AND sequence = ?3")?
        .execute(params![source.device, integer(source.stamp.boot), integer(source.stamp.sequence)])?;
    Ok(())
}

pub fn insert_observations(tx: &Transaction, source: Source, observations: &[Observation]) -> Result<()> {
    for (number, observation) in observations.iter().enumerate() {
        tx.prepare_cached(
            "INSERT INTO observation (device, boot, sequence, number, at, event)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            source.device,
            integer(source.stamp.boot),
            integer(source.stamp.sequence),
            integer(number as u64),
            time::text(observation.at),
            serde_json::to_string(&observation.event).map_err(json_error)?,
        ])?;
    }
    Ok(())
}

pub fn update_device(tx: &Transaction, source: Source, update: &DeviceUpdate) -> Result<()> {
    tx.prepare_cached(
        "UPDATE device SET boot = ?2, sequence = ?3, full_boot = ?4, full_sequence = ?5,
           state_digest = COALESCE(?6, state_digest), last_report_at = ?7, last_seen_at = ?7,
           clock_skew_seconds = COALESCE(?8, clock_skew_seconds), agent_version = COALESCE(?9, agent_version),
           agent_target = COALESCE(?10, agent_target)
         WHERE id = ?1",
    )?
    .execute(params![
        source.device,
        integer(update.newest.boot),
        integer(update.newest.sequence),
        integer(update.newest_full.boot),
        integer(update.newest_full.sequence),
        update.digest,
        time::text(source.received_at),
        update.clock_skew_seconds,
        update.agent_version,
        update.agent_target,
    ])?;
    Ok(())
}

pub fn enqueue_device(tx: &Transaction, device: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO derived_work (kind, subject, enqueued_at) VALUES ('device', ?1, ?2)
         ON CONFLICT (kind, subject) DO UPDATE SET
           revision = derived_work.revision + 1, attempts = 0, not_before = NULL",
    )?
    .execute(params![device, time::text(now)])?;
    Ok(())
}
