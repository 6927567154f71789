//! Downloads that Vietnamese Excel opens without an import dialogue: BOM and `;`.

use crate::web::error::WebError;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    pub fn new() -> Self {
        Self(csv::WriterBuilder::new().delimiter(b';').from_writer(BYTE_ORDER_MARK.to_vec()))
    }

    pub fn row<const N: usize>(&mut self, cells: [String; N]) -> Result<(), WebError> {
        Ok(self.0.write_record(cells.map(inert))?)
    }

    pub fn answer(self, name: &str) -> Result<Response, WebError> {
        let bytes = self.0.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        ];
        Ok((headers, bytes).into_response())
    }
}

/// A cell that a spreadsheet would take for a formula becomes text: names come from strangers' machines.
fn inert(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn formulas_become_text() {
        assert_eq!(inert("=HYPERLINK(1)".into()), "'=HYPERLINK(1)");
        assert_eq!(inert("PC-01".into()), "PC-01");
    }
}
