use super::{
    AMOUNT, COLUMNS, JUSTIFICATION, NAME, NO_PRICE, NeedRow, QUANTITY, SUM, TITLE, UNIT_PRICE, evidence,
};
use crate::{
    export::{
        Output,
        xlsx::style::{self, Styles},
    },
    inventory::Unit,
    procurement::{Item, Need, share::security_share},
};
use anyhow::Result;
use jiff::Timestamp;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use std::collections::BTreeMap;

const NEEDS: &str = "Nhu cầu mua sắm";
const HEAD_ROW: u32 = 2;

pub fn write(unit: &Unit, as_of: Timestamp, rows: &[NeedRow], output: Output) -> Result<()> {
    let styles = Styles::new();
    let mut workbook = Workbook::new();
    write_needs(workbook.add_worksheet(), unit, as_of, rows, &styles)?;
    write_totals(workbook.add_worksheet(), unit, rows, &styles)?;
    evidence::write(workbook.add_worksheet(), unit, rows, &styles)?;
    Ok(workbook.save_to_writer(output)?)
}

/// The first and last row of the needs as a spreadsheet counts them.
fn range(rows: &[NeedRow]) -> (u32, u32) {
    let first = HEAD_ROW + 2;
    (first, first + (rows.len() as u32).max(1) - 1)
}

fn write_needs(
    sheet: &mut Worksheet,
    unit: &Unit,
    as_of: Timestamp,
    rows: &[NeedRow],
    styles: &Styles,
) -> Result<()> {
    sheet.set_name(NEEDS)?;
    style::page(sheet, &unit.full_name)?;
    let last = COLUMNS.len() as u16 - 1;
    sheet.merge_range(0, 0, 0, last, TITLE, &styles.title)?;
    sheet.merge_range(1, 0, 1, last, &super::subtitle(unit, as_of), &styles.subtitle)?;
    style::table_head(sheet, HEAD_ROW, &COLUMNS, styles)?;
    for (at, row) in rows.iter().enumerate() {
        write_need(sheet, HEAD_ROW + 1 + at as u32, at + 1, row, styles)?;
    }
    write_sum(sheet, rows, styles)
}

fn write_need(sheet: &mut Worksheet, at: u32, number: usize, row: &NeedRow, styles: &Styles) -> Result<()> {
    let need = &row.need;
    let text = styles.cell(false, false, false);
    let texts = row.texts(number);
    let shown = texts.iter().map(|(column, text)| (text.as_str(), COLUMNS[usize::from(*column)].1));
    sheet.set_row_height(at, style::row_height(shown, false))?;
    for (column, value) in texts {
        style::write_text(sheet, at, column, &value, text)?;
    }
    sheet.write_number_with_format(at, QUANTITY, need.quantity, &styles.number)?;
    match need.unit_price {
        Some(price) => sheet.write_number_with_format(at, UNIT_PRICE, price as f64, &styles.money)?,
        None => sheet.write_string_with_format(at, UNIT_PRICE, NO_PRICE, styles.cell(true, false, false))?,
    };
    let row = at + 1;
    let formula = Formula::new(format!("=IF(ISNUMBER(H{row}),G{row}*H{row},\"{NO_PRICE}\")"));
    let shown = need.amount.map_or_else(|| NO_PRICE.to_owned(), |amount| amount.to_string());
    sheet.write_formula_with_format(at, AMOUNT, formula.set_result(shown), &styles.money)?;
    Ok(())
}

fn write_sum(sheet: &mut Worksheet, rows: &[NeedRow], styles: &Styles) -> Result<()> {
    let (first, last) = range(rows);
    let at = last;
    let bold = styles.cell(false, false, true);
    for column in 0..COLUMNS.len() as u16 {
        sheet.write_blank(at, column, bold)?;
    }
    sheet.write_string_with_format(at, NAME, SUM, bold)?;
    let formula = Formula::new(format!("=SUM(I{first}:I{last})")).set_result(super::total(rows).to_string());
    sheet.write_formula_with_format(at, AMOUNT, formula, &styles.money_bold)?;
    if let Some(note) = super::unpriced_note(rows) {
        sheet.write_string_with_format(at, JUSTIFICATION, note, styles.cell(true, false, false))?;
    }
    Ok(())
}

