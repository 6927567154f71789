//! Data flows one way: probe → report → spool → transport → ingress → ingest → store → search | rules →
//! forms | procurement → export | web. Nothing upstream imports downstream; only `app.rs` wires.

use super::{Source, code::Code, none, sources, top};
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
    (
        "store",
        &[
            "ingest",
            "ingress",
            "search",
            "rules",
            "procurement",
            "forms",
            "export",
            "web",
            "command",
            "app",
            "derived",
        ],
    ),
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

/// The same of the agent: what is read knows nothing of how it travels.
const FORBIDDEN_IN_AGENT: [(&str, &[&str]); 5] = [
    ("parse", &["report", "spool", "transport", "agent", "orders", "update", "service", "command"]),
    ("probe", &["report", "spool", "transport", "agent", "orders", "update", "service", "command"]),
    ("report", &["transport", "agent", "orders", "update", "service", "command"]),
    ("spool", &["probe", "report", "transport", "agent", "orders", "update", "service", "command"]),
    ("transport", &["probe", "agent", "update", "service", "command"]),
];

fn code_of(folder: &str) -> Vec<Source> {
    let mut all = sources(".rs");
    all.retain(|source| source.path.starts_with(folder));
    all
}

fn collector() -> Vec<Source> {
    code_of("collector/src/")
}

/// `rules` of `collector/src/rules/line_down.rs`.
fn part(source: &Source) -> &str {
    source
        .path
        .split_once("/src/")
        .and_then(|(_, inside)| inside.split(['/', '.']).next())
        .unwrap_or_default()
}

fn against_the_flow(folder: &str, forbidden: &[(&str, &[&str])]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in code_of(folder) {
        let Some((_, never)) = forbidden.iter().find(|(name, _)| *name == part(&source)) else { continue };
        for (other, path) in Code::of(&source).parts().filter(|(other, _)| never.contains(other)) {
            findings.push(format!("{}: {} must not know {other}: {path}", source.path, part(&source)));
        }
    }
    findings
}

#[test]
fn nothing_upstream_knows_what_is_downstream() {
    let mut findings = against_the_flow("collector/src/", &FORBIDDEN);
    findings.extend(against_the_flow("agent/src/", &FORBIDDEN_IN_AGENT));
    none(findings, "these imports run against the flow of data:");
}

#[test]
fn pure_parts_read_no_clock() {
    let clocks = ["Timestamp::now", "Zoned::now", "SystemTime::now", "Instant::now"];
    let mut findings = Vec::new();
    for source in collector().iter().filter(|source| PURE.contains(&part(source))) {
        let code = Code::of(source);
        let read = code.paths.iter().filter(|path| clocks.iter().any(|clock| path.ends_with(clock)));
        findings.extend(read.map(|path| format!("{}: {path}", source.path)));
    }
    none(findings, "these parts take the date as a value:");
}

#[test]
fn sql_stands_in_the_store_only() {
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM "];
    let mut findings = Vec::new();
    for source in collector().iter().filter(|source| part(source) != "store") {
        let code = Code::of(source);
        let strings = code.strings.iter().filter(|text| verbs.iter().any(|verb| text.contains(verb)));
        let paths = code.paths.iter().filter(|path| path.starts_with("sqlx::"));
        findings.extend(strings.chain(paths).map(|found| format!("{}: {found}", source.path)));
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
    let crates = ["std::fs", "std::net::Tcp", "std::net::Udp", "tokio", "std::process", "std::env"];
    let conditions = ["cfg(target_os", "cfg(windows", "cfg(unix"];
    let mut findings = Vec::new();
    for source in sources(".rs").iter().filter(|source| source.path.starts_with("schemas/src/")) {
        let code = Code::of(source);
        let paths = code.paths.iter().filter(|path| crates.iter().any(|name| path.starts_with(name)));
        findings.extend(paths.map(|path| format!("{}: {path}", source.path)));
        let lines = source.text.lines().filter(|line| conditions.iter().any(|name| line.contains(name)));
        findings.extend(lines.map(|line| format!("{}: {}", source.path, line.trim())));
    }
    none(findings, "the wire format is data only:");
}

/// rustls' provider is chosen in main; the MQTT client and the broker each stand in one place.
#[test]
fn the_broker_stays_behind_its_trait() {
    let mut findings = Vec::new();
    for source in collector().iter().filter(|source| part(source) != "ingress") {
        let code = Code::of(source);
        let paths = code.paths.iter().filter(|path| path.starts_with("rmqtt"));
        findings.extend(paths.map(|path| format!("{}: {path}", source.path)));
    }
    none(findings, "rmqtt belongs to collector/src/ingress/:");
}
