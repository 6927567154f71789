use super::{Store, time};
use anyhow::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub struct Price {
    pub item: String,
    /// 0: any year.
    pub year: i64,
    /// Whole đồng.
    pub unit_price: i64,
    pub source: String,
}

/// A price with who set it, and when.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PriceRow {
    #[sqlx(flatten)]
    pub price: Price,
    pub changed_at: String,
    pub changed_by: String,
}

impl Store {
    /// In order of item and year.
    pub async fn price_list(&self) -> Result<Vec<PriceRow>> {
        Ok(sqlx::query_as("SELECT * FROM price ORDER BY item, year").fetch_all(self.reader()).await?)
    }

    pub async fn prices(&self) -> Result<Vec<Price>> {
        Ok(sqlx::query_as("SELECT item, year, unit_price, source FROM price ORDER BY item, year")
            .fetch_all(self.reader())
            .await?)
    }

    /// Sets all or none; a price of an item and year that is known already is replaced.
    pub async fn set_prices(&self, prices: &[Price], actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        for price in prices {
            sqlx::query(
                "INSERT INTO price (item, year, unit_price, source, changed_at, changed_by)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (item, year) DO UPDATE SET unit_price = excluded.unit_price,
                   source = excluded.source, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            )
            .bind(&price.item)
            .bind(price.year)
            .bind(price.unit_price)
            .bind(&price.source)
            .bind(time::text(now))
            .bind(actor)
            .execute(&mut *tx)
            .await?;
            tx.audit(actor, "price", &price.item, &serde_json::to_value(price)?, now).await?;
        }
        // What is proposed costs something else now.
        let proposing: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT unit_code FROM procurement_edit WHERE adopted <> 0")
                .fetch_all(&mut *tx)
                .await?;
        for unit in proposing {
            tx.enqueue_unit(&unit, now).await?;
        }
        tx.commit().await
    }
}
