//! What planners and buyers say about a need: year, source, stage; and their edits of the computed.

use super::Item;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub const YEARS: [u16; 2] = [2024, 2025];

/// Nguồn vốn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Local,
    Central,
    Other,
}

impl Source {
    pub const ALL: [Self; 3] = [Self::Local, Self::Central, Self::Other];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Central => "central",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Local => "Địa phương",
            Self::Central => "Trung ương",
            Self::Other => "Khác",
        }
    }
}

/// The seven choices of the status form 488/BTTTT-CĐSQG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    NotPlanned,
    Policy,
    Project,
    Tender,
    Purchase,
    Done,
    Other,
}

impl Stage {
    pub const ALL: [Self; 7] = [
        Self::NotPlanned,
        Self::Policy,
        Self::Project,
        Self::Tender,
        Self::Purchase,
        Self::Done,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotPlanned => "not-planned",
            Self::Policy => "policy",
            Self::Project => "project",
            Self::Tender => "tender",
            Self::Purchase => "purchase",
            Self::Done => "done",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::NotPlanned => "Chưa lập dự án/kế hoạch thuê dịch vụ/đề cương, dự toán chi tiết",
            Self::Policy => "Trình, phê duyệt thuyết minh chủ trương đầu tư, mua sắm",
            Self::Project => "Trình, phê duyệt dự án/kế hoạch thuê dịch vụ/đề cương, dự toán chi tiết",
            Self::Tender => "Tổ chức đấu thầu",
            Self::Purchase => "Triển khai mua sắm",
            Self::Done => "Hoàn thành mua sắm",
            Self::Other => "Khác",
        }
    }
}

/// A planner's edit of the need of one unit for one item; `None` leaves the computed value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    pub quantity: Option<u32>,
    pub unit_price: Option<u64>,
    pub year: Option<u16>,
    pub source: Option<Source>,
    pub stage: Option<Stage>,
    pub note: Option<String>,
    /// The need may stand in the appendices.
    pub adopted: bool,
    /// What was computed when the edit was made.
    pub computed_quantity: Option<u32>,
    /// Who edited last; the store says it.
    pub edited: Option<Edited>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edited {
    pub by: String,
    pub at: Timestamp,
}

/// Editable price list; nothing stands in it that nobody imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceList(pub Vec<Price>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    pub item: Item,
    /// `None`: any year.
    pub year: Option<u16>,
    /// Whole đồng.
    pub unit_price: u64,
    pub source: String,
}

impl PriceList {
    /// The price of that year, else the one of any year.
    pub fn price(&self, item: Item, year: u16) -> Option<&Price> {
        let of_item = |wanted: Option<u16>| self.0.iter().find(|p| p.item == item && p.year == wanted);
        of_item(Some(year)).or_else(|| of_item(None))
    }
}

/// The plan is for two years: a date outside counts as the nearer one.
pub fn default_year(today: jiff::civil::Date) -> u16 {
    let [first, last] = YEARS;
    u16::try_from(today.year()).unwrap_or(first).clamp(first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn prices_of_the_year_go_first() {
        let price =
            |year, unit_price| Price { item: Item::Computer, year, unit_price, source: "QĐ 1".into() };
        let list = PriceList(vec![price(None, 15_000_000), price(Some(2025), 16_000_000)]);
        let of = |item, year| list.price(item, year).map(|price| price.unit_price);
        assert_eq!(of(Item::Computer, 2025), Some(16_000_000));
        assert_eq!(of(Item::Computer, 2024), Some(15_000_000));
        assert_eq!(of(Item::Scanner, 2024), None);
    }

    #[test]
    fn years_outside_the_plan_are_its_nearer_end() {
        assert_eq!(
            [2023, 2024, 2025, 2026].map(|year| default_year(date(year, 5, 1))),
            [2024, 2024, 2025, 2025]
        );
    }
}
