use crate::store::{
    Store,
    flags::{Flag, FlagRow},
    time,
};
use anyhow::Result;
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use sqlx::{FromRow, QueryBuilder, Sqlite};

/// What the flags page asks for; `None` means everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct FlagQuery<'a> {
    /// The unit and all below it.
    pub below: Option<&'a str>,
    /// The unit without those below it.
    pub unit: Option<&'a str>,
    /// A rule, or the part before its point.
    pub rule: Option<&'a str>,
    pub device: Option<&'a str>,
    pub closed: bool,
}

/// Where a page of an export ends.
pub type FlagMark = i64;

#[derive(FromRow)]
struct Row {
    mark: FlagMark,
    #[sqlx(flatten)]
    flag: FlagRow,
    host_name: Option<String>,
    unit_name: Option<String>,
    note: Option<String>,
    until: Option<String>,
    acknowledged_at: Option<String>,
    acknowledged_by: Option<String>,
}

/// Somebody knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub note: String,
    /// Last day it holds; `None`: without end.
    pub until: Option<Date>,
    pub at: Timestamp,
    pub by: String,
}

/// A flag with the names a reader knows its subject by.
#[derive(Debug, Clone)]
pub struct NamedFlag {
    pub flag: Flag,
    pub host_name: Option<String>,
    pub unit_name: Option<String>,
    pub acknowledged: Option<Acknowledgement>,
}

impl Store {
    /// The newest first.
    pub async fn flags_page(&self, asked: &FlagQuery<'_>, most: i64, today: Date) -> Result<Vec<NamedFlag>> {
        let mut query = select(asked, today);
        query.push(" ORDER BY f.since DESC, f.unit_code, f.rule, f.device LIMIT ").push_bind(most);
        let rows: Vec<Row> = query.build_query_as().fetch_all(self.reader()).await?;
        rows.into_iter().map(NamedFlag::try_from).collect()
    }

    pub async fn named_flag(&self, id: &str, today: Date) -> Result<Option<NamedFlag>> {
        let mut query = QueryBuilder::<Sqlite>::new("");
        push_columns(&mut query, today);
        query.push(" WHERE f.id = ").push_bind(id.to_owned());
        let row: Option<Row> = query.build_query_as().fetch_optional(self.reader()).await?;
        row.map(NamedFlag::try_from).transpose()
    }

    /// `None` takes the acknowledgement back.
    pub async fn acknowledge_flag(
        &self,
        id: &str,
        acknowledged: Option<(&str, Option<Date>)>,
        actor: &str,
    ) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM flag_acknowledgement WHERE flag = $1").bind(id).execute(&mut *tx).await?;
        let Some((note, until)) = acknowledged else {
            tx.audit(actor, "flag-acknowledge-clear", id, &Value::Null, now).await?;
            return tx.commit().await;
        };
        sqlx::query(
            "INSERT INTO flag_acknowledgement (flag, note, until, acknowledged_at, acknowledged_by)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(note)
        .bind(until.map(|day| day.to_string()))
        .bind(time::text(now))
        .bind(actor)
        .execute(&mut *tx)
        .await?;
        tx.audit(actor, "flag-acknowledge", id, &json!({"note": note, "until": until}), now).await?;
        tx.commit().await
    }

    /// All of them, a page at a time, the last opened first; with the mark that the next page begins after.
    pub async fn flags_after(
        &self,
        asked: &FlagQuery<'_>,
        after: Option<FlagMark>,
        most: i64,
        today: Date,
    ) -> Result<(Vec<NamedFlag>, Option<FlagMark>)> {
        let mut query = select(asked, today);
        if let Some(after) = after {
            query.push(" AND f.rowid < ").push_bind(after);
        }
        query.push(" ORDER BY f.rowid DESC LIMIT ").push_bind(most);
        let rows: Vec<Row> = query.build_query_as().fetch_all(self.reader()).await?;
        let last = rows.last().map(|row| row.mark);
        Ok((rows.into_iter().map(NamedFlag::try_from).collect::<Result<_>>()?, last))
    }

