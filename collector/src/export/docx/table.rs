use super::{Page, parts};
use crate::forms::layout::HeaderCell;
use std::fmt::Write;

/// Twentieths of a point: A4 landscape between the margins.
pub const TEXT_WIDTH: u32 = parts::PAGE_WIDTH - 2 * parts::MARGIN;
/// A character of 11 points as spreadsheets count columns.
const CHARACTER_WIDTH: f64 = 105.0;
/// Half points, as Word counts.
const FULL_SIZE: f64 = 22.0;
const SMALLEST: f64 = 14.0;

pub const CLOSING: &str = "</w:tbl>";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    pub missing: bool,
    pub bold: bool,
    pub align: Align,
}

/// The page shared among the columns, to its last twentieth of a point.
pub fn widths(characters: &[f64]) -> Vec<u32> {
    let total: f64 = characters.iter().sum();
    let edge = |upto: usize| {
        let share = characters[..upto].iter().sum::<f64>() / total;
        (share * f64::from(TEXT_WIDTH)).round() as u32
    };
    (0..characters.len()).map(|at| edge(at + 1) - edge(at)).collect()
}

/// The size of the text, in half points, at which columns of this many characters fit the page.
pub fn text_size(characters: &[f64]) -> u32 {
    let needed = characters.iter().sum::<f64>() * CHARACTER_WIDTH;
    (FULL_SIZE * f64::from(TEXT_WIDTH) / needed).clamp(SMALLEST, FULL_SIZE).round() as u32
}

pub fn opening(page: &Page, widths: &[u32]) -> String {
    let mut xml = format!(
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"{TEXT_WIDTH}\" w:type=\"dxa\"/>\
         <w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>"
    );
    for width in widths {
        let _ = write!(xml, "<w:gridCol w:w=\"{width}\"/>");
    }
    xml.push_str("</w:tblGrid>");
    for row in 0..page.header_rows {
        xml.push_str("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        let mut column = 0;
        while let Some(cell) = covering(page.header, row, column) {
            header_cell(&mut xml, cell, cell.row < row, widths);
            column += cell.columns;
        }
        xml.push_str("</w:tr>");
    }
    xml
}

fn covering(header: &[HeaderCell], row: u16, column: u16) -> Option<&HeaderCell> {
    header.iter().find(|cell| cell.column == column && (cell.row..cell.row + cell.rows).contains(&row))
}

/// A cell that reaches through several rows stands in each of them; only the first shows its text.
fn header_cell(xml: &mut String, cell: &HeaderCell, continued: bool, widths: &[u32]) {
    let spanned = usize::from(cell.column)..usize::from(cell.column + cell.columns);
    let width: u32 = widths[spanned].iter().sum();
    let _ = write!(xml, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>");
    if cell.columns > 1 {
        let _ = write!(xml, "<w:gridSpan w:val=\"{}\"/>", cell.columns);
    }
    if cell.rows > 1 {
        xml.push_str(if continued { "<w:vMerge/>" } else { "<w:vMerge w:val=\"restart\"/>" });
    }
    xml.push_str("<w:vAlign w:val=\"center\"/></w:tcPr>");
    paragraph(xml, if continued { "" } else { cell.text }, "<w:pStyle w:val=\"TableHeading\"/>", "");
    xml.push_str("</w:tc>");
}

pub fn row<'a>(widths: &[u32], cells: impl Iterator<Item = (&'a str, Look)>) -> String {
    let mut xml = String::from("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
    for (width, (text, look)) in widths.iter().zip(cells) {
        let _ = write!(xml, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>");
        let paragraphs = match look.align {
            Align::Left => "",
            Align::Centre => "<w:jc w:val=\"center\"/>",
            Align::Right => "<w:jc w:val=\"right\"/>",
        };
        let bold = if look.bold { "<w:b/>" } else { "" };
        let missing = if look.missing { "<w:i/><w:color w:val=\"595959\"/>" } else { "" };
        let mut lines = text.lines().peekable();
        if lines.peek().is_none() {
            paragraph(&mut xml, "", paragraphs, "");
        }
        lines.for_each(|line| paragraph(&mut xml, line, paragraphs, &format!("{bold}{missing}")));
        xml.push_str("</w:tc>");
    }
    xml.push_str("</w:tr>");
    xml
}

/// `properties` and `run` are elements already.
pub fn paragraph(xml: &mut String, text: &str, properties: &str, run: &str) {
    xml.push_str("<w:p>");
    if !properties.is_empty() {
        let _ = write!(xml, "<w:pPr>{properties}</w:pPr>");
    }
    if !text.is_empty() {
        let run = if run.is_empty() { String::new() } else { format!("<w:rPr>{run}</w:rPr>") };
        let _ = write!(xml, "<w:r>{run}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escape(text));
    }
    xml.push_str("</w:p>");
}

/// Text of an element; characters that XML has no way to write are left out.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_escaped_and_what_xml_cannot_say_is_dropped() {
        assert_eq!(escape("A & B <c>\u{0}\u{b}\td"), "A &amp; B &lt;c&gt; d");
    }

    #[test]
    fn small_tables_are_written_large_and_wide_ones_smaller() {
        assert_eq!(text_size(&[10.0, 20.0]), 22);
        assert_eq!(text_size(&[85.0, 85.0]), 19);
        assert_eq!(text_size(&[500.0]), 14);
    }

    proptest! {
        #[test]
        fn columns_fill_the_page(characters in proptest::collection::vec(1.0f64..60.0, 1..20)) {
            let widths = widths(&characters);
            prop_assert_eq!(widths.len(), characters.len());
            prop_assert_eq!(widths.iter().sum::<u32>(), TEXT_WIDTH);
        }
    }
}
