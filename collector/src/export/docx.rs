//! Forms as Word documents that print like the official ones: A4 landscape, the heading rows on every page,
//! Times New Roman. The table is written row by row, so that memory stays flat. The workbook tells where
//! each cell comes from; this is the form as it is handed in.

mod parts;
mod table;

pub use table::{Align, Look};

use super::{FormWriter, Heading, Output};
use crate::forms::{Cell, Row, State, layout::HeaderCell};
use anyhow::Result;
use std::io::Write;
use zip::{ZipWriter, write::SimpleFileOptions, write::StreamWriter};

/// A document of one table, before its rows.
pub struct Page<'a> {
    pub title: &'a str,
    pub subtitle: &'a str,
    /// At the foot of every page, left of the page number.
    pub footer: &'a str,
    pub header: &'a [HeaderCell],
    pub header_rows: u16,
    /// Of the columns, in characters as spreadsheets count them; they share the page in this proportion.
    pub widths: &'a [f64],
}

pub struct DocxTable<'a> {
    zip: ZipWriter<StreamWriter<Output<'a>>>,
    widths: Vec<u32>,
}

impl<'a> DocxTable<'a> {
    pub fn new(page: &Page, output: Output<'a>) -> Result<Self> {
        let mut zip = ZipWriter::new_stream(output);
        let widths = table::widths(page.widths);
        for (name, text) in parts::fixed(page) {
            zip.start_file(name, options())?;
            zip.write_all(text.as_bytes())?;
        }
        zip.start_file(parts::DOCUMENT, options())?;
        zip.write_all(parts::opening(page).as_bytes())?;
        zip.write_all(table::opening(page, &widths).as_bytes())?;
        Ok(Self { zip, widths })
    }

    pub fn row<'b>(&mut self, cells: impl Iterator<Item = (&'b str, Look)>) -> Result<()> {
        Ok(self.zip.write_all(table::row(&self.widths, cells).as_bytes())?)
    }

    pub fn finish(mut self) -> Result<()> {
        self.zip.write_all(table::CLOSING.as_bytes())?;
        self.zip.write_all(parts::closing().as_bytes())?;
        self.zip.finish()?.into_inner().flush()?;
        Ok(())
    }
}

/// No time of writing: the same form is the same file. No 64-bit sizes: office programs do not read them in a
/// part that is streamed.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().last_modified_time(zip::DateTime::default())
}

/// Characters: `12.10` on one line.
const NARROWEST: f64 = 6.5;

pub struct DocxWriter<'a> {
    table: DocxTable<'a>,
    centred: Vec<bool>,
}

impl<'a> DocxWriter<'a> {
    pub fn new(heading: &Heading, output: Output<'a>) -> Result<Self> {
        let layout = heading.layout;
        let widths: Vec<f64> = layout.columns.iter().map(|column| column.width.max(NARROWEST)).collect();
        let page = Page {
            title: layout.title,
            subtitle: &heading.subtitle(),
            footer: &heading.unit.full_name,
            header: &layout.header,
            header_rows: layout.header_rows,
            widths: &widths,
        };
        let centred = layout.columns.iter().map(|column| column.centred).collect();
        Ok(Self { table: DocxTable::new(&page, output)?, centred })
    }
}

impl FormWriter for DocxWriter<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        let texts: Vec<String> = row.cells.iter().map(Cell::text).collect();
        let looks = row.cells.iter().zip(&texts).zip(&self.centred).map(|((cell, text), centred)| {
            let mark = cell.state == State::Fixed && text.chars().count() == 1;
            Look {
                missing: cell.reads_missing(),
                bold: row.emphasis,
                align: if *centred || mark { Align::Centre } else { Align::Left },
            }
        });
        self.table.row(texts.iter().map(String::as_str).zip(looks))
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.table.finish()
    }
}

#[cfg(test)]
mod tests;
