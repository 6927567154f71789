use super::{CODES_PER_QUERY, Store, WriteTransaction, list::push_list, time};
use crate::inventory::device::SecurityCheck;
use anyhow::Result;
use jiff::{Timestamp, civil::Date};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckSubject {
    Device,
    Peripheral,
}

impl CheckSubject {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Peripheral => "peripheral",
        }
    }
}

/// A check to record on a device id or a peripheral identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheck {
    pub kind: CheckSubject,
    pub subject: String,
    pub check: SecurityCheck,
}

#[derive(FromRow)]
struct CheckRow {
    subject: String,
    checked_on: String,
    checked_by: String,
    document: Option<String>,
    valid_until: Option<String>,
}

impl CheckRow {
    fn check(self) -> Result<SecurityCheck> {
        let date = |text: Option<String>| -> Result<Option<Date>> {
            text.as_deref().map(time::parse_date).transpose()
        };
        Ok(SecurityCheck {
            checked_on: time::parse_date(&self.checked_on)?,
            checked_by: self.checked_by,
            document: self.document,
            valid_until: date(self.valid_until)?,
        })
    }
}

impl Store {
    /// Records all or none; the same check again adds no row. Gives the number of rows added.
    pub async fn record_checks(&self, checks: &[NewCheck], actor: &str) -> Result<usize> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let mut added = 0;
        for new in checks {
            if insert(&mut tx, new, actor, now).await? {
                added += 1;
                enqueue_subject(&mut tx, new, now).await?;
            }
        }
        tx.commit().await?;
        Ok(added)
    }

    /// The latest check of each of these subjects.
    pub async fn checks(
        &self,
        kind: CheckSubject,
        subjects: &[String],
    ) -> Result<BTreeMap<String, SecurityCheck>> {
        let mut found = BTreeMap::new();
        for part in subjects.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT subject, checked_on, checked_by, document, valid_until FROM security_check
                 WHERE subject_kind = ",
            );
            query.push_bind(kind.as_str()).push(" AND subject IN (");
            push_list(&mut query, part);
            query.push(") ORDER BY checked_on, id");
            for row in query.build_query_as::<CheckRow>().fetch_all(self.reader()).await? {
                found.insert(row.subject.clone(), row.check()?);
            }
        }
        Ok(found)
    }
}

async fn insert(tx: &mut WriteTransaction, new: &NewCheck, actor: &str, now: Timestamp) -> Result<bool> {
    let check = &new.check;
    let done = sqlx::query(
        "INSERT INTO security_check (subject_kind, subject, checked_on, checked_by, document, valid_until,
           recorded_at, recorded_by)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (
           SELECT 1 FROM security_check WHERE subject_kind = $1 AND subject = $2 AND checked_on = $3
           AND checked_by = $4 AND COALESCE(document, '') = COALESCE($5, '')
           AND COALESCE(valid_until, '') = COALESCE($6, ''))",
    )
    .bind(new.kind.as_str())
    .bind(&new.subject)
    .bind(check.checked_on.to_string())
    .bind(&check.checked_by)
    .bind(&check.document)
    .bind(check.valid_until.map(|date| date.to_string()))
    .bind(time::text(now))
    .bind(actor)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

async fn enqueue_subject(tx: &mut WriteTransaction, new: &NewCheck, now: Timestamp) -> Result<()> {
    let units: Vec<String> = match new.kind {
        CheckSubject::Device => sqlx::query_scalar("SELECT unit_code FROM device WHERE id = $1"),
        CheckSubject::Peripheral => sqlx::query_scalar(
            "SELECT DISTINCT d.unit_code FROM peripheral_sighting s JOIN device d ON d.id = s.device
             WHERE s.identity = $1",
        ),
    }
    .bind(&new.subject)
    .fetch_all(&mut **tx)
    .await?;
    for unit in units {
        tx.enqueue_unit(&unit, now).await?;
    }
    Ok(())
}
