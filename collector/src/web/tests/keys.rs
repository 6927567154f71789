use crate::{
    forms::reason,
    rules,
    web::{i18n::Lang, tone::Tone},
};
use std::{fs, path::Path};

/// Methods that take the key of a text as their first argument.
const CALLS: [&str; 8] =
    [".t(\"", ".n(\"", ".with(\"", ".args(\"", "new(l, \"", "maybe(l, \"", "table(l, \"", "message: \""];

fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "html") {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

fn is_key(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.contains('-') && !text.ends_with('-') && text.chars().all(letters)
}

#[test]
fn every_text_that_a_page_names_exists() {
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut sources);
    let mut missing = Vec::new();
    for source in &sources {
        let pieces = CALLS.iter().flat_map(|call| source.split(call).skip(1));
        let keys = pieces.filter_map(|piece| piece.split('"').next()).filter(|key| is_key(key));
        missing.extend(keys.filter(|key| !Lang::ALL.iter().all(|lang| lang.has(key))));
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn texts_of_codes_from_other_parts_exist() {
    for key in [
        reason::STAFF,
        reason::NO_DEVICES,
        reason::PROTECTION_PROBES_FAILED,
        reason::PERIPHERAL_PROBES_FAILED,
        reason::LINES,
        reason::BANDWIDTH,
        reason::LOAD,
        reason::SERVERS,
        reason::STORAGE,
        reason::PROCESSORS,
        reason::NOT_DECLARED,
        reason::NO_PROPOSAL,
        reason::ADOPTED_NEEDS,
        reason::PRICE,
        reason::TOTAL_STAFF,
        reason::GUARANTEE,
        reason::TOTAL,
        reason::LARGEST_SERVER,
        reason::SUM_OF_SERVERS,
    ] {
        for lang in Lang::ALL {
            assert!(lang.has(&format!("provenance-{key}")), "provenance-{key} in {}", lang.code());
        }
    }
}

#[test]
fn only_obligations_are_red() {
    let red =
        rules::catalogue().iter().filter(|info| Tone::of_rule(info.id) == Tone::Red).map(|info| info.id);
    assert_eq!(
        red.collect::<Vec<_>>(),
        [
            "internet.single-line",
            "internet.same-isp-group",
            "endpoint.no-protection",
            "endpoint.protection-off",
            "endpoint.os-unsupported",
            "equipment.computers-short",
            "equipment.scanner-missing",
            "equipment.reader-missing",
            "equipment.tokens-short",
            "system.server-unprotected",
        ]
    );
}
