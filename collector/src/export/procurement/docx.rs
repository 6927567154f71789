use super::{AMOUNT, COLUMNS, JUSTIFICATION, NAME, NO_PRICE, NeedRow, QUANTITY, SUM, TITLE, UNIT_PRICE};
use crate::{
    export::{
        Output,
        docx::{Align, DocxTable, Look, Page},
    },
    forms::{layout::HeaderCell, text},
    inventory::Unit,
};
use anyhow::Result;
use jiff::Timestamp;

/// One cell a column.
type Cells = Vec<(String, Look)>;

pub fn write(unit: &Unit, as_of: Timestamp, rows: &[NeedRow], output: Output) -> Result<()> {
    let head = |(column, (text, _)): (usize, &(&'static str, f64))| HeaderCell {
        text,
        row: 0,
        column: column as u16,
        rows: 1,
        columns: 1,
    };
    let header: Vec<HeaderCell> = COLUMNS.iter().enumerate().map(head).collect();
    let page = Page {
        title: TITLE,
        subtitle: &super::subtitle(unit, as_of),
        footer: &unit.full_name,
        header: &header,
        header_rows: 1,
        widths: &COLUMNS.map(|(_, width)| width),
    };
    let mut table = DocxTable::new(&page, output)?;
    for (number, row) in (1..).zip(rows) {
        write_row(&mut table, cells(number, row))?;
    }
    write_row(&mut table, sum(rows))?;
    table.finish()
}

fn write_row(table: &mut DocxTable, cells: Cells) -> Result<()> {
    table.row(cells.iter().map(|(text, look)| (text.as_str(), *look)))
}

fn empty() -> Cells {
    vec![(String::new(), Look::default()); COLUMNS.len()]
}

fn cells(number: usize, row: &NeedRow) -> Cells {
    let mut cells = empty();
    for (column, text) in row.texts(number) {
        cells[usize::from(column)].0 = text;
    }
    let right = Look { align: Align::Right, ..Look::default() };
    cells[usize::from(QUANTITY)] = (text::grouped(row.need.quantity.into()), right);
    for (column, money) in [(UNIT_PRICE, row.need.unit_price), (AMOUNT, row.need.amount)] {
        cells[usize::from(column)] = match money {
            Some(money) => (text::grouped(money), right),
            None => (NO_PRICE.to_owned(), Look { missing: true, ..Look::default() }),
        };
    }
    cells
}

fn sum(rows: &[NeedRow]) -> Cells {
    let mut cells = empty();
    let bold = Look { bold: true, ..Look::default() };
    cells[usize::from(NAME)] = (SUM.to_owned(), bold);
    cells[usize::from(AMOUNT)] = (text::grouped(super::total(rows)), Look { align: Align::Right, ..bold });
    if let Some(note) = super::unpriced_note(rows) {
        cells[usize::from(JUSTIFICATION)] = (note, Look { missing: true, ..Look::default() });
    }
    cells
}
