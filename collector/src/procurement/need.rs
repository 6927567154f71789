use super::{
    Ground, Item,
    plan::{Edit, Edited, PriceList, Source, Stage},
};
use serde::Serialize;

/// One thing that one unit needs to buy: computed, and what a planner made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    pub unit: String,
    pub item: Item,
    pub quantity: u32,
    /// Whole đồng; `None`: nobody priced the item.
    pub unit_price: Option<u64>,
    pub amount: Option<u64>,
    pub year: u16,
    /// `None`: nobody said.
    pub source: Option<Source>,
    pub stage: Stage,
    pub adopted: bool,
    pub note: Option<String>,
    pub computed_quantity: u32,
    /// What was computed when the planner edited, where it is another number now.
    pub changed_from: Option<u32>,
    pub price_source: Option<String>,
    /// `None`: as computed.
    pub edited: Option<Edited>,
    pub grounds: Vec<Ground>,
}

impl Need {
    pub fn of(
        unit: &str,
        item: Item,
        grounds: Vec<Ground>,
        edit: Option<&Edit>,
        prices: &PriceList,
        year: u16,
    ) -> Self {
        let computed_quantity = grounds.iter().fold(0_u32, |sum, ground| sum.saturating_add(ground.quantity));
        let edit = edit.cloned().unwrap_or_default();
        let year = edit.year.unwrap_or(year);
        let quantity = edit.quantity.unwrap_or(computed_quantity);
        let listed = prices.price(item, year);
        let unit_price = edit.unit_price.or(listed.map(|price| price.unit_price));
        let price_source = listed.filter(|_| edit.unit_price.is_none()).map(|price| price.source.clone());
        Self {
            unit: unit.to_owned(),
            item,
            quantity,
            unit_price,
            amount: unit_price.map(|price| price.saturating_mul(u64::from(quantity))),
            year,
            source: edit.source,
            stage: edit.stage.unwrap_or(Stage::NotPlanned),
            adopted: edit.adopted,
            note: edit.note,
            computed_quantity,
            changed_from: edit.computed_quantity.filter(|then| *then != computed_quantity),
            price_source,
            edited: edit.edited,
            grounds,
        }
    }

    /// The grounds as one Vietnamese text, for the column "Thuyết minh".
    pub fn justification(&self) -> String {
        self.grounds.iter().map(Ground::text_vi).collect::<Vec<_>>().join("\n")
    }
}
