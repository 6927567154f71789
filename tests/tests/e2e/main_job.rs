//! The main job: a real agent and the simulated district report, flags and forms follow, things are found.

use crate::support::{agent::Agent, collector::Collector};
use serde_json::Value;
use std::collections::BTreeMap;

pub fn district() -> Collector {
    let collector = Collector::with_units();
    let token = collector.token("760");
    let out = collector.folder.path().join("fleet");
    let out = out.to_str().unwrap();
    let said = collector.fleet(&token, &["--profile", "quan1", "--seed", "1", "--once", "--out", out]);
    assert!(said.contains("87 reports of 84 agents stored"), "{said}");
    collector.command(&["import", "declarations", &format!("{out}/declarations.csv")]);
    collector.command(&["import", "security-checks", &format!("{out}/security-checks.csv")]);
    collector
}

fn hits(collector: &Collector, query: &str) -> Vec<Value> {
    let answer = collector.json(&["search", query, "--json", "--limit", "50"]);
    answer["hits"].as_array().unwrap().clone()
}

fn units_of(hits: &[Value]) -> Vec<&str> {
    hits.iter().map(|hit| hit["unit"].as_str().unwrap()).collect()
}

#[test]
fn this_machine_reports_and_is_found() {
    let collector = Collector::with_units();
    let agent = Agent::enrol(&collector, &collector.token("760"), "26746");
    agent.run_once();
    let inventory = crate::support::run(&mut agent.command(&["inventory"]));
    let inventory: Value = serde_json::from_str(&inventory).unwrap();
    let host = find(&inventory, "host_name").expect("the inventory names the host").to_owned();
    let found = hits(&collector, &host);
    assert!(found.iter().any(|hit| hit["title"].as_str().unwrap().contains(&host)), "{found:?}");
    assert_eq!(units_of(&found)[0], "26746");
}

/// The first text under this key, at any depth.
fn find<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    match value {
        Value::Object(map) => {
            map.get(key).and_then(Value::as_str).or_else(|| map.values().find_map(|value| find(value, key)))
        }
        Value::Array(list) => list.iter().find_map(|value| find(value, key)),
        _ => None,
    }
}

#[test]
fn the_district_gives_its_flags_needs_and_answers() {
    let collector = district();
    flags_are_the_planted_ones(&collector);
    needs_follow_from_the_flags(&collector);
    queries_are_answered(&collector);
    a_second_run_keeps_the_devices(&collector);
}

fn flags_are_the_planted_ones(collector: &Collector) {
    let flags = collector.json(&["flags", "--unit", "760", "--json"]);
    let mut counts = BTreeMap::new();
    for flag in flags.as_array().unwrap() {
        let key = (flag["rule"].as_str().unwrap(), flag["unit"].as_str().unwrap());
        *counts.entry(key).or_insert(0) += 1;
    }
    let expected = BTreeMap::from([
        (("endpoint.not-checked", "26743"), 4),
        (("internet.single-line", "26743"), 1),
        (("endpoint.no-protection", "26743"), 2),
        (("endpoint.protection-off", "26743"), 1),
        (("internet.same-isp-group", "26755"), 1),
        (("endpoint.signatures-old", "26755"), 1),
        (("endpoint.os-unsupported", "26755"), 1),
        (("endpoint.disk-nearly-full", "26755"), 1),
    ]);
    assert_eq!(counts, expected);
}

fn needs_follow_from_the_flags(collector: &Collector) {
    let file = collector.folder.path().join("procurement.json");
    let file = file.to_str().unwrap();
    collector.command(&["export", "procurement", "--unit", "760", "--format", "json", "--out", file]);
    let needs: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut counts = BTreeMap::new();
    for need in needs.as_array().unwrap().iter().filter(|need| need["quantity"].as_u64() > Some(0)) {
        let key = (need["unit"].as_str().unwrap(), need["item"].as_str().unwrap());
        *counts.entry(key).or_insert(0) += need["quantity"].as_u64().unwrap();
    }
    let expected = BTreeMap::from([
        (("26743", "internet-line"), 1),
        (("26743", "endpoint-protection"), 2),
        (("26755", "internet-line"), 1),
        (("26755", "computer"), 1),
    ]);
    assert_eq!(counts, expected);
}

fn queries_are_answered(collector: &Collector) {
    for (query, unit, count) in [
        ("may quet phuong ben nghe", "26740", None),
        ("kind:scanner unit:26743", "26743", Some(1)),
        ("av:none", "26743", Some(2)),
        ("os:\"Windows 7\"", "26755", Some(1)),
        ("cogiang-pc003", "26755", None),
        ("cogiang-pc00*", "26755", None),
        ("kind:workstation cogiang-pc00*", "26755", None),
    ] {
        let hits = hits(collector, query);
        let units = units_of(&hits);
        assert!(!units.is_empty() && units.iter().all(|found| *found == unit), "{query}: {units:?}");
        assert!(count.is_none_or(|count| units.len() == count), "{query}: {} hits", units.len());
    }
}

fn a_second_run_keeps_the_devices(collector: &Collector) {
    let token = collector.token("760");
    let out = collector.folder.path().join("fleet");
    let said = collector.fleet(&token, &["--profile", "quan1", "--once", "--out", out.to_str().unwrap()]);
    assert!(said.contains("0 agents enrolled, 84 known from before"), "{said}");
    let devices = collector.json(&["device", "list", "--unit", "760", "--json"]);
    assert_eq!(devices.as_array().unwrap().len(), 84);
}
