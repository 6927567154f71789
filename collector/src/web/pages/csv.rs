//! Downloads that Vietnamese Excel opens without an import dialogue: BOM and `;`.

use crate::web::{download::Download, error::WebError, format, i18n::Lang, viewer::Viewer};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use std::io::Write;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub struct Csv(csv::Writer<Download>);

impl Csv {
    pub fn new(viewer: &Viewer) -> Result<Self, WebError> {
        let mut file = Download::new(&viewer.web.app.data)?;
        file.write_all(BYTE_ORDER_MARK)?;
        Ok(Self(csv::WriterBuilder::new().delimiter(b';').from_writer(file)))
    }

    pub fn row<const N: usize>(&mut self, cells: [String; N]) -> Result<(), WebError> {
        Ok(self.0.write_record(cells.map(inert))?)
    }

    pub fn answer(self, name: &str) -> Result<Response, WebError> {
        let file = self.0.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
        let name = format!("attachment; filename=\"{name}\"");
        Ok(([(header::CONTENT_DISPOSITION, name)], file.answer("text/csv; charset=utf-8")?).into_response())
    }
}

/// The last line of what could not be written whole.
pub fn cut_note(l: Lang, written: usize, all: usize) -> Option<String> {
    let counts = [("n", format::count(written).into()), ("total", format::count(all).into())];
    (all > written).then(|| l.args("search-csv-cut", counts))
}

/// A cell that a spreadsheet would take for a formula becomes text: names come from strangers' machines.
fn inert(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_cut_says_so() {
        assert_eq!(cut_note(Lang::Vi, 10_000, 10_000), None);
        let note = cut_note(Lang::En, 10_000, 12_345);
        assert_eq!(note.as_deref(), Some("… only the first 10.000 of 12.345 rows: add words or filters"));
    }

    #[test]
    fn formulas_become_text() {
        assert_eq!(inert("=HYPERLINK(1)".into()), "'=HYPERLINK(1)");
        assert_eq!(inert("PC-01".into()), "PC-01");
    }
}
