//! Forms as CSV for spreadsheets: UTF-8 with mark, one row a unit, lines of a cell kept.

use super::{FormWriter, Heading, Output};
use crate::forms::layout::Row;
use anyhow::Result;

/// Tells Excel that the file is UTF-8.
pub const MARK: &str = "\u{feff}";

pub struct CsvWriter<'a> {
    csv: csv::Writer<Output<'a>>,
}

impl<'a> CsvWriter<'a> {
    pub fn new(heading: &Heading, output: Output<'a>) -> Result<Self> {
        output.write_all(MARK.as_bytes())?;
        let mut csv = csv::Writer::from_writer(output);
        csv.write_record(heading.layout.columns.iter().map(|column| &column.heading))?;
        Ok(Self { csv })
    }
}

impl FormWriter for CsvWriter<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        Ok(self.csv.write_record(row.cells.iter().map(crate::forms::Cell::text))?)
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        Ok(self.csv.flush()?)
    }
}
