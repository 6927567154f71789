//! `EXPECTED.csv`: comma-separated, quoted where needed.

use std::{collections::BTreeMap, path::Path};

pub type Row = BTreeMap<String, String>;

pub fn rows(folder: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(folder.join("EXPECTED.csv")).unwrap();
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let names = fields(lines.next().unwrap());
    lines.map(|line| names.iter().cloned().zip(fields(line)).collect()).collect()
}

fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

/// Whether a row leaves no room for doubt; files without such a column are clear throughout.
pub fn is_clear(row: &Row) -> bool {
    row.get("verdict").is_none_or(|verdict| verdict == "clear")
}

#[test]
fn quoted_fields_keep_their_commas() {
    assert_eq!(fields("a,\"b, \"\"c\"\"\",,d"), ["a", "b, \"c\"", "", "d"]);
}
