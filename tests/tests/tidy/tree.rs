use super::{none, paths, sources, top};
use std::{collections::BTreeSet, fs};

#[test]
fn the_top_level_is_fixed() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "agent",
        "collector",
        "schemas",
        "packaging",
        "tests",
        "README.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "NOTICE",
    ];
    let entries: BTreeSet<_> =
        paths().iter().map(|path| path.split('/').next().unwrap_or_default().to_owned()).collect();
    let findings = entries
        .into_iter()
        .filter(|entry| !entry.starts_with('.') && !allowed.contains(&entry.as_str()))
        .collect();
    none(findings, "these do not belong at the top level:");
}

#[test]
fn licences_are_there_and_every_crate_names_them() {
    for (file, phrase) in [
        ("LICENSE-APACHE", "Apache License"),
        ("LICENSE-MIT", "Permission is hereby granted"),
        ("NOTICE", "RouteViews"),
    ] {
        let text = fs::read_to_string(top().join(file)).unwrap_or_default();
        assert!(text.contains(phrase), "{file} is missing or does not say {phrase:?}");
    }
    let silent = |manifest: &super::Source| {
        let package = manifest.text.contains("[package]");
        let named =
            manifest.text.contains("license.workspace = true") || manifest.text.contains("license = ");
        (package && !named).then(|| manifest.path.clone())
    };
    none(sources("Cargo.toml").iter().filter_map(silent).collect(), "these crates name no licence:");
}

#[test]
fn nothing_is_left_undone() {
    // In pieces, so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("HA", "CK:")];
    let mut findings = Vec::new();
    for ending in [".rs", ".html", ".ftl", ".sql", ".sh", ".py", ".toml", ".md", ".ts", ".js", ".css", ".yml"]
    {
        for source in sources(ending) {
            for (at, line) in source.text.lines().enumerate() {
                if marks.iter().any(|mark| line.contains(mark)) {
                    findings.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
                }
            }
        }
    }
    none(findings, "finish these, or write an issue:");
}

#[test]
fn every_crate_has_the_lints_of_the_workspace() {
    let without = |manifest: &super::Source| {
        let package = manifest.text.contains("[package]");
        let excluded = manifest.path.contains("/fuzz/");
        (package && !excluded && !manifest.text.contains("[lints]\nworkspace = true"))
            .then(|| manifest.path.clone())
    };
    none(sources("Cargo.toml").iter().filter_map(without).collect(), "add `[lints] workspace = true` to:");
}

#[test]
fn scripts_stop_at_the_first_error() {
    let careless = |script: &super::Source| {
        let strict =
            script.text.lines().take(12).any(|line| line.starts_with("set -e") || line.contains("set -u"));
        (!strict).then(|| script.path.clone())
    };
    none(
        sources(".sh").iter().filter_map(careless).collect(),
        "start these scripts with `set -euo pipefail`:",
    );
}
