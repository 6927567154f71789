use crate::{
    forms::{fields, names::Noun, reason},
    rules,
    search::Kind,
    settings::Thresholds,
    store::actor,
    text::tokens,
    web::{
        i18n::{Lang, code},
        tone::Tone,
    },
};
use kiemke_schemas::observation::Event;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// Methods that take the key of a text as their first argument.
const CALLS: [&str; 8] =
    [".t(\"", ".n(\"", ".with(\"", ".args(\"", "new(l, \"", "maybe(l, \"", "table(l, \"", "message: \""];

/// Tests aside: they write what they like.
fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
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
    for key in reason::keys() {
        for lang in Lang::ALL {
            assert!(lang.has(&format!("provenance-{key}")), "provenance-{key} in {}", lang.code());
        }
    }
}

#[test]
fn whatever_is_counted_has_a_noun() {
    assert_texts(Noun::ALL.map(|noun| format!("counted-{}", code(noun))));
}

#[test]
fn a_search_finds_kinds_by_the_names_that_pages_give_them() {
    for kind in Kind::ALL {
        let key = format!("kind-{}", kind.as_str());
        assert_eq!(Lang::Vi.t(&key), kind.name());
        let known = tokens(&format!("{} {}", kind.name(), kind.other_names()));
        for word in tokens(&Lang::En.t(&key)) {
            assert!(kind == Kind::Computer || known.contains(&word), "{word} of {}", kind.as_str());
        }
    }
}

#[test]
fn whoever_acts_without_an_account_has_a_name() {
    assert_texts(actor::ALL.map(|name| format!("actor-{name}")));
}

fn assert_texts(keys: impl IntoIterator<Item = String>) {
    let missing: Vec<String> =
        keys.into_iter().filter(|key| !Lang::ALL.iter().all(|lang| lang.has(key))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn source(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path)).unwrap()
}

/// What stands in quotes after each of the calls, as far as it looks like a code.
fn codes_after(source: &str, calls: &[&str]) -> BTreeSet<String> {
    let pieces = calls.iter().flat_map(|call| source.split(call).skip(1));
    let quoted = pieces.filter_map(|piece| piece.split('"').next());
    quoted.filter(|code| is_code(code)).map(str::to_owned).collect()
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[test]
fn every_reason_of_a_rejection_has_a_text() {
    let prepare = codes_after(&source("ingest/prepare.rs"), &["Rejection::new(\"", "=> \""]);
    let apply = codes_after(&source("ingest/apply.rs"), &["Rejection::new(\""]);
    let answer = codes_after(&source("ingest/answer.rs"), &["Rejection::new(\""]);
    let gate = codes_after(&source("ingress/gate.rs"), &["refused(\""]);
    let reasons: BTreeSet<String> = [prepare, apply, answer, gate].into_iter().flatten().collect();
    assert_eq!(reasons.len(), 22, "{reasons:?}");
    assert_texts(reasons.into_iter().map(|reason| format!("rejection-{reason}")));
}

/// Grows with the enumeration: the compiler asks for the new one here.
fn events() -> Vec<Event> {
    let name = || "x".to_owned();
    let all = vec![
        Event::LinkDown { interface: name(), gateway: Some(name()) },
        Event::LinkUp { interface: name(), gateway: Some(name()) },
        Event::CollectorUnreachable,
        Event::CollectorReachable,
        Event::ProtectionChanged { product: name(), from: name(), to: name() },
        Event::PeripheralAttached { identity: name() },
        Event::PeripheralDetached { identity: name() },
        Event::ClockJumped { seconds: 60 },
    ];
    for event in &all {
        match event {
            Event::LinkDown { .. }
            | Event::LinkUp { .. }
            | Event::CollectorUnreachable
            | Event::CollectorReachable
            | Event::ProtectionChanged { .. }
            | Event::PeripheralAttached { .. }
            | Event::PeripheralDetached { .. }
            | Event::ClockJumped { .. } => {}
        }
    }
    all
}

#[test]
fn every_event_has_a_text_and_so_has_all_it_says() {
    for event in events() {
        let Value::Object(mut told) = serde_json::to_value(&event).unwrap() else { panic!("{event:?}") };
        let name = told.remove("event").unwrap();
        assert_texts([format!("event-{}", name.as_str().unwrap())]);
        assert_texts(told.keys().map(|key| format!("evidence-{}", key.replace('_', "-"))));
    }
}

/// Sources that write acts of devices and deeds of people.
fn writers() -> String {
    let mut sources = Vec::new();
    for folder in ["store", "ingest", "identity", "web/pages/forms"] {
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder), &mut sources);
    }
    let code = sources.iter().filter_map(|source| source.split("#[cfg(test)]").next());
    code.collect::<Vec<_>>().join("\n")
}

/// The first string among the arguments of each call.
fn first_codes(source: &str, call: &str) -> BTreeSet<String> {
    let arguments = source.split(call).skip(1).filter_map(|piece| piece.split(';').next());
    let firsts = arguments.filter_map(|text| text.split('"').nth(1));
    firsts.filter(|code| is_code(code)).map(str::to_owned).collect()
}

#[test]
fn every_act_and_every_deed_has_a_text_and_so_has_its_detail() {
    let source = writers();
    let mut acts = first_codes(&source, "device_act(");
    acts.extend(codes_after(&source, &["act(tx, device, \""]));
    acts.extend(["update-kept", "update-rejected"].map(str::to_owned));
    acts.extend(["active", "suspended", "revoked", "retired"].map(str::to_owned));
    for known in ["enrolled", "moved", "continued", "continues", "continuation-doubtful", "cloned"] {
        assert!(acts.contains(known), "{known}: {acts:?}");
    }
    assert_texts(acts.into_iter().map(|act| format!("act-{act}")));

    let mut deeds = first_codes(&source, ".audit(");
    deeds.insert("thresholds".into());
    for known in ["login", "token-create", "user-changed", "procurement-edit", "unit-settings"] {
        assert!(deeds.contains(known), "{known}: {deeds:?}");
    }
    assert_texts(deeds.into_iter().map(|deed| format!("deed-{deed}")));

    let details = source.split("json!({").skip(1).filter_map(|piece| piece.split("})").next());
    let thresholds = serde_json::to_value(Thresholds::default()).unwrap();
    let mut keys: BTreeSet<String> = thresholds.as_object().unwrap().keys().cloned().collect();
    let said = details
        .flat_map(|detail| detail.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .filter(|key| key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    keys.extend(said);
    for known in ["why", "unit_price", "spread_seconds", "sha256", "uses"] {
        assert!(keys.contains(known), "{known}: {keys:?}");
    }
    assert_texts(keys.into_iter().map(|key| format!("evidence-{}", key.replace('_', "-"))));
}

#[test]
fn every_declared_field_has_a_name() {
    let names = fields::CATALOGUE.iter().map(|field| field.name.trim_end_matches('.').replace('.', "-"));
    assert_texts(names.map(|name| format!("field-{name}")));
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
