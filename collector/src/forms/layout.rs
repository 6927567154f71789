mod equipment;
mod infrastructure;
mod network;
mod software;

use super::{Cell, names::Names};
use serde::{Deserialize, Serialize};

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum FormKind {
    Equipment,
    Network,
    Infrastructure,
    Software,
}

impl FormKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equipment => "equipment",
            Self::Network => "network",
            Self::Infrastructure => "infrastructure",
            Self::Software => "software",
        }
    }
}

impl FormKind {
    pub fn layout(self) -> FormLayout {
        match self {
            Self::Equipment => equipment::equipment(),
            Self::Network => network::network(),
            Self::Infrastructure => infrastructure::infrastructure(),
            Self::Software => software::software(),
        }
    }
}

/// What an appendix looks like before its rows: the official title and headings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormLayout {
    pub kind: FormKind,
    pub title: &'static str,
    pub sheet_name: &'static str,
    /// Left to right, top to bottom; a cell that spans is named once, at its upper left corner.
    pub header: Vec<HeaderCell>,
    pub header_rows: u16,
    pub columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeaderCell {
    pub text: &'static str,
    pub row: u16,
    pub column: u16,
    pub rows: u16,
    pub columns: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// Stable name for JSON and for links to a cell.
    pub id: &'static str,
    /// The full heading, of both rows where there are two.
    pub heading: String,
    /// In characters of the default font, as spreadsheets count.
    pub width: f64,
    pub centred: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Code of the unit.
    pub unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    pub emphasis: bool,
    pub cells: Vec<Cell>,
    /// Of what stands behind the cells, for readers of their provenance.
    #[serde(skip)]
    pub names: Names,
}

/// One heading of the official form: text, column id, width, and the headings under it.
struct Heading {
    pub text: &'static str,
    pub leaves: &'static [Leaf],
}

struct Leaf {
    /// Empty for a heading that reaches through both rows.
    pub text: &'static str,
    pub id: &'static str,
    pub width: f64,
    pub centred: bool,
}

const fn leaf(text: &'static str, id: &'static str, width: f64, centred: bool) -> Leaf {
    Leaf { text, id, width, centred }
}

fn layout(kind: FormKind, title: &'static str, sheet_name: &'static str, headings: &[Heading]) -> FormLayout {
    let header_rows =
        if headings.iter().any(|h| h.leaves.iter().any(|l| !l.text.is_empty())) { 2 } else { 1 };
    let mut header = Vec::new();
    let mut columns = Vec::new();
    for heading in headings {
        let column = columns.len() as u16;
        let through = heading.leaves.iter().all(|leaf| leaf.text.is_empty());
        let rows = if through { header_rows } else { 1 };
        let spanned = heading.leaves.len() as u16;
        header.push(HeaderCell { text: heading.text, row: 0, column, rows, columns: spanned });
        for leaf in heading.leaves {
            columns.push(column_of(heading, leaf));
        }
    }
    header.extend(second_row(headings));
    FormLayout { kind, title, sheet_name, header, header_rows, columns }
}

fn column_of(heading: &Heading, leaf: &Leaf) -> Column {
    let heading = if leaf.text.is_empty() {
        heading.text.to_owned()
    } else {
        format!("{} / {}", heading.text, leaf.text)
    };
    Column { id: leaf.id, heading, width: leaf.width, centred: leaf.centred }
}

fn second_row(headings: &[Heading]) -> impl Iterator<Item = HeaderCell> {
    headings
        .iter()
        .flat_map(|heading| heading.leaves)
        .enumerate()
        .filter(|(_, leaf)| !leaf.text.is_empty())
        .map(|(column, leaf)| HeaderCell {
            text: leaf.text,
            row: 1,
            column: column as u16,
            rows: 1,
            columns: 1,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_two_rows_span() {
        let layout = FormKind::Network.layout();
        assert_eq!((layout.header_rows, layout.columns.len()), (2, 18));
        let find = |text: &str| layout.header.iter().find(|cell| cell.text == text).cloned();
        let cell = |text, row, column, rows, columns| Some(HeaderCell { text, row, column, rows, columns });
        assert_eq!(find("TT"), cell("TT", 0, 0, 2, 1));
        assert_eq!(find("Mạng Internet"), cell("Mạng Internet", 0, 2, 1, 5));
        assert_eq!(find("Mục đích sử dụng đường truyền"), cell("Mục đích sử dụng đường truyền", 1, 6, 1, 1));
        assert_eq!(find("Nguồn vốn"), cell("Nguồn vốn", 0, 17, 2, 1));
        assert_eq!(layout.columns[7].heading, "Mạng Cernet / Tối thiểu 02 đường / Băng thông");
    }

    #[test]
    fn every_column_has_its_own_name_and_heading() {
        for (kind, columns) in [
            (FormKind::Equipment, 14),
            (FormKind::Network, 18),
            (FormKind::Infrastructure, 19),
            (FormKind::Software, 18),
        ] {
            let layout = kind.layout();
            let ids: std::collections::BTreeSet<_> = layout.columns.iter().map(|column| column.id).collect();
            assert_eq!((ids.len(), layout.columns.len()), (columns, columns), "{}", kind.as_str());
            let covered: u16 = layout.header.iter().map(|cell| cell.rows * cell.columns).sum();
            assert_eq!(covered, layout.header_rows * columns as u16);
        }
    }
}
