//! What changed between two texts of a section, as paths. Objects in lists are told apart by what names
//! them, never by their place: a package that comes first in the list moves no other.
//!
//! Works on the texts and reads only what differs: most of a long list is the same from report to report.

mod split;

use kiemke_schemas::SectionName;
use serde_json::{Result, Value, value::RawValue};
use split::{Part, SplitSection};
use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

/// Values are JSON texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// JSON pointer; a list's objects stand in it by name.
    pub path: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Figures that move all the time are measurements, not facts: their last value stands in the section.
const MEASURED: [&str; 5] = ["last_seen_at", "used_bytes", "page_count", "peak_bps", "booted_at"];
const MEASURED_SECTIONS: [SectionName; 1] = [SectionName::Load];

/// The fields that name an object of a list, in order; those that are there are joined.
const NAMES: [(&str, Names); 15] = [
    ("packages", &["name", "architecture", "source"]),
    ("products", &["name", "source"]),
    ("firewall", &["profile"]),
    ("disks", &["name"]),
    ("file_systems", &["mount_point"]),
    ("interfaces", &["name"]),
    ("default_routes", &["interface", "gateway"]),
    ("modules", &["slot", "serial"]),
    ("monitors", &["serial", "maker", "model"]),
    ("processors", &["model"]),
    ("public_addresses", &["interface", "gateway"]),
    ("lines", &["router", "interface"]),
    ("neighbours", &["mac"]),
    ("devices", &["kind", "serial", "address", "bus_path", "name"]),
    ("problems", PROBLEM_NAMES),
];
const PROBLEM_NAMES: Names = &["source", "kind"];

/// In longer lists equal objects are left aside before the others are named, so that there two of one name
/// may lose their number.
const LONG_LIST: usize = 16;

type Fields<'a> = BTreeMap<String, &'a RawValue>;

pub fn changes(section: SectionName, old: &str, new: &str) -> Result<Vec<Change>> {
    let mut found = Vec::new();
    if MEASURED_SECTIONS.contains(&section) {
        return Ok(found);
    }
    match (SplitSection::read(old), SplitSection::read(new)) {
        (Some(old), Some(new)) => split_sections(old, new, &mut found)?,
        _ => compare("", serde_json::from_str(old)?, serde_json::from_str(new)?, &mut found)?,
    }
    Ok(found)
}

fn split_sections(old: SplitSection, mut new: SplitSection, found: &mut Vec<Change>) -> Result<()> {
    lists("/problems", PROBLEM_NAMES, old.problems, new.problems, found)?;
    for (field, old) in old.value {
        let path = format!("/value/{}", escaped(&field));
        match (old, new.value.remove(&field)) {
            (Part::Text(old), Some(Part::Text(new))) => compare(&path, old, new, found)?,
            (Part::List(names, old), Some(Part::List(_, new))) => lists(&path, names, old, new, found)?,
            (old, new) => found.push(Change { path, old: Some(old.text()), new: new.map(|new| new.text()) }),
        }
    }
    let added = new.value.into_iter().map(|(field, new)| Change {
        path: format!("/value/{}", escaped(&field)),
        old: None,
        new: Some(new.text()),
    });
    found.extend(added);
    Ok(())
}

fn compare(path: &str, old: &RawValue, new: &RawValue, found: &mut Vec<Change>) -> Result<()> {
    let (old_text, new_text) = (old.get(), new.get());
    if old_text == new_text {
        return Ok(());
    }
    let both = |opening| old_text.starts_with(opening) && new_text.starts_with(opening);
    if both('{') {
        return maps(path, &facts(old)?, &facts(new)?, found);
    }
    if both('[')
        && let Some(names) = names_of(path)
    {
        return lists(path, names, serde_json::from_str(old_text)?, serde_json::from_str(new_text)?, found);
    }
    if serde_json::from_str::<Value>(old_text)? != serde_json::from_str::<Value>(new_text)? {
        found.push(change(path, Some(old), Some(new)));
    }
    Ok(())
}

/// A field that is null is one that is not there.
fn facts(object: &RawValue) -> Result<Fields<'_>> {
    let mut fields: Fields = serde_json::from_str(object.get())?;
    fields.retain(|key, value| !MEASURED.contains(&key.as_str()) && value.get() != "null");
    Ok(fields)
}

fn maps(path: &str, old: &Fields, new: &Fields, found: &mut Vec<Change>) -> Result<()> {
    for (key, old_value) in old {
        let path = format!("{path}/{}", escaped(key));
        match new.get(key) {
            Some(new_value) => compare(&path, old_value, new_value, found)?,
            None => found.push(change(&path, Some(old_value), None)),
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        found.push(change(&format!("{path}/{}", escaped(key)), None, Some(value)));
    }
    Ok(())
}

fn change(path: &str, old: Option<&RawValue>, new: Option<&RawValue>) -> Change {
    let text = |value: Option<&RawValue>| value.map(|value| value.get().to_owned());
    Change { path: path.to_owned(), old: text(old), new: text(new) }
}

type Names = &'static [&'static str];

fn names_of(path: &str) -> Option<Names> {
    let field = path.rsplit('/').next()?;
    NAMES.iter().find(|(list, _)| *list == field).map(|(_, names)| *names)
}

