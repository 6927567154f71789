use super::{CODES_PER_QUERY, Store, WriteTransaction, list::push_list, time};
use crate::inventory::{line::LineSighting, peripheral::PeripheralSighting};
use anyhow::{Context, Result};
use sqlx::{FromRow, QueryBuilder, Sqlite};

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
        Ok(())
    }
}
