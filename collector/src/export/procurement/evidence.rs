//! The sheet "Căn cứ": one row a device behind a need.

use super::NeedRow;
use crate::{
    export::{
        local_date, local_datetime,
        xlsx::style::{self, Styles},
    },
    inventory::Unit,
    procurement::Ground,
};
use anyhow::Result;
use rust_xlsxwriter::Worksheet;

const COLUMNS: [(&str, f64); 9] = [
    ("Mã đơn vị", 10.0),
    ("Đơn vị", 24.0),
    ("Hạng mục", 22.0),
    ("Quy tắc", 26.0),
    ("Từ ngày", 12.0),
    ("Hệ thống", 24.0),
    ("Tên máy", 22.0),
    ("Mã thiết bị", 32.0),
    ("Nội dung", 60.0),
];

pub fn write(sheet: &mut Worksheet, unit: &Unit, rows: &[NeedRow], styles: &Styles) -> Result<()> {
    sheet.set_name("Căn cứ")?;
    style::page(sheet, &unit.full_name)?;
    style::table_head(sheet, 0, &COLUMNS, styles)?;
    let all = rows.iter().flat_map(|row| row.need.grounds.iter().flat_map(move |ground| lines(row, ground)));
    let format = styles.cell(false, false, false);
    for (at, values) in (1..).zip(all) {
        let shown = values.iter().map(String::as_str).zip(COLUMNS.map(|(_, width)| width));
        sheet.set_row_height(at, style::row_height(shown, false))?;
        for (column, value) in values.iter().enumerate() {
            style::write_text(sheet, at, column as u16, value, format)?;
        }
    }
    Ok(())
}

/// One for each device, or one without where no device proves the need.
fn lines(row: &NeedRow, ground: &Ground) -> Vec<[String; 9]> {
    let since = local_date(local_datetime(ground.since).date());
    let text = if ground.devices.is_empty() { ground.text_vi() } else { ground.summary_vi() };
    let line = |host: &str, device: &str| {
        [
            row.unit.code.clone(),
            row.unit.full_name.clone(),
            row.need.item.label().to_owned(),
            ground.rule.clone(),
            since.clone(),
            ground.system.clone().unwrap_or_default(),
            host.to_owned(),
            device.to_owned(),
            text.clone(),
        ]
    };
    if ground.devices.is_empty() {
        return vec![line("", "")];
    }
    ground.devices.iter().map(|device| line(device.name(), &device.device)).collect()
}
