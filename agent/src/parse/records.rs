//! Lists of properties as PowerShell's `Format-List` (`Name : value`) and `wmic … /format:list` (`Name=value`)
//! print them: one record after the other, an empty line between.

use super::{error::ParseError, tables, text};
use serde_json::Value;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Of its first property.
    pub line: usize,
    fields: Vec<(String, String, usize)>,
}

/// Lines around the records (a prompt, a heading) are left alone.
pub fn read(text: &str) -> Result<Vec<Record>, ParseError> {
    if text.trim_start().starts_with(['{', '[']) {
        return json(text);
    }
    below_a_prompt(text).and_then(|text| json(text).ok()).map_or_else(|| listed(text), Ok)
}

/// Few properties are printed as a table.
fn listed(text: &str) -> Result<Vec<Record>, ParseError> {
    let Some(rows) = tables::read(text) else { return list(text) };
    let record = |(line, fields): tables::Row| Record {
        line,
        fields: fields.into_iter().map(|(name, value)| (name, value, line)).collect(),
    };
    Ok(rows.into_iter().map(record).collect())
}

/// What may be JSON: from a line that begins like it to the last bracket.
fn below_a_prompt(text: &str) -> Option<&str> {
    let start = ["\n{", "\n["].iter().filter_map(|mark| text.find(mark)).min()?;
    text.get(start + 1..=text.rfind(['}', ']'])?)
}

/// `ConvertTo-Json`: an object, or a list of them.
fn json(text: &str) -> Result<Vec<Record>, ParseError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ParseError::line(error.line(), format!("not JSON: {error}")))?;
    let objects = if let Value::Array(list) = value { list } else { vec![value] };
    let record = |value: Value| {
        let Value::Object(fields) = value else { return Err(ParseError::new("a list of objects expected")) };
        let plain = |value: Value| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        Ok(Record {
            line: 1,
            fields: fields.into_iter().map(|(name, value)| (name, plain(value), 1)).collect(),
        })
    };
    objects.into_iter().map(record).collect()
}

fn list(text: &str) -> Result<Vec<Record>, ParseError> {
    let mut records: Vec<Record> = Vec::new();
    let mut open = false;
    let mut wrong = None;
    for (number, line) in text::lines(text) {
        if line.trim().is_empty() {
            open = false;
            continue;
        }
        // A long value goes on in the lines after it.
        if open && property(line).is_none() {
            if let Some((_, value, _)) = records.last_mut().and_then(|record| record.fields.last_mut()) {
                value.push_str(line.trim());
            }
            continue;
        }
        let Some((name, value)) = property(line) else {
            wrong = wrong.or(Some(ParseError::line(number, "Name : value or Name=value expected")));
            continue;
        };
        let repeated = records.last().is_some_and(|record| record.get(name).is_some());
        if !open || repeated {
            records.push(Record { line: number, fields: Vec::new() });
            open = true;
        }
        if let Some(record) = records.last_mut() {
            record.fields.push((name.to_owned(), value, number));
        }
    }
    match wrong {
        Some(error) if records.is_empty() => Err(error),
        _ => Ok(merge_spaced(records)),
    }
}

/// `wmic` doubles its line ends, so that every property stands alone: a name seen before starts a record.
fn merge_spaced(records: Vec<Record>) -> Vec<Record> {
    if records.len() < 2 || records.iter().any(|record| record.fields.len() > 1) {
        return records;
    }
    let mut merged: Vec<Record> = Vec::new();
    for record in records {
        let Some((name, ..)) = record.fields.first() else { continue };
        match merged.last_mut() {
            Some(last) if last.get(name).is_none() => last.fields.extend(record.fields),
            _ => merged.push(record),
        }
    }
    merged
}

fn property(line: &str) -> Option<(&str, String)> {
    let at = line.find([':', '='])?;
    let (name, value) = (line.get(..at)?.trim(), line.get(at + 1..)?.trim());
    let named = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ' ' | '-' | '.' | '/' | '(' | ')'));
    named.then(|| (name, value.replace("&amp;", "&")))
}