fn lists<'a>(
    path: &str,
    names: &[&str],
    mut old: Vec<&'a RawValue>,
    mut new: Vec<&'a RawValue>,
    found: &mut Vec<Change>,
) -> Result<()> {
    if old.len().max(new.len()) > LONG_LIST {
        leave_equal_aside(&mut old, &mut new);
    }
    maps(path, &named(names, &old)?, &named(names, &new)?, found)
}

fn leave_equal_aside<'a>(old: &mut Vec<&'a RawValue>, new: &mut Vec<&'a RawValue>) {
    let same = |(a, b): &(&&RawValue, &&RawValue)| a.get() == b.get();
    let head = old.iter().zip(new.iter()).take_while(same).count();
    old.drain(..head);
    new.drain(..head);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    old.truncate(old.len() - tail);
    new.truncate(new.len() - tail);
    // Positive: so many more times in the old list.
    let mut counts = HashMap::<&str, i64>::new();
    old.iter().for_each(|value| *counts.entry(value.get()).or_default() += 1);
    new.iter().for_each(|value| *counts.entry(value.get()).or_default() -= 1);
    old.retain(more_often(counts.clone(), Ordering::Greater));
    new.retain(more_often(counts, Ordering::Less));
}

/// Keeps a value as many times as it comes more often on that side.
fn more_often<'a>(mut counts: HashMap<&'a str, i64>, side: Ordering) -> impl FnMut(&&'a RawValue) -> bool {
    move |value| {
        let count = counts.entry(value.get()).or_default();
        let kept = (*count).cmp(&0) == side;
        *count -= if kept { side as i64 } else { 0 };
        kept
    }
}

/// A name that comes again gets a number.
fn named<'a>(names: &[&str], list: &[&'a RawValue]) -> Result<Fields<'a>> {
    let mut by_name = Fields::new();
    for value in list {
        let name = name(names, value)?;
        let mut unique = name.clone();
        let mut number = 1;
        while by_name.contains_key(&unique) {
            number += 1;
            unique = format!("{name} #{number}");
        }
        by_name.insert(unique, value);
    }
    Ok(by_name)
}

fn name(names: &[&str], value: &RawValue) -> Result<String> {
    if !value.get().starts_with('{') {
        return Ok(value.get().to_owned());
    }
    let fields: Fields = serde_json::from_str(value.get())?;
    let texts = names.iter().filter_map(|name| serde_json::from_str::<String>(fields.get(*name)?.get()).ok());
    Ok(texts.collect::<Vec<_>>().join(" "))
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

    fn check(section: SectionName, old: &str, new: &str, expected: &[Row]) {
        let found = changes(section, old, new).unwrap();
        let found: Vec<Row> =
            found.iter().map(|c| (c.path.as_str(), c.old.as_deref(), c.new.as_deref())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn packages_are_matched_by_name_not_by_place() {
        check(
            SectionName::Software,
            r#"{"value":{"packages":[{"name":"bash","version":"5.2","source":"dpkg"},{"name":"z/1","source":"rpm"}]}}"#,
            r#"{"value":{"packages":[{"name":"apt","source":"dpkg"},{"name":"bash","version":"5.3","source":"dpkg"}]}}"#,
            &[
                ("/value/packages/bash dpkg/version", Some(r#""5.2""#), Some(r#""5.3""#)),
                ("/value/packages/z~11 rpm", Some(r#"{"name":"z/1","source":"rpm"}"#), None),
                ("/value/packages/apt dpkg", None, Some(r#"{"name":"apt","source":"dpkg"}"#)),
            ],
        );
    }

    #[test]
    fn measurements_nulls_and_spaces_are_no_change() {
        check(
            SectionName::Storage,
            r#"{"value":{"file_systems":[{"mount_point":"/","used_bytes":1,"kind":null}]}}"#,
            r#"{"value": {"file_systems": [{"mount_point": "/", "used_bytes": 2}]}}"#,
            &[],
        );
        check(
            SectionName::Network,
            r#"{"value":{"dns_servers":["1.1.1.1"]}}"#,
            r#"{"value":{"dns_servers":[ "1.1.1.1" ]}}"#,
            &[],
        );
        check(SectionName::Load, r#"{"value":1}"#, r#"{"value":2}"#, &[]);
    }

    #[test]
    fn two_things_of_one_name_are_two() {
        check(
            SectionName::Hardware,
            r#"{"value":{"processors":[{"model":"X"}]}}"#,
            r#"{"value":{"processors":[{"model":"X"},{"model":"X"}]}}"#,
            &[("/value/processors/X #2", None, Some(r#"{"model":"X"}"#))],
        );
    }

    #[test]
    fn in_a_long_list_only_what_differs_is_read() {
        let package = |name: usize, version: usize| format!(r#"{{"name":"p{name}","version":"{version}"}}"#);
        let section =
            |packages: Vec<String>| format!(r#"{{"value":{{"packages":[{}]}}}}"#, packages.join(","));
        let old = section((0..100).map(|n| package(n, 1)).collect());
        // Reversed, one twice, one changed, one gone.
        let mut packages: Vec<String> =
            (0..100).rev().filter(|n| *n != 7).map(|n| package(n, if n == 50 { 2 } else { 1 })).collect();
        packages.push(package(3, 1));
        check(
            SectionName::Software,
            &old,
            &section(packages),
            &[
                ("/value/packages/p50/version", Some(r#""1""#), Some(r#""2""#)),
                ("/value/packages/p7", Some(&package(7, 1)), None),
                ("/value/packages/p3", None, Some(&package(3, 1))),
            ],
        );
    }
}
