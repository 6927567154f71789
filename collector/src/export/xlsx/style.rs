use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

const FONT: &str = "Times New Roman";
const A4: u8 = 9;
/// Inches.
const MARGIN: f64 = 0.4;
const FOOTER_MARGIN: f64 = 0.25;
/// Bold capitals and wide letters need more than the average character that column widths count.
const HEADING_FILL: f64 = 0.85;

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

/// Lines that a heading takes when wrapped at words into a column of this width.
pub fn wrapped_lines(text: &str, width: f64) -> u32 {
    let limit = (width * HEADING_FILL).max(1.0) as usize;
    let mut lines = 1;
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > limit {
            lines += 1;
            used = length;
        } else {
            used += length + usize::from(used > 0);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped_lines;

    #[test]
    fn headings_wrap_at_words() {
        assert_eq!(wrapped_lines("TT", 5.0), 1);
        assert_eq!(wrapped_lines("Số lượng thiết bị đọc thẻ", 16.0), 3);
        assert_eq!(wrapped_lines("Số kết nối cao nhất/ Dung lượng cao nhất", 14.0), 4);
    }
}
