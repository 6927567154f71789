//! Procurement needs as a workbook with formulas, as a Word document, and as JSON.

pub mod docx;
mod evidence;
pub mod json;
pub mod xlsx;

use super::subtitle;
use crate::{
    inventory::Unit,
    procurement::{Need, Source},
};

const TITLE: &str = "NHU CẦU ĐẦU TƯ, MUA SẮM GIAI ĐOẠN 2024-2025 TRIỂN KHAI ĐỀ ÁN 06";
/// Headings and widths of the table of needs, in characters.
const COLUMNS: [(&str, f64); 14] = [
    ("TT", 6.0),
    ("Mã đơn vị", 9.0),
    ("Đơn vị", 16.0),
    ("Mã cấp trên", 9.0),
    ("Hạng mục", 16.0),
    ("Đơn vị tính", 10.0),
    ("Số lượng", 9.0),
    ("Đơn giá (đồng)", 14.0),
    ("Thành tiền (đồng)", 15.0),
    ("Năm", 7.0),
    ("Nguồn vốn", 12.0),
    ("Giai đoạn", 18.0),
    ("Trạng thái", 14.0),
    ("Thuyết minh", 38.0),
];
const NAME: u16 = 2;
const QUANTITY: u16 = 6;
const UNIT_PRICE: u16 = 7;
const AMOUNT: u16 = 8;
const JUSTIFICATION: u16 = 13;
const NO_PRICE: &str = "Chưa có đơn giá";
const UNKNOWN: &str = "Chưa xác định";
const SUM: &str = "Tổng cộng";

/// One row: a need, its unit, and the district (or department) under which it is rolled up.
pub struct NeedRow {
    pub unit: Unit,
    pub group: Unit,
    pub need: Need,
}

impl NeedRow {
    /// The cells that are text, with their columns; the numbers are not among them.
    fn texts(&self, number: usize) -> [(u16, String); 11] {
        let Self { unit, group, need } = self;
        [
            (0, number.to_string()),
            (1, unit.code.clone()),
            (NAME, unit.full_name.clone()),
            (3, group.code.clone()),
            (4, need.item.label().to_owned()),
            (5, need.item.measure().to_owned()),
            (9, need.year.to_string()),
            (10, need.source.map_or(UNKNOWN, Source::label).to_owned()),
            (11, need.stage.label().to_owned()),
            (12, status(need)),
            (JUSTIFICATION, need.justification()),
        ]
    }
}

fn status(need: &Need) -> String {
    let mut parts =
        vec![if need.adopted { "Đã duyệt đưa vào phụ lục" } else { "Tính toán, chưa duyệt" }.to_owned()];
    if let Some(then) = need.changed_from {
        parts.push(format!("Tính toán đã đổi: {then} → {}", need.computed_quantity));
    }
    parts.extend(need.note.clone());
    parts.join("\n")
}

fn total(rows: &[NeedRow]) -> u64 {
    rows.iter().filter_map(|row| row.need.amount).fold(0, u64::saturating_add)
}

/// Said beside the sum, which is too small by what they cost.
fn unpriced_note(rows: &[NeedRow]) -> Option<String> {
    let unpriced = rows.iter().filter(|row| row.need.quantity > 0 && row.need.amount.is_none()).count();
    (unpriced > 0).then(|| format!("Chưa gồm {unpriced} hạng mục chưa có đơn giá"))
}
