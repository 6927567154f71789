//! The column TT: districts 1, 2, …, their communes 1.1, 1.2, …; numbers are text, so that `1.10` stays.

use crate::inventory::{Unit, unit::Level};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    pub number: String,
    pub unit: Unit,
}

/// Puts a subtree (its root first) into the order of the form. Under a province the districts (or, in
/// two tiers, the communes) come first and are numbered 1, 2, …; departments follow; the province's own
/// office is last. Any other root is row 1.
pub fn number(root: &Unit, subtree: &[Unit]) -> Vec<Numbered> {
    let mut children: BTreeMap<&str, Vec<&Unit>> = BTreeMap::new();
    for unit in subtree.iter().filter(|unit| unit.code != root.code) {
        children.entry(unit.parent.as_deref().unwrap_or_default()).or_default().push(unit);
    }
    for siblings in children.values_mut() {
        siblings.sort_by(|a, b| (rank(a.level), &a.code).cmp(&(rank(b.level), &b.code)));
    }
    let mut rows = Vec::with_capacity(subtree.len());
    if root.level == Level::Province {
        descend(&children, &root.code, None, &mut rows);
        let last = children.get(root.code.as_str()).map_or(0, Vec::len) + 1;
        rows.push(Numbered { number: last.to_string(), unit: root.clone() });
    } else {
        rows.push(Numbered { number: "1".to_owned(), unit: root.clone() });
        descend(&children, &root.code, Some("1"), &mut rows);
    }
    rows
}

fn descend(
    children: &BTreeMap<&str, Vec<&Unit>>,
    parent: &str,
    prefix: Option<&str>,
    rows: &mut Vec<Numbered>,
) {
    for (at, unit) in children.get(parent).into_iter().flatten().enumerate() {
        let place = at + 1;
        let number = prefix.map_or_else(|| place.to_string(), |prefix| format!("{prefix}.{place}"));
        rows.push(Numbered { number: number.clone(), unit: (*unit).clone() });
        descend(children, &unit.code, Some(&number), rows);
    }
}

fn rank(level: Level) -> u8 {
    match level {
        Level::Province | Level::District => 0,
        Level::Commune => 1,
        Level::Department => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, parent: Option<&str>, level: Level) -> Unit {
        Unit {
            code: code.into(),
            parent: parent.map(str::to_owned),
            level,
            kind: String::new(),
            name: code.into(),
            full_name: code.into(),
        }
    }

    fn numbers(root: &Unit, subtree: &[Unit]) -> Vec<(String, String)> {
        number(root, subtree).into_iter().map(|row| (row.number, row.unit.code)).collect()
    }

    fn literal(rows: &[(&str, &str)]) -> Vec<(String, String)> {
        rows.iter().map(|(number, code)| ((*number).to_owned(), (*code).to_owned())).collect()
    }

    #[test]
    fn the_tenth_ward_is_one_point_ten() {
        let root = unit("760", Some("79"), Level::District);
        let mut subtree = vec![root.clone()];
        subtree.extend((0..10).map(|n| unit(&format!("2673{n}"), Some("760"), Level::Commune)));
        let rows = numbers(&root, &subtree);
        assert_eq!(rows.first(), Some(&("1".into(), "760".into())));
        assert_eq!(rows.last(), Some(&("1.10".into(), "26739".into())));
    }

    #[test]
    fn a_province_numbers_districts_then_departments_then_itself() {
        let root = unit("79", None, Level::Province);
        let subtree = [
            root.clone(),
            unit("761", Some("79"), Level::District),
            unit("26764", Some("761"), Level::Commune),
            unit("760", Some("79"), Level::District),
            unit("100", Some("79"), Level::Department),
        ];
        assert_eq!(
            numbers(&root, &subtree),
            literal(&[("1", "760"), ("2", "761"), ("2.1", "26764"), ("3", "100"), ("4", "79")])
        );
    }

    #[test]
    fn two_tiers_number_communes_from_one() {
        let root = unit("01", None, Level::Province);
        let subtree = [
            root.clone(),
            unit("00008", Some("01"), Level::Commune),
            unit("00004", Some("01"), Level::Commune),
        ];
        assert_eq!(numbers(&root, &subtree), literal(&[("1", "00004"), ("2", "00008"), ("3", "01")]));
    }
}
