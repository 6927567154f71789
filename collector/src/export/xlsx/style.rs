use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

const FONT: &str = "Times New Roman";
const A4: u8 = 9;
/// Inches.
const MARGIN: f64 = 0.4;
const FOOTER_MARGIN: f64 = 0.25;
/// Characters of this font for one character of the column's width; bold ones are wider.
const FILL: f64 = 1.2;
const BOLD_FILL: f64 = 1.0;
/// Points of a line of 11-point text, and of the space around it.
const LINE_HEIGHT: f64 = 14.25;
const ROW_PADDING: f64 = 2.0;
/// What a row can be at most.
const MAX_HEIGHT: f64 = 409.0;

pub struct Styles {
    pub base: Format,
    pub title: Format,
    pub subtitle: Format,
    pub header: Format,
    pub money: Format,
    pub money_bold: Format,
    pub number: Format,
    cells: [Format; 8],
}

impl Styles {
    pub fn new() -> Self {
        let base = Format::new().set_font_name(FONT).set_font_size(11).set_font_family(1);
        let cell = base.clone().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
        let cells = std::array::from_fn(|bits| {
            let mut format = cell.clone();
            if bits & MISSING != 0 {
                format = format.set_italic().set_font_color("595959");
            }
            if bits & CENTRED != 0 {
                format = format.set_align(FormatAlign::Center);
            }
            if bits & BOLD != 0 { format.set_bold() } else { format }
        });
        let centre = FormatAlign::Center;
        let middle = FormatAlign::VerticalCenter;
        let title = base.clone().set_bold().set_font_size(14).set_align(centre).set_align(middle);
        let money = cell.clone().set_num_format("#,##0").set_align(FormatAlign::Right);
        Self {
            title: title.set_text_wrap(),
            subtitle: base.clone().set_italic().set_align(centre).set_align(middle),
            header: cell.clone().set_bold().set_align(centre).set_align(middle),
            money_bold: money.clone().set_bold(),
            number: cell.set_num_format("0").set_align(FormatAlign::Right),
            money,
            base,
            cells,
        }
    }

    pub fn cell(&self, missing: bool, centred: bool, bold: bool) -> &Format {
        let bit = |set: bool, bit: usize| if set { bit } else { 0 };
        &self.cells[bit(missing, MISSING) | bit(centred, CENTRED) | bit(bold, BOLD)]
    }
}

const MISSING: usize = 1;
const CENTRED: usize = 2;
const BOLD: usize = 4;

impl Default for Styles {
    fn default() -> Self {
        Self::new()
    }
}

/// What a cell holds; the writer refuses more.
const MAX_CHARACTERS: usize = 32_767;

/// Cut with an ellipsis where a cell could not hold it: no text of an agent may cost the whole file.
pub fn write_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if text.chars().count() <= MAX_CHARACTERS {
        sheet.write_string_with_format(row, column, text, format)?;
        return Ok(());
    }
    let cut: String = text.chars().take(MAX_CHARACTERS - 1).chain(['…']).collect();
    sheet.write_string_with_format(row, column, cut, format)?;
    Ok(())
}

/// A4 landscape, as wide as the page and as long as it needs, pages numbered.
pub fn page(sheet: &mut Worksheet, unit: &str) -> Result<(), XlsxError> {
    // In a header or footer `&` starts a code.
    let unit = unit.replace('&', "&&");
    sheet
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_print_center_horizontally(true)
        .set_margins(MARGIN, MARGIN, MARGIN, MARGIN + FOOTER_MARGIN, FOOTER_MARGIN, FOOTER_MARGIN)
        .set_footer(format!("&L&\"{FONT},Italic\"&9{unit}&R&\"{FONT},Regular\"&9Trang &P/&N"));
    Ok(())
}

/// At the head of every printed page.
pub fn page_header(sheet: &mut Worksheet, text: &str) {
    sheet
        .set_margins(
            MARGIN,
            MARGIN,
            MARGIN + FOOTER_MARGIN,
            MARGIN + FOOTER_MARGIN,
            FOOTER_MARGIN,
            FOOTER_MARGIN,
        )
        .set_header(format!("&R&\"{FONT},Italic\"&9{text}"));
}

/// A plain table: one header row, repeated and frozen.
pub fn table_head(
    sheet: &mut Worksheet,
    row: u32,
    columns: &[(&str, f64)],
    styles: &Styles,
) -> Result<(), XlsxError> {
    for (at, (heading, width)) in columns.iter().enumerate() {
        sheet.set_column_width(at as u16, *width)?;
        sheet.write_string_with_format(row, at as u16, *heading, &styles.header)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    sheet.set_repeat_rows(row, row)?;
    Ok(())
}

/// A height that shows all of the texts. Written, because not every program fits rows to wrapped text when
/// it opens a file.
pub fn row_height<'a>(texts: impl Iterator<Item = (&'a str, f64)>, bold: bool) -> f64 {
    let lines = texts.map(|(text, width)| wrapped_lines(text, width, bold)).max().unwrap_or(1);
    (f64::from(lines) * LINE_HEIGHT + ROW_PADDING).min(MAX_HEIGHT)
}

/// Lines that a text takes when wrapped at words into a column of this width.
fn wrapped_lines(text: &str, width: f64, bold: bool) -> u32 {
    let limit = (width * if bold { BOLD_FILL } else { FILL }).max(1.0) as usize;
    text.lines().map(|line| wrapped(line, limit)).sum::<u32>().max(1)
}

fn wrapped(line: &str, limit: usize) -> u32 {
    let mut lines = 1;
    let mut used = 0;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        let needed = if used > 0 { used + 1 + length } else { length };
        if needed > limit && used > 0 {
            lines += 1;
            used = length;
        } else {
            used = needed;
        }
        // A word longer than the line breaks inside.
        let broken = used.saturating_sub(1) / limit;
        lines += broken as u32;
        used -= broken * limit;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{row_height, wrapped_lines};

    #[test]
    fn text_wraps_at_words_and_long_words_break() {
        assert_eq!(wrapped_lines("TT", 5.0, true), 1);
        assert_eq!(wrapped_lines("Số lượng thiết bị đọc thẻ", 16.0, true), 2);
        assert_eq!(wrapped_lines("Số kết nối cao nhất/ Dung lượng cao nhất", 14.0, true), 3);
        assert_eq!(wrapped_lines("VNPT: 1GB\nViettel: 1GB", 17.0, false), 2);
        assert_eq!(wrapped_lines(&"a".repeat(25), 10.0, false), 3);
        assert_eq!(wrapped_lines("", 10.0, false), 1);
    }

    #[test]
    fn the_highest_cell_makes_the_row() {
        assert_eq!(row_height([("x", 5.0), ("a b c", 1.0)].into_iter(), false), 3.0 * 14.25 + 2.0);
        assert_eq!(row_height(std::iter::empty(), false), 16.25);
    }
}
