use crate::store::{Store, flags::Flag};
use anyhow::Result;
use sqlx::{FromRow, QueryBuilder, Sqlite};

/// What the flags page asks for; empty lists mean everything.
#[derive(Debug, Clone, Default)]
pub struct FlagQuery<'a> {
    /// The unit and all below it.
    pub below: Option<&'a str>,
    pub rule: Option<&'a str>,
    pub device: Option<&'a str>,
    pub closed: bool,
    pub limit: i64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    rule: String,
    unit_code: String,
    device: Option<String>,
    system: Option<String>,
    since: String,
    closed_at: Option<String>,
    evidence: String,
    host_name: Option<String>,
    unit_name: Option<String>,
}

/// A flag with the names a reader knows its subject by.
#[derive(Debug, Clone)]
pub struct NamedFlag {
    pub flag: Flag,
    pub host_name: Option<String>,
    pub unit_name: Option<String>,
}

impl Store {
    /// The newest first.
    pub async fn flags_page(
        &self,
        asked: &FlagQuery<'_>,
        today: jiff::civil::Date,
    ) -> Result<Vec<NamedFlag>> {
        let mut query = QueryBuilder::<Sqlite>::new("");
        push_below(&mut query, asked.below, today);
        query.push(
            "SELECT f.id, f.rule, f.unit_code, f.device, f.system, f.since, f.closed_at, f.evidence, d.host_name,
               (SELECT u.full_name FROM unit u WHERE u.code = f.unit_code AND u.valid_from <= ",
        );
        query.push_bind(today.to_string());
        query.push(
            " ORDER BY u.valid_from DESC LIMIT 1) AS unit_name
             FROM flag f LEFT JOIN device d ON d.id = f.device WHERE f.closed_at IS ",
        );
        query.push(if asked.closed { "NOT NULL" } else { "NULL" });
        if asked.below.is_some() {
            query.push(" AND f.unit_code IN (SELECT code FROM below)");
        }
        for (column, value) in [("f.rule", asked.rule), ("f.device", asked.device)] {
            if let Some(value) = value {
                query.push(format!(" AND {column} = ")).push_bind(value);
            }
        }
        query.push(" ORDER BY f.since DESC, f.unit_code, f.rule, f.device LIMIT ").push_bind(asked.limit);
        let rows: Vec<Row> = query.build_query_as().fetch_all(self.reader()).await?;
        rows.into_iter().map(NamedFlag::try_from).collect()
    }
}

/// `WITH RECURSIVE below`: the codes at or below a unit.
pub(super) fn push_below(query: &mut QueryBuilder<Sqlite>, unit: Option<&str>, today: jiff::civil::Date) {
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
        let flag = Flag {
            since: crate::store::time::parse(&row.since)?,
            closed_at: crate::store::time::parse_optional(row.closed_at.as_deref())?,
            evidence: serde_json::from_str(&row.evidence)?,
            id: row.id,
            rule: row.rule,
            unit: row.unit_code,
            device: row.device,
            system: row.system,
        };
        Ok(Self { flag, host_name: row.host_name, unit_name: row.unit_name })
    }
}
