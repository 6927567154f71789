//! Work that follows from a change: rows, claimed, idempotent, retried with backoff.

use super::{Store, WriteTransaction, actor, time};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

const DAY_OF_LOOK: &str = "units-looked-at";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    Device,
    Unit,
    /// A unit of which nothing changed but the time.
    Clock,
}

impl WorkKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Unit => "unit",
            Self::Clock => "clock",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Work {
    pub subject: String,
    pub revision: i64,
    pub attempts: i64,
}

const FIRST_PAUSE_SECONDS: i64 = 5;
const LONGEST_PAUSE_SECONDS: i64 = 3600;

impl Store {
    /// What is due, oldest first.
    pub async fn due_work(&self, kind: WorkKind, now: Timestamp, limit: u32) -> Result<Vec<Work>> {
        Ok(sqlx::query_as(
            "SELECT subject, revision, attempts FROM derived_work
             WHERE kind = $1 AND (not_before IS NULL OR not_before <= $2) ORDER BY enqueued_at, subject LIMIT $3",
        )
        .bind(kind.as_str())
        .bind(time::text(now))
        .bind(limit)
        .fetch_all(self.reader())
        .await?)
    }

    /// Whether anything of this kind enqueued until `at` was never tried.
    pub async fn has_untried_work(&self, kind: WorkKind, at: Timestamp) -> Result<bool> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM derived_work WHERE kind = $1 AND attempts = 0 AND enqueued_at <= $2",
        )
        .bind(kind.as_str())
        .bind(time::text(at))
        .fetch_one(self.reader())
        .await?;
        Ok(count > 0)
    }

    /// What is to be looked at later, and never failed, is not left over.
    pub async fn work_left(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM derived_work WHERE attempts > 0 OR enqueued_at <= $1")
            .bind(time::text(Timestamp::now()))
            .fetch_one(self.reader())
            .await?)
    }

    /// Everything again.
    pub async fn enqueue_all(&self) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        for (kind, select) in [
            ("device", "SELECT id AS subject FROM device"),
            ("unit", "SELECT DISTINCT code AS subject FROM unit"),
        ] {
            let sql = format!(
                "INSERT INTO derived_work (kind, subject, enqueued_at)
                 SELECT '{kind}', subject, $1 FROM ({select}) AS all_subjects WHERE true
                 ON CONFLICT (kind, subject) DO UPDATE SET
                   revision = derived_work.revision + 1, attempts = 0, not_before = NULL"
            );
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(time::text(now)).execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    /// Units with devices: what changes as time passes is looked at again. Work that failed keeps its pause.
    pub async fn enqueue_clock(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO derived_work (kind, subject, enqueued_at)
             SELECT 'clock', unit_code, $1 FROM (SELECT DISTINCT unit_code FROM device) AS units WHERE true
             ON CONFLICT (kind, subject) DO UPDATE SET revision = derived_work.revision + 1,
               enqueued_at = MIN(derived_work.enqueued_at, excluded.enqueued_at),
               not_before = CASE WHEN derived_work.attempts = 0 THEN NULL ELSE derived_work.not_before END",
        )
        .bind(time::text(now))
        .execute(&mut *tx)
        .await?;
        tx.enqueue_turned_units(now).await?;
        tx.commit().await
    }

    pub async fn work_failed(&self, kind: WorkKind, work: &Work, error: &str, now: Timestamp) -> Result<()> {
        let pause =
            FIRST_PAUSE_SECONDS.saturating_mul(1 << work.attempts.clamp(0, 20)).min(LONGEST_PAUSE_SECONDS);
        let not_before = now.checked_add(SignedDuration::from_secs(pause))?;
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE derived_work SET attempts = attempts + 1, not_before = $3, last_error = $4
             WHERE kind = $1 AND subject = $2",
        )
        .bind(kind.as_str())
        .bind(&work.subject)
        .bind(time::text(not_before))
        .bind(error)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }
}

impl WriteTransaction {
    pub async fn enqueue_device(&mut self, device: &str, now: Timestamp) -> Result<()> {
        self.enqueue(WorkKind::Device, device, now).await
    }

    pub async fn enqueue_unit(&mut self, code: &str, now: Timestamp) -> Result<()> {
        self.enqueue(WorkKind::Unit, code, now).await
    }

