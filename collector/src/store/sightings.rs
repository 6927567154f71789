use super::{CODES_PER_QUERY, Store, WriteTransaction, list::push_list, time};
use crate::inventory::{line::LineSighting, peripheral::PeripheralSighting};
use anyhow::{Context, Result};
use jiff::{ToSpan, civil::Date};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use std::collections::{BTreeSet, HashMap};

const DAYS_KEPT: i64 = 60;

#[derive(FromRow)]
struct PeripheralRow {
    identity: String,
    device: String,
    content: String,
    first_seen_at: String,
    last_seen_at: String,
    unit_code: String,
}

impl PeripheralRow {
    fn sighting(self) -> Result<PeripheralSighting> {
        let peripheral = serde_json::from_str(&self.content)
            .with_context(|| format!("sighting of {} by {}", self.identity, self.device))?;
        Ok(PeripheralSighting {
            peripheral,
            first_seen_at: time::parse(&self.first_seen_at)?,
            last_seen_at: time::parse(&self.last_seen_at)?,
            device: self.device,
            unit: self.unit_code,
            identity: self.identity,
        })
    }
}

impl Store {
    /// Every sighting, by whichever device of whichever unit, of the things that a counted device of these
    /// units has seen: a thing that moved to another unit shows as such. The unit is the device's present one.
    pub async fn peripheral_sightings(&self, units: &[String]) -> Result<Vec<PeripheralSighting>> {
        let mut found = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT s.identity, s.device, s.content, s.first_seen_at, s.last_seen_at, d.unit_code
                 FROM peripheral_sighting s JOIN device d ON d.id = s.device
                 WHERE d.state IN ('active', 'suspended') AND s.identity IN (
                   SELECT i.identity FROM device o JOIN peripheral_sighting i ON i.device = o.id
                   WHERE o.unit_code IN (",
            );
            push_list(&mut query, codes);
            query.push(")) ORDER BY s.identity, s.last_seen_at DESC, s.device");
            for row in query.build_query_as::<PeripheralRow>().fetch_all(self.reader()).await? {
                found.push(row.sighting()?);
            }
        }
        Ok(found)
    }

    /// Of one device in one unit, oldest first.
    pub async fn line_sightings(&self, device: &str, unit: &str) -> Result<Vec<LineSighting>> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT content, first_seen_at, last_seen_at FROM line_sighting
             WHERE device = $1 AND unit_code = $2 ORDER BY first_seen_at, asn",
        )
        .bind(device)
        .bind(unit)
        .fetch_all(self.reader())
        .await?;
        rows.into_iter()
            .map(|(content, first, last)| {
                let line: LineSighting =
                    serde_json::from_str(&content).with_context(|| format!("line seen by {device}"))?;
                Ok(LineSighting {
                    first_seen_at: time::parse(&first)?,
                    last_seen_at: time::parse(&last)?,
                    ..line
                })
            })
            .collect()
    }
}

impl Store {
    /// The days on which each network was seen from the unit.
    pub async fn line_days(&self, unit: &str, since: Date) -> Result<HashMap<u32, BTreeSet<Date>>> {
        let rows: Vec<(u32, String)> =
            sqlx::query_as("SELECT asn, day FROM line_day WHERE unit_code = $1 AND day >= $2")
                .bind(unit)
                .bind(since.to_string())
                .fetch_all(self.reader())
                .await?;
        let mut found = HashMap::<u32, BTreeSet<Date>>::new();
        for (asn, day) in rows {
            found.entry(asn).or_default().insert(time::parse_date(&day)?);
        }
        Ok(found)
    }
}

impl WriteTransaction {
    /// Keeps the first sight and the latest content.
    pub async fn see_peripheral(&mut self, sighting: &PeripheralSighting) -> Result<()> {
        sqlx::query(
            "INSERT INTO peripheral_sighting (identity, device, unit_code, content, first_seen_at, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (identity, device) DO UPDATE SET unit_code = excluded.unit_code,
               content = excluded.content,
               first_seen_at = MIN(peripheral_sighting.first_seen_at, excluded.first_seen_at),
               last_seen_at = MAX(peripheral_sighting.last_seen_at, excluded.last_seen_at)",
        )
        .bind(&sighting.identity)
        .bind(&sighting.device)
        .bind(&sighting.unit)
        .bind(serde_json::to_string(&sighting.peripheral)?)
        .bind(time::text(sighting.first_seen_at))
        .bind(time::text(sighting.last_seen_at))
        .execute(&mut **self)
        .await?;
        Ok(())
    }

    /// Keeps the first sight and the latest content.
    pub async fn see_line(&mut self, device: &str, unit: &str, line: &LineSighting) -> Result<()> {
        sqlx::query(
            "INSERT INTO line_sighting (device, asn, unit_code, content, first_seen_at, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (device, asn, unit_code) DO UPDATE SET content = excluded.content,
               first_seen_at = MIN(line_sighting.first_seen_at, excluded.first_seen_at),
               last_seen_at = MAX(line_sighting.last_seen_at, excluded.last_seen_at)",
        )
        .bind(device)
        .bind(i64::from(line.asn))
        .bind(unit)
        .bind(serde_json::to_string(line)?)
        .bind(time::text(line.first_seen_at))
        .bind(time::text(line.last_seen_at))
        .execute(&mut **self)
        .await?;
        self.see_line_on(unit, line.asn, time::local_date(line.last_seen_at)).await
    }

    async fn see_line_on(&mut self, unit: &str, asn: u32, day: Date) -> Result<()> {
        let sql = "INSERT INTO line_day (unit_code, asn, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let new = sqlx::query(sql).bind(unit).bind(asn).bind(day.to_string()).execute(&mut **self).await?;
        if new.rows_affected() > 0 {
            sqlx::query("DELETE FROM line_day WHERE unit_code = $1 AND asn = $2 AND day < $3")
                .bind(unit)
                .bind(asn)
                .bind(day.checked_sub(DAYS_KEPT.days())?.to_string())
                .execute(&mut **self)
                .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::sighting;
    use jiff::{SignedDuration, civil::date};

    #[tokio::test]
    async fn the_days_on_which_a_line_was_seen_are_kept_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        // 01:30 in Vietnam of the day after.
        let first: jiff::Timestamp = "2024-03-04T18:30:00Z".parse().unwrap();
        for day in [0, 0, 2, 61] {
            let at = first + SignedDuration::from_hours(24 * day);
            let line = LineSighting { first_seen_at: first, last_seen_at: at, ..sighting(45899, 0, 0) };
            tx.see_line("a", "26743", &line).await.unwrap();
        }
        tx.commit().await.unwrap();
        let days = store.line_days("26743", date(2024, 1, 1)).await.unwrap();
        assert_eq!(Vec::from_iter(days[&45899].clone()), [date(2024, 3, 7), date(2024, 5, 5)]);
        assert!(store.line_days("760", date(2024, 1, 1)).await.unwrap().is_empty());
    }
}
