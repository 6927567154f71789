//! What changed between two texts of a section, as paths. Objects in lists are told apart by what names
//! them, never by their place: a package that comes first in the list moves no other.

use kiemke_schemas::SectionName;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// JSON pointer; a list's objects stand in it by name.
    pub path: String,
    pub old: Option<Value>,
    pub new: Option<Value>,
}

/// Figures that move all the time are measurements, not facts: their last value stands in the section.
const MEASURED: [&str; 5] = ["last_seen_at", "used_bytes", "page_count", "peak_bps", "booted_at"];
const MEASURED_SECTIONS: [SectionName; 1] = [SectionName::Load];

/// The fields that name an object of a list, in order; those that are there are joined.
const NAMES: [(&str, &[&str]); 14] = [
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
    ("devices", &["kind", "serial", "address", "bus_path", "name"]),
    ("problems", &["source", "kind"]),
];

pub fn changes(section: SectionName, old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    if !MEASURED_SECTIONS.contains(&section) {
        compare("", old, new, &mut found);
    }
    found
}

fn compare(path: &str, old: &Value, new: &Value, found: &mut Vec<Change>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(old), Value::Object(new)) => objects(path, old, new, found),
        (Value::Array(old_list), Value::Array(new_list)) => {
            match (named(path, old_list), named(path, new_list)) {
                (Some(old), Some(new)) => maps(path, &old, &new, found),
                _ => found.push(change(path, Some(old), Some(new))),
            }
        }
        _ => found.push(change(path, Some(old), Some(new))),
    }
}

fn objects(path: &str, old: &Map<String, Value>, new: &Map<String, Value>, found: &mut Vec<Change>) {
    let facts = |map: &Map<String, Value>| -> BTreeMap<String, Value> {
        map.iter()
            .filter(|(key, value)| !MEASURED.contains(&key.as_str()) && !value.is_null())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    maps(path, &facts(old), &facts(new), found);
}

fn maps(path: &str, old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>, found: &mut Vec<Change>) {
    for (key, old_value) in old {
        let path = format!("{path}/{}", escaped(key));
        match new.get(key) {
            Some(new_value) => compare(&path, old_value, new_value, found),
            None => found.push(change(&path, Some(old_value), None)),
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        found.push(change(&format!("{path}/{}", escaped(key)), None, Some(value)));
    }
}

fn change(path: &str, old: Option<&Value>, new: Option<&Value>) -> Change {
    Change { path: path.to_owned(), old: old.cloned(), new: new.cloned() }
}

/// `None` for a list whose objects nothing names. A name that comes again gets a number.
fn named(path: &str, list: &[Value]) -> Option<BTreeMap<String, Value>> {
    let field = path.rsplit('/').next()?;
    let (_, names) = NAMES.iter().find(|(list, _)| *list == field)?;
    let mut by_name = BTreeMap::new();
    for value in list {
        let object = value.as_object()?;
        let parts: Vec<&str> = names.iter().filter_map(|name| object.get(*name)?.as_str()).collect();
        let name = parts.join(" ");
        let mut unique = name.clone();
        let mut number = 1;
        while by_name.contains_key(&unique) {
            number += 1;
            unique = format!("{name} #{number}");
        }
        by_name.insert(unique, value.clone());
    }
    Some(by_name)
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(section: SectionName, old: Value, new: Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        changes(section, &old, &new).into_iter().map(|c| (c.path, c.old, c.new)).collect()
    }

    #[test]
    fn packages_are_matched_by_name_not_by_place() {
        let old = json!({"value": {"packages": [
            {"name": "bash", "version": "5.2", "source": "dpkg"},
            {"name": "zlib/1", "version": "1.3", "source": "dpkg"}]}});
        let new = json!({"value": {"packages": [
            {"name": "apt", "version": "2.6", "source": "dpkg"},
            {"name": "bash", "version": "5.3", "source": "dpkg"}]}});
        assert_eq!(
            paths(SectionName::Software, old, new),
            [
                ("/value/packages/bash dpkg/version".into(), Some(json!("5.2")), Some(json!("5.3"))),
                (
                    "/value/packages/zlib~11 dpkg".into(),
                    Some(json!({"name": "zlib/1", "version": "1.3", "source": "dpkg"})),
                    None
                ),
                (
                    "/value/packages/apt dpkg".into(),
                    None,
                    Some(json!({"name": "apt", "version": "2.6", "source": "dpkg"}))
                ),
            ]
        );
    }

    #[test]
    fn measurements_and_nulls_are_no_change() {
        let old = json!({"value": {"file_systems": [{"mount_point": "/", "used_bytes": 1, "kind": null}]}});
        let new = json!({"value": {"file_systems": [{"mount_point": "/", "used_bytes": 2}]}});
        assert_eq!(paths(SectionName::Storage, old, new), []);
        assert_eq!(paths(SectionName::Load, json!({"value": 1}), json!({"value": 2})), []);
    }

    #[test]
    fn two_things_of_one_name_are_two() {
        let old = json!({"value": {"processors": [{"model": "X"}]}});
        let new = json!({"value": {"processors": [{"model": "X"}, {"model": "X"}]}});
        assert_eq!(
            paths(SectionName::Hardware, old, new),
            [("/value/processors/X #2".into(), None, Some(json!({"model": "X"})))]
        );
    }
}
