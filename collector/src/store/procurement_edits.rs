use super::{CODES_PER_QUERY, Store, time};
use crate::procurement::{Edit, Item, Source, Stage, plan::Edited};
use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{FromRow, QueryBuilder, Sqlite};
use std::collections::BTreeMap;

/// Of one unit, by item.
pub type Edits = BTreeMap<Item, Edit>;

#[derive(FromRow)]
struct EditRow {
    unit_code: String,
    item: String,
    quantity: Option<i64>,
    unit_price: Option<i64>,
    year: Option<i64>,
    source: Option<String>,
    stage: Option<String>,
    adopted: i64,
    note: Option<String>,
    computed_quantity: Option<i64>,
    changed_at: String,
    changed_by: String,
}

impl EditRow {
    fn edit(self) -> Result<(Item, Edit)> {
        let item = Item::parse(&self.item).with_context(|| format!("item {:?}", self.item))?;
        let source = self.source.map(|text| Source::parse(&text).with_context(|| format!("source {text:?}")));
        let stage = self.stage.map(|text| Stage::parse(&text).with_context(|| format!("stage {text:?}")));
        let edit = Edit {
            quantity: self.quantity.map(u32::try_from).transpose()?,
            unit_price: self.unit_price.map(u64::try_from).transpose()?,
            year: self.year.map(u16::try_from).transpose()?,
            source: source.transpose()?,
            stage: stage.transpose()?,
            note: self.note,
            adopted: self.adopted != 0,
            computed_quantity: self.computed_quantity.map(u32::try_from).transpose()?,
            edited: Some(Edited { by: self.changed_by, at: time::parse(&self.changed_at)? }),
        };
        Ok((item, edit))
    }
}

impl Store {
    /// What planners made of the needs of these units; a unit nobody edited is not in the map.
    pub async fn procurement_edits(&self, units: &[String]) -> Result<BTreeMap<String, Edits>> {
        let mut found = BTreeMap::<String, Edits>::new();
        for codes in units.chunks(CODES_PER_QUERY) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT unit_code, item, quantity, unit_price, year, source, stage, adopted, note,
                   computed_quantity, changed_at, changed_by FROM procurement_edit WHERE unit_code IN (",
            );
            let mut list = query.separated(", ");
            codes.iter().for_each(|code| {
                list.push_bind(code);
            });
            query.push(")");
            for row in query.build_query_as::<EditRow>().fetch_all(self.reader()).await? {
                let unit = row.unit_code.clone();
                let (item, edit) = row.edit().with_context(|| format!("procurement edit of unit {unit}"))?;
                found.entry(unit).or_default().insert(item, edit);
            }
        }
        Ok(found)
    }

    pub async fn edit_procurement(&self, unit: &str, item: Item, edit: &Edit, actor: &str) -> Result<()> {
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
        .bind(unit)
        .bind(item.as_str())
        .bind(edit.quantity.map(i64::from))
        .bind(edit.unit_price.map(i64::try_from).transpose()?)
        .bind(edit.year.map(i64::from))
        .bind(edit.source.map(Source::as_str))
        .bind(edit.stage.map(Stage::as_str))
        .bind(i64::from(edit.adopted))
        .bind(&edit.note)
        .bind(edit.computed_quantity.map(i64::from))
        .bind(time::text(now))
        .bind(actor)
        .execute(&mut *tx)
        .await?;
        let detail = json!({
            "item": item, "quantity": edit.quantity, "unit_price": edit.unit_price, "year": edit.year,
            "source": edit.source, "stage": edit.stage, "note": edit.note, "adopted": edit.adopted,
        });
        tx.audit(actor, "procurement-edit", unit, &detail, now).await?;
        tx.enqueue_unit(unit, now).await?;
        tx.commit().await
    }

    /// Leaves the computed need; whether there was an edit.
    pub async fn clear_procurement(&self, unit: &str, item: Item, actor: &str) -> Result<bool> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let done = sqlx::query("DELETE FROM procurement_edit WHERE unit_code = $1 AND item = $2")
            .bind(unit)
            .bind(item.as_str())
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