    /// How many there are of each rule, in order of the rule.
    pub async fn flag_counts(&self, asked: &FlagQuery<'_>, today: Date) -> Result<Vec<(String, i64)>> {
        let mut query = QueryBuilder::<Sqlite>::new("");
        push_below(&mut query, asked.below, today);
        query.push("SELECT f.rule, COUNT(*) FROM flag f");
        push_conditions(&mut query, asked);
        query.push(" GROUP BY f.rule ORDER BY f.rule");
        Ok(query.build_query_as().fetch_all(self.reader()).await?)
    }
}

fn select(asked: &FlagQuery<'_>, today: Date) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new("");
    push_below(&mut query, asked.below, today);
    push_columns(&mut query, today);
    push_conditions(&mut query, asked);
    query
}

fn push_columns(query: &mut QueryBuilder<Sqlite>, today: Date) {
    query.push(
        "SELECT f.rowid AS mark, f.id, f.rule, f.unit_code, f.device, f.system, f.since, f.closed_at,
           f.evidence, d.host_name, a.note, a.until, a.acknowledged_at, a.acknowledged_by,
           (SELECT u.full_name FROM unit u WHERE u.code = f.unit_code AND u.valid_from <= ",
    );
    query.push_bind(today.to_string());
    query.push(
        " ORDER BY u.valid_from DESC LIMIT 1) AS unit_name
         FROM flag f LEFT JOIN device d ON d.id = f.device
         LEFT JOIN flag_acknowledgement a ON a.flag = f.id",
    );
}

fn push_conditions(query: &mut QueryBuilder<Sqlite>, asked: &FlagQuery<'_>) {
    query.push(" WHERE f.closed_at IS ").push(if asked.closed { "NOT NULL" } else { "NULL" });
    if asked.below.is_some() {
        query.push(" AND f.unit_code IN (SELECT code FROM below)");
    }
    for (column, value) in [("f.unit_code", asked.unit), ("f.device", asked.device)] {
        if let Some(value) = value {
            query.push(format!(" AND {column} = ")).push_bind(value.to_owned());
        }
    }
    if let Some(rule) = asked.rule {
        // The range is what the index of open flags can use; `/` follows the point.
        query.push(" AND f.rule >= ").push_bind(rule.to_owned());
        query.push(" AND f.rule < ").push_bind(format!("{rule}/"));
        query.push(" AND (f.rule = ").push_bind(rule.to_owned());
        query.push(" OR substr(f.rule, 1, length(").push_bind(rule.to_owned());
        query.push(") + 1) = ").push_bind(format!("{rule}.")).push(")");
    }
}

/// `WITH RECURSIVE below`: the codes at or below a unit.
pub(super) fn push_below(query: &mut QueryBuilder<Sqlite>, unit: Option<&str>, today: Date) {
    let Some(unit) = unit else { return };
    query.push("WITH RECURSIVE below (code) AS (SELECT ").push_bind(unit.to_owned());
    query.push(
        " UNION SELECT u.code FROM unit u JOIN below b ON u.parent_code = b.code
         WHERE u.valid_to IS NULL OR u.valid_to > ",
    );
    query.push_bind(today.to_string()).push(") ");
}

impl TryFrom<Row> for NamedFlag {
    type Error = anyhow::Error;

    fn try_from(row: Row) -> Result<Self> {
        let flag = Flag::try_from(row.flag)?;
        let acknowledged = match (row.note, row.acknowledged_at, row.acknowledged_by) {
            (Some(note), Some(at), Some(by)) => Some(Acknowledgement {
                note,
                until: row.until.as_deref().map(time::parse_date).transpose()?,
                at: time::parse(&at)?,
                by,
            }),
            _ => None,
        };
        Ok(Self { flag, host_name: row.host_name, unit_name: row.unit_name, acknowledged })
    }
}
