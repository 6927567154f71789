//! Forms as JSON:
//!
//! ```json
//! {"form":"equipment","title":"PHỤ LỤC …","unit":{"code":"760","name":"Quận 1"},"as_of":"2024-04-01T00:00:00Z",
//!  "columns":[{"id":"number","heading":"TT"},…],
//!  "rows":[{"unit":"760","cells":{"number":{"lines":["1"],"state":"fixed","provenance":[]},…}},…]}
//! ```
//!
//! A row of a system names it in `system`. States and provenance are those of `forms::Cell`.

use super::{FormWriter, Heading, Output};
use crate::forms::layout::Row;
use anyhow::Result;
use serde_json::{Map, json};

pub struct JsonWriter<'a> {
    output: Output<'a>,
    columns: Vec<&'static str>,
    any: bool,
}

impl<'a> JsonWriter<'a> {
    pub fn new(heading: &Heading, output: Output<'a>) -> Result<Self> {
        let columns = &heading.layout.columns;
        let headings: Vec<_> =
            columns.iter().map(|column| json!({"id": column.id, "heading": column.heading})).collect();
        let head = json!({
            "form": heading.layout.kind,
            "title": heading.layout.title,
            "unit": {"code": heading.unit.code, "name": heading.unit.full_name},
            "as_of": heading.as_of,
            "columns": headings,
        });
        let head = head.to_string();
        let open = head.strip_suffix('}').unwrap_or(&head);
        write!(output, "{open},\"rows\":[")?;
        Ok(Self { output, columns: columns.iter().map(|column| column.id).collect(), any: false })
    }
}

impl FormWriter for JsonWriter<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        let mut cells = Map::new();
        for (id, cell) in self.columns.iter().zip(&row.cells) {
            cells.insert((*id).to_owned(), serde_json::to_value(cell)?);
        }
        let mut object = Map::new();
        object.insert("unit".to_owned(), json!(row.unit));
        if let Some(system) = &row.system {
            object.insert("system".to_owned(), json!(system));
        }
        object.insert("cells".to_owned(), cells.into());
        if std::mem::replace(&mut self.any, true) {
            self.output.write_all(b",")?;
        }
        self.output.write_all(b"\n")?;
        Ok(serde_json::to_writer(&mut *self.output, &object)?)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(self.output.write_all(b"\n]}\n")?)
    }
}