impl Record {
    /// Of properties that were not read from a text.
    pub fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { line: 1, fields: fields.into_iter().map(|(name, value)| (name, value, 1)).collect() }
    }

    /// The value; empty ones are none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entry(name).map(|(value, _)| value).filter(|value| !value.is_empty())
    }

    fn entry(&self, name: &str) -> Option<(&str, usize)> {
        let found = self.fields.iter().find(|(key, ..)| key.eq_ignore_ascii_case(name))?;
        Some((found.1.as_str(), found.2))
    }

    /// Takes from a later record of the same thing what this one does not tell.
    pub fn fill(&mut self, later: &Self) {
        for (name, value, line) in &later.fields {
            if !value.is_empty() && self.get(name).is_none() {
                self.fields.retain(|(known, ..)| !known.eq_ignore_ascii_case(name));
                self.fields.push((name.clone(), value.clone(), *line));
            }
        }
    }

    pub fn required(&self, name: &str) -> Result<&str, ParseError> {
        self.get(name).ok_or_else(|| ParseError::field(Some(self.line), name, "is missing"))
    }

    pub fn number(&self, name: &str) -> Result<Option<u64>, ParseError> {
        let Some((value, line)) = self.entry(name).filter(|(value, _)| !value.is_empty()) else {
            return Ok(None);
        };
        let parsed = match value.strip_prefix("0x").or(value.strip_prefix("0X")) {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => value.parse(),
        };
        parsed
            .map(Some)
            .map_err(|_| ParseError::field(Some(line), name, format!("{value:?} is not a whole number")))
    }

    pub fn truth(&self, name: &str) -> Result<Option<bool>, ParseError> {
        let Some((value, line)) = self.entry(name).filter(|(value, _)| !value.is_empty()) else {
            return Ok(None);
        };
        match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(Some(true)),
            "false" | "no" | "0" => Ok(Some(false)),
            _ => Err(ParseError::field(Some(line), name, format!("{value:?} is neither true nor false"))),
        }
    }

    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value, _)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let list = "\nName : One\nState : 1\n\n\nName : Two: three\nState :\n";
        let wmic = "\r\nName=One\r\nState=1\r\n\r\nName=Two: three\r\nState=\r\n";
        let doubled = "Name=One\r\r\n\r\r\nState=1\r\r\n\r\r\nName=Two: three\r\r\n\r\r\nState=\r\r\n";
        let json = r#"[{"Name": "One", "State": 1}, {"Name": "Two: three", "State": null}]"#;
        for text in [list, wmic, doubled, json] {
            let records = read(text).unwrap();
            assert_eq!(records.len(), 2, "{text:?}");
            assert_eq!(records[0].get("name"), Some("One"));
            assert_eq!(records[1].get("Name"), Some("Two: three"));
            assert_eq!(records[0].number("State"), Ok(Some(1)));
            assert_eq!(records[1].number("State"), Ok(None));
        }
    }

    #[test]
    fn lines_around_the_records_are_left_alone() {
        for text in [
            "user@office:~$ wmic\nName : One\n",
            "PS C:\\> Get-It\n\nName : One\n\nPS C:\\>\n",
            "PS C:\\> Get-It | ConvertTo-Json\n{\n\"Name\": \"One\"\n}\nPS C:\\>\n",
        ] {
            let records = read(text).unwrap();
            assert!(records.iter().any(|record| record.get("Name") == Some("One")), "{text:?}");
        }
    }

    #[test]
    fn a_later_record_fills_what_is_missing() {
        let mut records = read("A : 1\nB :\n\nA : 2\nb : 3\nC : 4\n").unwrap();
        let later = records.remove(1);
        records[0].fill(&later);
        let found = ["A", "B", "C"].map(|name| records[0].get(name).unwrap());
        assert_eq!(found, ["1", "3", "4"]);
    }

    #[test]
    fn errors_name_line_and_field() {
        assert_eq!(read("nonsense").unwrap_err().to_string(), "line 1: Name : value or Name=value expected");
        let records = read("A : x\nB : maybe\n").unwrap();
        assert_eq!(
            records[0].number("A").unwrap_err().to_string(),
            "line 1: field A: \"x\" is not a whole number"
        );
        assert_eq!(
            records[0].truth("B").unwrap_err().to_string(),
            "line 2: field B: \"maybe\" is neither true nor false"
        );
        assert_eq!(records[0].required("C").unwrap_err().to_string(), "line 1: field C: is missing");
    }
}
