//! CSV as it comes out of people's programs: UTF-8 with or without mark, UTF-16, or Windows-1258; comma,
//! semicolon or tab; Excel's `sep=` line; empty rows at the end.

use super::{Errors, ImportErrors};
use crate::text::fold;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1258};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// The named columns of a file, in the order asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// In the file, counted from 1.
    pub line: u64,
    /// One for each column asked for, trimmed, NFC.
    pub values: Vec<String>,
}

impl Row {
    /// Columns are asked for by the place they have in the list given to [`Table::read`].
    pub fn get(&self, column: usize) -> &str {
        self.values.get(column).map_or("", String::as_str)
    }
}

const MARK: char = '\u{feff}';

impl Table {
    /// `columns`: all must be there, in any order; others are an error, so that a typing error is not lost.
    pub fn read(file: &str, bytes: &[u8], columns: &[&str]) -> Result<Self, ImportErrors> {
        let mut errors = Errors::default();
        let text = decode(bytes);
        let (text, skipped, delimiter) = delimiter_of(&text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let places = match records.next() {
            Some(Ok(header)) => header_places(&header, columns, skipped + 1, &mut errors),
            Some(Err(error)) => {
                errors.add(skipped + 1, "", error);
                Vec::new()
            }
            None => {
                errors.add(1, "", format!("the file is empty; expected the columns {}", columns.join(",")));
                Vec::new()
            }
        };
        let mut lines = Lines { text, at: 0, line: skipped + 1 };
        let width = places.iter().max().map_or(0, |last| last + 1);
        let mut rows = Vec::new();
        for record in records {
            match record {
                Ok(record) => rows.extend(row_of(&record, &places, width, &mut lines, &mut errors)),
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line) + skipped;
                    errors.add(line, "", error);
                }
            }
        }
        errors.finish(file, Self { rows })
    }
}

fn row_of(
    record: &csv::StringRecord,
    places: &[usize],
    width: usize,
    lines: &mut Lines,
    errors: &mut Errors,
) -> Option<Row> {
    if record.iter().all(|value| value.trim().is_empty()) {
        return None;
    }
    let line = record.position().map_or(0, |position| lines.at_byte(position.byte()));
    if let Some(extra) = record.iter().skip(width).find(|value| !value.trim().is_empty()) {
        let message =
            format!("{extra:?} stands beyond the last column; a value with the separator needs quotes");
        errors.add(line, "", message);
    }
    let values = places.iter().map(|at| record.get(*at).unwrap_or_default().trim().nfc().collect()).collect();
    Some(Row { line, values })
}

/// The reader places a record at the end of the one before, empty lines and half line ends included.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that starts at or after this byte; bytes must not go back.
    fn at_byte(&mut self, byte: u64) -> u64 {
        let rest = self.text.as_bytes();
        let mut start = usize::try_from(byte).unwrap_or(rest.len()).clamp(self.at, rest.len());
        while matches!(rest.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        self.line += rest[self.at..start].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = start;
        self.line
    }
}

fn header_places(header: &csv::StringRecord, columns: &[&str], line: u64, errors: &mut Errors) -> Vec<usize> {
    let names: Vec<String> = header.iter().map(|name| fold(name.trim())).collect();
    for name in names.iter().filter(|name| !name.is_empty() && !columns.contains(&name.as_str())) {
        errors.add(line, name, format!("unknown column; expected {}", columns.join(",")));
    }
    for (at, name) in names.iter().enumerate() {
        if !name.is_empty() && names[..at].contains(name) {
            errors.add(line, name, "the column stands twice");
        }
    }
    let place = |column: &&str| names.iter().position(|name| name == column);
    for missing in columns.iter().filter(|column| place(column).is_none()) {
        errors.add(line, missing, "the column is missing");
    }
    columns.iter().filter_map(place).collect()
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let zeros_at =
        |at: usize| bytes.len() >= 4 && bytes.iter().skip(at).step_by(2).take(8).all(|byte| *byte == 0);
    let encoding = match bytes {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        _ if zeros_at(1) => UTF_16LE,
        _ if zeros_at(0) => UTF_16BE,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => return Cow::Borrowed(text.strip_prefix(MARK).unwrap_or(text)),
            Err(_) => WINDOWS_1258,
        },
    };
    encoding.decode_with_bom_removal(bytes).0
}

/// The text without a `sep=` line, the number of lines left out, and the separator of its first line.
fn delimiter_of(text: &str) -> (&str, u64, u8) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some([delimiter]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        return (rest, 1, *delimiter);
    }
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',');
    (text, 0, delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: [&str; 2] = ["unit", "value"];

    fn values(bytes: &[u8]) -> Vec<Vec<String>> {
        Table::read("f.csv", bytes, &COLUMNS).unwrap().rows.into_iter().map(|row| row.values).collect()
    }

    fn utf16(text: &str, swap: bool) -> Vec<u8> {
        let mark = std::iter::once(0xfeff);
        mark.chain(text.encode_utf16())
            .flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn files_of_different_programs_read_alike() {
        let expected = vec![vec!["760".to_owned(), "Đảm bảo".to_owned()]];
        assert_eq!(values("unit,value\n760,Đảm bảo\n".as_bytes()), expected);
        assert_eq!(values("\u{feff}unit;value\r\n760;Đảm bảo\r\n;\r\n".as_bytes()), expected);
        assert_eq!(values("sep=;\r\nvalue;unit\r\n\"Đảm bảo\";760\r\n".as_bytes()), expected);
        assert_eq!(values(&utf16("unit\tvalue\r\n760\tĐảm bảo\r\n", false)), expected);
        assert_eq!(values(&utf16("unit\tvalue\r\n760\tĐảm bảo\r\n", true)), expected);
        // Decomposed, as macOS writes it.
        assert_eq!(values("Unit,Value\n760,Đa\u{309}m ba\u{309}o\n".as_bytes()), expected);
        // Windows-1258: Đ is D0, the hook above is the combining byte D2.
        assert_eq!(values(b"unit,value\n760,\xd0a\xd2m ba\xd2o\n"), expected);
    }

    #[test]
    fn errors_name_line_and_column() {
        let error = Table::read("tệp.csv", b"unit,valu\n1,2,3\n", &COLUMNS).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tệp.csv: 3 errors, nothing imported\n\
             tệp.csv:1: valu: unknown column; expected unit,value\n\
             tệp.csv:1: value: the column is missing\n\
             tệp.csv:2: \"2\" stands beyond the last column; a value with the separator needs quotes"
        );
        let empty = Table::read("f.csv", b"", &COLUMNS).unwrap_err();
        assert_eq!(empty.errors[0].message, "the file is empty; expected the columns unit,value");
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let table = Table::read("f.csv", b"sep=,\nunit,value\n1,\"a\nb\"\n\n2,c\n", &COLUMNS).unwrap();
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6]);
        let table = Table::read("f.csv", b"unit,value\r\n1,a\r\n;\r\n\r\n2,c\r\n", &COLUMNS).unwrap();
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 5]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Table::read("f.csv", &bytes, &COLUMNS);
        }

        #[test]
        fn written_values_read_back(
            rows in proptest::collection::vec(("[0-9]{1,5}", "[a-z;,\"\n]{0,9}[a-z]"), 0..9)
        ) {
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            writer.write_record(COLUMNS).unwrap();
            for (unit, value) in &rows {
                writer.write_record([unit, value.trim()]).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let expected: Vec<Vec<String>> =
                rows.into_iter().map(|(unit, value)| vec![unit, value.trim().to_owned()]).collect();
            prop_assert_eq!(values(&bytes), expected);
        }
    }
}