    pub(super) async fn enqueue_all_units(&mut self, now: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO derived_work (kind, subject, enqueued_at)
             SELECT 'unit', code, $1 FROM (SELECT DISTINCT code FROM unit) AS units WHERE true
             ON CONFLICT (kind, subject) DO UPDATE SET
               revision = derived_work.revision + 1, attempts = 0, not_before = NULL",
        )
        .bind(time::text(now))
        .execute(&mut **self)
        .await?;
        Ok(())
    }

    /// A unit to look at when a moment has come; until then it waits for nobody.
    pub async fn enqueue_clock_at(&mut self, code: &str, at: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO derived_work (kind, subject, enqueued_at, not_before) VALUES ('clock', $1, $2, $2)
             ON CONFLICT (kind, subject) DO UPDATE SET
               enqueued_at = MIN(derived_work.enqueued_at, excluded.enqueued_at),
               not_before = MIN(derived_work.not_before, excluded.not_before)",
        )
        .bind(code)
        .bind(time::text(at))
        .execute(&mut **self)
        .await?;
        Ok(())
    }

    /// Units whose names or places begin or end to hold since the day of the last look, with all below them.
    async fn enqueue_turned_units(&mut self, now: Timestamp) -> Result<()> {
        let today = time::local_date(now).to_string();
        let looked: Option<String> = sqlx::query_scalar("SELECT value FROM setting WHERE key = $1")
            .bind(DAY_OF_LOOK)
            .fetch_optional(&mut **self)
            .await?;
        if looked.as_ref() == Some(&today) {
            return Ok(());
        }
        let turned: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT code FROM unit
             WHERE (valid_from > $1 AND valid_from <= $2) OR (valid_to > $1 AND valid_to <= $2)",
        )
        .bind(looked.unwrap_or_default())
        .bind(&today)
        .fetch_all(&mut **self)
        .await?;
        self.enqueue_units_below(turned, now).await?;
        self.put_setting(DAY_OF_LOOK, &today, actor::COLLECTOR).await
    }

    /// These units and all that were ever below them: documents carry the names of the units above.
    pub(super) async fn enqueue_units_below(&mut self, units: Vec<String>, now: Timestamp) -> Result<()> {
        if units.is_empty() {
            return Ok(());
        }
        let pairs: Vec<(String, String)> = sqlx::query_as(
            "SELECT DISTINCT parent_code, code FROM unit WHERE parent_code IS NOT NULL ORDER BY 1, 2",
        )
        .fetch_all(&mut **self)
        .await?;
        let mut children = BTreeMap::<String, Vec<String>>::new();
        for (parent, code) in pairs {
            children.entry(parent).or_default().push(code);
        }
        let (mut open, mut done) = (units, BTreeSet::new());
        while let Some(code) = open.pop() {
            if done.contains(&code) {
                continue;
            }
            open.extend(children.get(&code).into_iter().flatten().cloned());
            self.enqueue_unit(&code, now).await?;
            done.insert(code);
        }
        Ok(())
    }

    async fn enqueue(&mut self, kind: WorkKind, subject: &str, now: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO derived_work (kind, subject, enqueued_at) VALUES ($1, $2, $3)
             ON CONFLICT (kind, subject) DO UPDATE SET
               revision = derived_work.revision + 1, attempts = 0, not_before = NULL",
        )
        .bind(kind.as_str())
        .bind(subject)
        .bind(time::text(now))
        .execute(&mut **self)
        .await?;
        Ok(())
    }

    /// Work that was enqueued again meanwhile stays, as new.
    pub async fn work_done(&mut self, kind: WorkKind, work: &Work, now: Timestamp) -> Result<()> {
        let done = sqlx::query("DELETE FROM derived_work WHERE kind = $1 AND subject = $2 AND revision = $3")
            .bind(kind.as_str())
            .bind(&work.subject)
            .bind(work.revision)
            .execute(&mut **self)
            .await?;
        if done.rows_affected() == 0 {
            sqlx::query("UPDATE derived_work SET enqueued_at = $3 WHERE kind = $1 AND subject = $2")
                .bind(kind.as_str())
                .bind(&work.subject)
                .bind(time::text(now))
                .execute(&mut **self)
                .await?;
        }
        Ok(())
    }
}
