//! Data flows one way: probe → report → spool → transport → ingress → ingest → store → search | rules →
//! forms | procurement → export | web. Nothing upstream imports downstream; only `app.rs` wires.

use super::{Source, none, sources, top};
use std::fs;

/// A part of the collector and the parts it must not know.
const FORBIDDEN: [(&str, &[&str]); 11] = [
    (
        "inventory",
        &[
            "store",
            "ingest",
            "ingress",
            "identity",
            "search",
            "rules",
            "forms",
            "procurement",
            "export",
            "web",
            "command",
            "app",
        ],
    ),
    (
        "reference",
        &[
            "store",
            "ingest",
            "ingress",
            "identity",
            "search",
            "rules",
            "forms",
            "procurement",
            "export",
            "web",
            "command",
            "app",
        ],
    ),
    (
        "rules",
        &[
            "store",
            "ingest",
            "ingress",
            "identity",
            "search",
            "forms",
            "procurement",
            "export",
            "web",
            "command",
            "app",
        ],
    ),
    ("forms", &["store", "ingest", "ingress", "identity", "search", "export", "web", "command", "app"]),
    ("procurement", &["store", "ingest", "ingress", "identity", "search", "export", "web", "command", "app"]),
    ("store", &["ingest", "ingress", "search", "forms", "export", "web", "command", "app"]),
    (
        "identity",
        &["ingest", "ingress", "search", "rules", "forms", "procurement", "export", "web", "command"],
    ),
    ("ingest", &["ingress", "search", "rules", "forms", "procurement", "export", "web", "command", "app"]),
    ("ingress", &["search", "rules", "forms", "procurement", "export", "web", "command"]),
    ("search", &["ingest", "ingress", "forms", "procurement", "export", "web", "command", "app"]),
    ("export", &["store", "ingest", "ingress", "search", "web", "command", "app"]),
];

/// Parts that are functions of their input: no SQL, no clock.
const PURE: [&str; 5] = ["inventory", "reference", "rules", "forms", "procurement"];

fn collector() -> Vec<Source> {
    let mut all = sources(".rs");
    all.retain(|source| source.path.starts_with("collector/src/"));
    all
}

fn part(source: &Source) -> &str {
    let rest = source.path.strip_prefix("collector/src/").unwrap_or_default();
    rest.split(['/', '.']).next().unwrap_or_default()
}

/// The lines that are compiled outside of tests.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let tests = source.path.ends_with("/tests.rs") || source.path.contains("/tests/");
    let before_tests = source.text.lines().enumerate().take_while(|(_, line)| !line.contains("#[cfg(test)]"));
    before_tests
        .filter(move |(_, line)| !tests && !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

fn names_part(line: &str, part: &str) -> bool {
    let path = format!("crate::{part}");
    line.match_indices(&path).any(|(at, _)| {
        let next = line[at + path.len()..].chars().next();
        !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn nothing_upstream_knows_what_is_downstream() {
    let mut findings = Vec::new();
    for source in collector() {
        let Some((_, forbidden)) = FORBIDDEN.iter().find(|(name, _)| *name == part(&source)) else {
            continue;
        };
        for (at, line) in code(&source) {
            for other in forbidden.iter().filter(|other| names_part(line, other)) {
                findings.push(format!(
                    "{}:{at}: {} must not know {other}: {}",
                    source.path,
                    part(&source),
                    line.trim()
                ));
            }
        }
    }
    none(findings, "these imports run against the flow of data:");
}

#[test]
fn pure_parts_read_no_clock() {
    let clocks = ["Timestamp::now", "Zoned::now", "SystemTime::now", "Instant::now"];
    let mut findings = Vec::new();
    for source in collector().iter().filter(|source| PURE.contains(&part(source))) {
        for (at, line) in code(source) {
            if clocks.iter().any(|clock| line.contains(clock)) {
                findings.push(format!("{}:{at}: {}", source.path, line.trim()));
            }
        }
    }
    none(findings, "these parts take the date as a value:");
}

#[test]
fn sql_stands_in_the_store_only() {
    let words =
        ["sqlx::query", "query_as(", "query_scalar(", "\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE FROM"];
    let mut findings = Vec::new();
    for source in collector().iter().filter(|source| part(source) != "store") {
        for (at, line) in code(source) {
            if words.iter().any(|word| line.contains(word)) {
                findings.push(format!("{}:{at}: {}", source.path, line.trim()));
            }
        }
    }
    none(findings, "move this SQL to collector/src/store/:");
}

#[test]
fn agent_and_collector_know_the_schemas_and_not_each_other() {
    for (manifest, never) in [
        ("agent", ["kiemke-collector", "kiemke-tests"]),
        ("collector", ["kiemke-agent", "kiemke-tests"]),
        ("schemas", ["kiemke-agent", "kiemke-collector"]),
    ] {
        let text = fs::read_to_string(top().join(manifest).join("Cargo.toml")).unwrap();
        for name in never {
            assert!(!text.lines().any(|line| line.starts_with(name)), "{manifest} must not depend on {name}");
        }
    }
}

#[test]
fn the_schemas_do_no_io_and_are_the_same_everywhere() {
    let words =
        ["std::fs", "std::net::Tcp", "tokio", "std::process", "cfg(target_os", "cfg(windows", "cfg(unix"];
    let mut findings = Vec::new();
    for source in sources(".rs").iter().filter(|source| source.path.starts_with("schemas/src/")) {
        for (at, line) in code(source) {
            if words.iter().any(|word| line.contains(word)) {
                findings.push(format!("{}:{at}: {}", source.path, line.trim()));
            }
        }
    }
    none(findings, "the wire format is data only:");
}

/// rustls' provider is chosen in main; the MQTT client and the broker each stand in one place.
#[test]
fn the_broker_stays_behind_its_trait() {
    let mut findings = Vec::new();
    for source in collector().iter().filter(|source| part(source) != "ingress") {
        for (at, line) in code(source).filter(|(_, line)| line.contains("rmqtt::")) {
            findings.push(format!("{}:{at}: {}", source.path, line.trim()));
        }
    }
    none(findings, "rmqtt belongs to collector/src/ingress/:");
}
