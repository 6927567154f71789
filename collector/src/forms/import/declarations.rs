use super::{Errors, ImportErrors, Table, table::Row};
use crate::{
    date,
    forms::{fields, systems},
    inventory::{Declarations, Declared},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

pub const COLUMNS: [&str; 6] = ["unit", "system", "field", "value", "declared_by", "declared_on"];
const UNIT: usize = 0;
const SYSTEM: usize = 1;
const FIELD: usize = 2;
const VALUE: usize = 3;
const BY: usize = 4;
const ON: usize = 5;

/// One row of the file, checked; no `value` withdraws what was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewValue {
    pub line: u64,
    pub unit: String,
    pub system: String,
    pub field: String,
    pub value: Option<String>,
    pub declared_by: String,
    pub declared_on: Option<Date>,
}

/// The units a file names, so that their current declarations can be had before [`changes`].
pub fn units(rows: &[NewValue]) -> Vec<String> {
    rows.iter().map(|row| row.unit.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

pub fn read(file: &str, bytes: &[u8], known_units: &BTreeSet<String>) -> Result<Vec<NewValue>, ImportErrors> {
    let table = Table::read(file, bytes, &COLUMNS)?;
    let mut errors = Errors::default();
    let mut rows: Vec<NewValue> = Vec::with_capacity(table.rows.len());
    let mut seen = BTreeMap::new();
    for row in &table.rows {
        let Some(value) = checked(row, known_units, &mut errors) else { continue };
        let key = (value.unit.clone(), value.system.clone(), value.field.clone());
        match seen.insert(key, row.line) {
            Some(line) => errors.add(row.line, &value.field, format!("declared in line {line} already")),
            None => rows.push(value),
        }
    }
    errors.finish(file, rows)
}

fn checked(row: &Row, known_units: &BTreeSet<String>, errors: &mut Errors) -> Option<NewValue> {
    let line = row.line;
    let unit = errors.take(line, "unit", known_unit(row.get(UNIT), known_units));
    let (system, field) = (systems::canonical(row.get(SYSTEM)), row.get(FIELD).to_owned());
    let value = match field.as_str() {
        "" => errors.take(line, "field", Err("is empty")),
        _ => errors.take(line, &field, fields::check(&system, &field, row.get(VALUE))),
    };
    let declared_on = match row.get(ON) {
        "" if value == Some(None) => Some(None),
        text => errors.take(line, "declared_on", date::parse(text)).map(Some),
    };
    let declared_by = row.get(BY).to_owned();
    if declared_by.is_empty() && value != Some(None) {
        errors.add(line, "declared_by", "is empty");
    }
    Some(NewValue { line, unit: unit?, system, field, value: value?, declared_by, declared_on: declared_on? })
}

/// A spreadsheet that read codes as numbers wrote them back without their leading zeros.
pub(super) fn known_unit(code: &str, known: &BTreeSet<String>) -> Result<String, String> {
    if known.contains(code) {
        return Ok(code.to_owned());
    }
    let padded = [2, 3, 5].map(|width| format!("{code:0>width$}"));
    match padded.iter().find(|padded| !code.is_empty() && known.contains(*padded)) {
        Some(meant) => Err(format!("{code:?} is no unit; leading zeros lost, {meant:?} meant?")),
        None => Err(format!("{code:?} is no unit")),
    }
}

/// Leaves out the rows that say what is declared already, and empty ones where nothing is.
pub fn changes(
    file: &str,
    rows: Vec<NewValue>,
    current: &BTreeMap<String, Declarations>,
) -> Result<Vec<NewValue>, ImportErrors> {
    let mut errors = Errors::default();
    let changed: Vec<NewValue> = rows.into_iter().filter(|row| changes_something(row, current)).collect();
    for row in changed.iter().filter(|row| row.value.is_none()) {
        if row.declared_by.is_empty() || row.declared_on.is_none() {
            errors.add(row.line, &row.field, "withdraws a declared value, but does not say who did and when");
        }
    }
    errors.finish(file, changed)
}

fn changes_something(row: &NewValue, current: &BTreeMap<String, Declarations>) -> bool {
    let now = current.get(&row.unit).and_then(|unit| unit.of_system(&row.system, &row.field));
    match (&row.value, row.declared_on, now) {
        (None, _, now) => now.is_some(),
        (Some(value), Some(on), Some(now)) => {
            now != &Declared { value: value.clone(), declared_by: row.declared_by.clone(), declared_on: on }
        }
        (Some(_), _, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeSet<String> {
        ["760", "00004"].map(str::to_owned).into()
    }

    fn read_text(rows: &str) -> Result<Vec<NewValue>, String> {
        let text = format!("unit;system;field;value;declared_by;declared_on\n{rows}");
        read("d.csv", text.as_bytes(), &known()).map_err(|errors| errors.to_string())
    }

    fn current() -> BTreeMap<String, Declarations> {
        let declared = Declared {
            value: "50".into(),
            declared_by: "Trần Bình".into(),
            declared_on: jiff::civil::date(2024, 4, 1),
        };
        let fields = [("staff.official".to_owned(), declared)].into();
        [("760".to_owned(), Declarations([(String::new(), fields)].into()))].into()
    }

    fn changes_of(rows: &str) -> Result<Vec<(String, Option<String>)>, String> {
        changes("d.csv", read_text(rows)?, &current())
            .map(|rows| rows.into_iter().map(|row| (row.field, row.value)).collect())
            .map_err(|errors| errors.to_string())
    }

    #[test]
    fn only_what_differs_is_a_change() {
        assert_eq!(
            changes_of("760;;staff.official;50;Trần Bình;01/04/2024\n760;;staff.trial;;;\n"),
            Ok(vec![])
        );
        assert_eq!(
            changes_of(
                "760;;staff.official;50;Trần Bình;02/04/2024\n760;;staff.trial;0;Trần Bình;2024-04-02\n"
            ),
            Ok(vec![("staff.official".into(), Some("50".into())), ("staff.trial".into(), Some("0".into()))])
        );
        assert_eq!(
            changes_of("760;;staff.official;;Trần Bình;02/04/2024\n"),
            Ok(vec![("staff.official".into(), None)])
        );
        assert_eq!(
            changes_of("760;;staff.official;;;\n"),
            Err("d.csv: 1 error, nothing imported\n\
                 d.csv:2: staff.official: withdraws a declared value, but does not say who did and when"
                .into())
        );
    }

    #[test]
    fn every_error_of_the_file_is_listed() {
        let rows = "4;;staff.trial;1;An;2024-04-01\n761;;staff.oficial;fifty;;yesterday\n\
                    760;;staff.trial;1;An;2024-04-01\n760;;staff.trial;2;An;2024-04-01\n\
                    760;;line.1;300 Mbps;An;2024-04-01\n760;;;5;An;2024-04-01\n760;;staff.official;abc;An;2024-04-01\n";
        assert_eq!(
            read_text(rows).unwrap_err(),
            "d.csv: 9 errors, nothing imported\n\
             d.csv:2: unit: \"4\" is no unit; leading zeros lost, \"00004\" meant?\n\
             d.csv:3: unit: \"761\" is no unit\n\
             d.csv:3: staff.oficial: there is no such field; see the template, `export declarations --format csv`\n\
             d.csv:3: declared_on: \"yesterday\" is no date; expected yyyy-mm-dd or dd/MM/yyyy\n\
             d.csv:3: declared_by: is empty\n\
             d.csv:5: staff.trial: declared in line 4 already\n\
             d.csv:6: line.1: \"300 Mbps\" is no bandwidth; expected a number above 0 with Mbps or Gbps, e.g. `300 Mbps`\n\
             d.csv:7: field: is empty\n\
             d.csv:8: staff.official: \"abc\" is no whole number"
        );
    }

    #[test]
    fn systems_take_their_official_spelling() {
        let rows = read_text("760;He thong IOC;manager;Văn phòng;An;1/4/2024\n").unwrap();
        assert_eq!(rows[0].system, "Hệ thống IOC");
        assert_eq!(rows[0].declared_on, Some(jiff::civil::date(2024, 4, 1)));
    }
}
