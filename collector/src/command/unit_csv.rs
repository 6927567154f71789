//! The list of units as CSV: `code,parent_code,level,kind,name_vi,full_name_vi`.

use crate::inventory::{Unit, unit::Level};
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, HashMap};

const COLUMNS: [&str; 6] = ["code", "parent_code", "level", "kind", "name_vi", "full_name_vi"];
const LONGEST_CODE: usize = 20;

/// Checks every row by itself; `file` is for messages.
pub fn parse(content: &[u8], file: &str) -> Result<Vec<Unit>> {
    let text = std::str::from_utf8(content).with_context(|| format!("{file}: not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let places = places(reader.headers().with_context(|| format!("{file}, line 1"))?, file)?;
    let mut units = Vec::new();
    let mut lines = HashMap::new();
    for record in reader.records() {
        let record = record.with_context(|| file.to_owned())?;
        let line = record.position().map_or(0, |position| position.line());
        let unit = unit(&record, &places).with_context(|| format!("{file}, line {line}"))?;
        if let Some(first) = lines.insert(unit.code.clone(), line) {
            bail!("{file}, line {line}, field code: {} stands in line {first} already", unit.code);
        }
        units.push(unit);
    }
    ensure!(!units.is_empty(), "{file}: no unit in it");
    check_tree(&units, &lines, file)?;
    Ok(units)
}

fn places(header: &csv::StringRecord, file: &str) -> Result<[usize; 6]> {
    let mut places = [0; 6];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = header
            .iter()
            .position(|name| name == column)
            .with_context(|| format!("{file}, line 1: no column {column}; expected {}", COLUMNS.join(",")))?;
    }
    Ok(places)
}

fn unit(record: &csv::StringRecord, places: &[usize; 6]) -> Result<Unit> {
    let [code, parent, level, kind, name, full_name] =
        places.map(|place| record.get(place).unwrap_or_default());
    for (field, text) in [("kind", kind), ("name_vi", name), ("full_name_vi", full_name)] {
        ensure!(!text.is_empty(), "field {field}: empty");
    }
    let levels = Level::ALL.map(Level::as_str).join(", ");
    let level = Level::parse(level).with_context(|| format!("field level: {level:?} is none of {levels}"))?;
    let parent = if parent.is_empty() { None } else { Some(self::code(parent, "parent_code")?) };
    Ok(Unit {
        code: self::code(code, "code")?,
        parent,
        level,
        kind: kind.into(),
        name: name.into(),
        full_name: full_name.into(),
    })
}

fn code(text: &str, field: &str) -> Result<String> {
    let valid = (1..=LONGEST_CODE).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    ensure!(valid, "field {field}: {text:?} is no code: 1 to {LONGEST_CODE} letters, digits, '.', '-', '_'");
    Ok(text.to_owned())
}

/// A parent that stands in the file must lie above; no unit may lie below itself.
fn check_tree(units: &[Unit], lines: &HashMap<String, u64>, file: &str) -> Result<()> {
    let by_code: BTreeMap<&str, &Unit> = units.iter().map(|unit| (unit.code.as_str(), unit)).collect();
    for unit in units {
        let line = lines.get(&unit.code).copied().unwrap_or_default();
        let mut above = unit.parent.as_deref().and_then(|code| by_code.get(code));
        let mut steps = 0;
        while let Some(parent) = above {
            steps += 1;
            ensure!(
                parent.code != unit.code && steps <= units.len(),
                "{file}, line {line}, field parent_code: {} lies below itself",
                unit.code
            );
            above = parent.parent.as_deref().and_then(|code| by_code.get(code));
        }
    }
    Ok(())
}

/// Parents that stand neither in the file nor in the store.
pub fn missing_parents<'a>(units: &'a [Unit], known: &[Unit]) -> Vec<&'a Unit> {
    let codes: std::collections::HashSet<&str> =
        units.iter().chain(known).map(|unit| unit.code.as_str()).collect();
    units.iter().filter(|unit| unit.parent.as_deref().is_some_and(|parent| !codes.contains(parent))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "code,parent_code,level,kind,name_vi,full_name_vi\n";

    fn error(rows: &str) -> String {
        format!("{:#}", parse(format!("{HEADER}{rows}").as_bytes(), "u.csv").unwrap_err())
    }

    #[test]
    fn a_list_as_vietnamese_excel_writes_it_is_read() {
        let text =
            "\u{feff}code;parent_code;level;kind;name_vi;full_name_vi\r\n760;;district;quận;1;Quận 1\r\n";
        let units = parse(text.as_bytes(), "u.csv").unwrap();
        assert_eq!(units.len(), 1);
        assert_eq!(units[0].full_name, "Quận 1");
        assert_eq!(units[0].parent, None);
    }

    #[test]
    fn errors_name_file_line_and_field() {
        assert_eq!(
            error("79,,province,tp,HCM,TP HCM\n760,79,distric,quận,1,Quận 1\n"),
            "u.csv, line 3: field level: \"distric\" is none of province, department, district, commune"
        );
        assert_eq!(error("79,,province,tp,,TP HCM\n"), "u.csv, line 2: field name_vi: empty");
        assert_eq!(
            error("1,2,commune,x,a,a\n2,1,district,x,b,b\n"),
            "u.csv, line 2, field parent_code: 1 lies below itself"
        );
        assert_eq!(
            error("1,,district,x,a,a\n1,,district,x,b,b\n"),
            "u.csv, line 3, field code: 1 stands in line 2 already"
        );
        assert_eq!(error(""), "u.csv: no unit in it");
        assert!(parse(b"code,level\n", "u.csv").unwrap_err().to_string().contains("no column parent_code"));
    }
}
