//! Forms as workbooks that print like the official ones: A4 landscape, fit to width, header rows repeated,
//! Times New Roman; a second sheet lists where each cell comes from. Both sheets are written row by row.

pub mod style;

use super::{FormWriter, Heading, Output, provenance_text};
use crate::forms::{Cell, Column, FormLayout, Row, State};
use anyhow::Result;
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use style::Styles;

const FORM: usize = 0;
const SOURCES: usize = 1;
/// On every page of the second sheet, which a workbook printed as a whole contains too.
const SOURCES_NOTE: &str = "Nguồn số liệu: để đối chiếu, không thuộc phụ lục nộp";
const TITLE_ROW: u32 = 0;
const SUBTITLE_ROW: u32 = 1;
const HEADER_ROW: u32 = 2;
/// Points; merged cells do not grow with their text.
const TITLE_HEIGHT: f64 = 30.0;
const SOURCE_COLUMNS: [(&str, f64); 6] = [
    ("TT", 7.0),
    ("Đơn vị / Hệ thống", 24.0),
    ("Cột", 24.0),
    ("Nội dung", 32.0),
    ("Nguồn", 13.0),
    ("Chi tiết", 95.0),
];

pub struct XlsxWriter<'a> {
    workbook: Workbook,
    styles: Styles,
    output: Output<'a>,
    columns: Vec<Column>,
    form_row: u32,
    source_row: u32,
}

impl<'a> XlsxWriter<'a> {
    pub fn new(heading: &Heading, output: Output<'a>) -> Result<Self> {
        let styles = Styles::new();
        let mut workbook = Workbook::new();
        let layout = heading.layout;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(layout.sheet_name)?;
        style::page(sheet, &heading.unit.full_name)?;
        write_header(sheet, heading, &styles)?;
        let sources = workbook.add_worksheet_with_constant_memory()?;
        sources.set_name("Nguồn số liệu")?;
        style::page(sources, &heading.unit.full_name)?;
        style::page_header(sources, SOURCES_NOTE);
        style::table_head(sources, 0, &SOURCE_COLUMNS, &styles)?;
        Ok(Self {
            workbook,
            styles,
            output,
            columns: layout.columns.clone(),
            form_row: HEADER_ROW + u32::from(layout.header_rows),
            source_row: 1,
        })
    }

    fn write_cells(&mut self, row: &Row) -> Result<()> {
        let sheet = self.workbook.worksheet_from_index(FORM)?;
        let texts: Vec<String> = row.cells.iter().map(Cell::text).collect();
        let widths = self.columns.iter().map(|column| column.width);
        let height = style::row_height(texts.iter().map(String::as_str).zip(widths), row.emphasis);
        sheet.set_row_height(self.form_row, height)?;
        for (at, (cell, (text, column))) in row.cells.iter().zip(texts.iter().zip(&self.columns)).enumerate()
        {
            let mark = cell.state == State::Fixed && text.chars().count() == 1;
            let format = self.styles.cell(cell.reads_missing(), column.centred || mark, row.emphasis);
            style::write_text(sheet, self.form_row, at as u16, text, format)?;
        }
        self.form_row += 1;
        Ok(())
    }

    fn write_sources(&mut self, row: &Row) -> Result<()> {
        let number = row.cells.first().map(Cell::text).unwrap_or_default();
        let name = row.cells.get(1).map(Cell::text).unwrap_or_default();
        let sheet = self.workbook.worksheet_from_index(SOURCES)?;
        let format = self.styles.cell(false, false, false);
        for (column, cell) in self.columns.iter().zip(&row.cells) {
            let text = cell.text();
            let by_part = cell.lines.len() == cell.provenance.len();
            for (part, provenance) in cell.provenance.iter().enumerate() {
                let shown = if by_part { cell.lines[part].as_str() } else { &text };
                let detail = provenance_text::detail(provenance, &row.names);
                let texts =
                    [&number, &name, &column.heading, shown, provenance_text::source(provenance), &detail];
                let widths = SOURCE_COLUMNS.iter().map(|(_, width)| *width);
                sheet.set_row_height(
                    self.source_row,
                    style::row_height(texts.into_iter().zip(widths), false),
                )?;
                for (column, text) in texts.into_iter().enumerate() {
                    style::write_text(sheet, self.source_row, column as u16, text, format)?;
                }
                self.source_row += 1;
            }
        }
        Ok(())
    }
}

impl FormWriter for XlsxWriter<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        self.write_cells(row)?;
        self.write_sources(row)
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        Ok(self.workbook.save_to_writer(&mut self.output)?)
    }
}

fn write_header(sheet: &mut Worksheet, heading: &Heading, styles: &Styles) -> Result<()> {
    let layout = heading.layout;
    let last = layout.columns.len() as u16 - 1;
    for (at, column) in layout.columns.iter().enumerate() {
        sheet.set_column_width(at as u16, column.width)?;
    }
    sheet.set_row_height(TITLE_ROW, TITLE_HEIGHT)?;
    sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, last, layout.title, &styles.title)?;
    sheet.merge_range(SUBTITLE_ROW, 0, SUBTITLE_ROW, last, &heading.subtitle(), &styles.subtitle)?;
    for row in 0..layout.header_rows {
        sheet.set_row_height(HEADER_ROW + u32::from(row), header_height(layout, row))?;
    }
    for cell in &layout.header {
        let (row, column) = (HEADER_ROW + u32::from(cell.row), cell.column);
        merge_or_write(
            sheet,
            [row, row + u32::from(cell.rows) - 1],
            [column, column + cell.columns - 1],
            cell.text,
            &styles.header,
        )?;
    }
    let below = HEADER_ROW + u32::from(layout.header_rows);
    sheet.set_freeze_panes(below, 2)?;
    sheet.set_repeat_rows(HEADER_ROW, below - 1)?;
    Ok(())
}

fn merge_or_write(
    sheet: &mut Worksheet,
    [first_row, last_row]: [u32; 2],
    [first_column, last_column]: [u16; 2],
    text: &str,
    format: &Format,
) -> Result<()> {
    if first_row == last_row && first_column == last_column {
        sheet.write_string_with_format(first_row, first_column, text, format)?;
    } else {
        sheet.merge_range(first_row, first_column, last_row, last_column, text, format)?;
    }
    Ok(())
}

/// Enough for the headings that stand in this row alone; one that spans both rows has more room.
fn header_height(layout: &FormLayout, row: u16) -> f64 {
    let width = |column: u16, columns: u16| -> f64 {
        let spanned = &layout.columns[usize::from(column)..usize::from(column + columns)];
        spanned.iter().map(|column| column.width).sum()
    };
    let headings = layout
        .header
        .iter()
        .filter(|cell| cell.row == row && (cell.rows == 1 || layout.header_rows == 1))
        .map(|cell| (cell.text, width(cell.column, cell.columns)));
    style::row_height(headings, true).max(TITLE_HEIGHT)
}