/// Rolled up by district and by item, with formulas over the first sheet.
fn write_totals(sheet: &mut Worksheet, unit: &Unit, rows: &[NeedRow], styles: &Styles) -> Result<()> {
    sheet.set_name("Tổng hợp")?;
    style::page(sheet, &unit.full_name)?;
    let columns = [("Mã", 22.0), ("Tên", 36.0), ("Số lượng", 12.0), ("Thành tiền (đồng)", 20.0)];
    style::table_head(sheet, 0, &columns, styles)?;
    let groups: BTreeMap<&str, &Unit> =
        rows.iter().map(|row| (row.group.code.as_str(), &row.group)).collect();
    let mut at = 1;
    for (code, group) in groups {
        let of_group = |row: &NeedRow| row.group.code == code;
        write_total(sheet, at, Key { code, name: &group.full_name, column: 'D' }, rows, of_group, styles)?;
        at += 1;
    }
    for item in Item::ALL.into_iter().filter(|item| rows.iter().any(|row| row.need.item == *item)) {
        let label = item.label();
        let of_item = |row: &NeedRow| row.need.item == item;
        write_total(sheet, at, Key { code: label, name: label, column: 'E' }, rows, of_item, styles)?;
        at += 1;
    }
    write_share(sheet, at, rows, styles)
}

/// What a total is for, and the column of the first sheet that says so.
struct Key<'a> {
    code: &'a str,
    name: &'a str,
    column: char,
}

fn write_total(
    sheet: &mut Worksheet,
    at: u32,
    key: Key,
    rows: &[NeedRow],
    belongs: impl Fn(&NeedRow) -> bool,
    styles: &Styles,
) -> Result<()> {
    let (first, last) = range(rows);
    let text = styles.cell(false, false, false);
    sheet.write_string_with_format(at, 0, key.code, text)?;
    sheet.write_string_with_format(at, 1, key.name, text)?;
    let needs: Vec<&Need> = rows.iter().filter(|row| belongs(row)).map(|row| &row.need).collect();
    let quantity: u64 = needs.iter().map(|need| u64::from(need.quantity)).sum();
    let amount = needs.iter().filter_map(|need| need.amount).fold(0, u64::saturating_add);
    let column = key.column;
    // SUMPRODUCT compares text as text; SUMIF would read the code 01 as the number 1.
    let sum = |of: char| {
        let keys = format!("'{NEEDS}'!{column}{first}:{column}{last}");
        format!("=SUMPRODUCT(--EXACT({keys},A{}),'{NEEDS}'!{of}{first}:{of}{last})", at + 1)
    };
    let mut write = |to: u16, of: char, result: u64, format: &Format| -> Result<()> {
        sheet.write_formula_with_format(
            at,
            to,
            Formula::new(sum(of)).set_result(result.to_string()),
            format,
        )?;
        Ok(())
    };
    write(2, 'G', quantity, &styles.number)?;
    write(3, 'I', amount, &styles.money)
}

fn write_share(sheet: &mut Worksheet, at: u32, rows: &[NeedRow], styles: &Styles) -> Result<()> {
    let needs: Vec<Need> = rows.iter().map(|row| row.need.clone()).collect();
    let text = match security_share(&needs) {
        Some(share) => format!("{},{} %", share.permille / 10, share.permille % 10),
        None => "Chưa xác định: chưa duyệt hạng mục nào, hoặc còn hạng mục chưa có đơn giá".to_owned(),
    };
    let format = styles.cell(false, false, false);
    sheet.write_string_with_format(at, 0, "An toàn thông tin", format)?;
    sheet.write_string_with_format(
        at,
        1,
        "Tỷ lệ trong đề xuất (Chỉ thị 14/CT-TTg: tối thiểu 10 %)",
        format,
    )?;
    sheet.write_string_with_format(at, 2, text, format)?;
    sheet.write_blank(at, 3, format)?;
    Ok(())
}
