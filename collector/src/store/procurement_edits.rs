use super::{CODES_PER_QUERY, Store, list::push_list, time};
use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;
use sqlx::{FromRow, QueryBuilder, Sqlite};

/// What a planner made of one need, as the table has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct KeptEdit {
    pub unit_code: String,
    pub item: String,
    pub quantity: Option<i64>,
    /// Whole đồng.
    pub unit_price: Option<i64>,
    pub year: Option<i64>,
    pub source: Option<String>,
    pub stage: Option<String>,
    pub adopted: i64,
    pub note: Option<String>,
    pub computed_quantity: Option<i64>,
    /// These two the store writes.
    pub changed_at: String,
    pub changed_by: String,
}

impl Store {
    /// What planners made of the needs of these units.
    pub async fn procurement_edits(&self, units: &[String]) -> Result<Vec<KeptEdit>> {
        let mut found = Vec::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT unit_code, item, quantity, unit_price, year, source, stage, adopted, note,
                   computed_quantity, changed_at, changed_by FROM procurement_edit WHERE unit_code IN (",
            );
            push_list(&mut query, codes);
            query.push(")");
            found.extend(query.build_query_as::<KeptEdit>().fetch_all(self.reader()).await?);
        }
        Ok(found)
    }

    pub async fn edit_procurement(&self, edit: &KeptEdit, actor: &str) -> Result<()> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO procurement_edit (unit_code, item, quantity, unit_price, year, source, stage, adopted,
               note, computed_quantity, changed_at, changed_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (unit_code, item) DO UPDATE SET quantity = excluded.quantity,
               unit_price = excluded.unit_price, year = excluded.year, source = excluded.source,
               stage = excluded.stage, adopted = excluded.adopted, note = excluded.note,
               computed_quantity = excluded.computed_quantity, changed_at = excluded.changed_at,
               changed_by = excluded.changed_by",
        )
        .bind(&edit.unit_code)
        .bind(&edit.item)
        .bind(edit.quantity)
        .bind(edit.unit_price)
        .bind(edit.year)
        .bind(&edit.source)
        .bind(&edit.stage)
        .bind(edit.adopted)
        .bind(&edit.note)
        .bind(edit.computed_quantity)
        .bind(time::text(now))
        .bind(actor)
        .execute(&mut *tx)
        .await?;
        let detail = json!({
            "item": edit.item, "quantity": edit.quantity, "unit_price": edit.unit_price, "year": edit.year,
            "source": edit.source, "stage": edit.stage, "note": edit.note, "adopted": edit.adopted != 0,
        });
        tx.audit(actor, "procurement-edit", &edit.unit_code, &detail, now).await?;
        tx.enqueue_unit(&edit.unit_code, now).await?;
        tx.commit().await
    }

    /// Leaves the computed need; whether there was an edit.
    pub async fn clear_procurement(&self, unit: &str, item: &str, actor: &str) -> Result<bool> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let done = sqlx::query("DELETE FROM procurement_edit WHERE unit_code = $1 AND item = $2")
            .bind(unit)
            .bind(item)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() > 0 {
            tx.audit(actor, "procurement-clear", unit, &json!({"item": item}), now).await?;
            tx.enqueue_unit(unit, now).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}
