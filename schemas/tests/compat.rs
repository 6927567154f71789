//! What was sent once must be read the same for ever. `compat/v1` holds for each case
//! `<case>.json` (the text inside), `<case>.cose` (the envelope around it, sealed by the test key and never
//! made again) and `<case>.expected.json` (what this side understands). A new case needs its `.json` only:
//! `UPDATE=1 cargo test -p kiemke-schemas` seals it and writes what is understood.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use ed25519_dalek::SigningKey;
use kiemke_schemas::{
    DeviceId, Report, Section, SectionName,
    command::Command,
    envelope::{Purpose, Unverified, seal},
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, neighbour::Neighbours,
        network::Network, operating_system::OperatingSystem, peripheral::Peripherals, software::Software,
        storage::Storage,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn device() -> DeviceId {
    DeviceId::of_key(key().verifying_key().as_bytes())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat/v1")
}

fn typed<T: Serialize + DeserializeOwned>(raw: &str) -> Value {
    serde_json::to_value(serde_json::from_str::<Section<T>>(raw).unwrap()).unwrap()
}

fn understood_section(name: SectionName, raw: &str) -> Value {
    match name {
        SectionName::Antivirus => typed::<Antivirus>(raw),
        SectionName::Hardware => typed::<Hardware>(raw),
        SectionName::Link => typed::<Links>(raw),
        SectionName::Load => typed::<Load>(raw),
        SectionName::Neighbour => typed::<Neighbours>(raw),
        SectionName::Network => typed::<Network>(raw),
        SectionName::OperatingSystem => typed::<OperatingSystem>(raw),
        SectionName::Peripheral => typed::<Peripherals>(raw),
        SectionName::Software => typed::<Software>(raw),
        SectionName::Storage => typed::<Storage>(raw),
    }
}

fn understood(case: &str, json: &[u8]) -> Value {
    if case.starts_with("command") {
        return serde_json::to_value(serde_json::from_slice::<Command>(json).unwrap()).unwrap();
    }
    let report = Report::from_json(json).unwrap();
    let sections: serde_json::Map<_, _> = report
        .sections
        .iter()
        .map(|(name, raw)| (name.to_string(), understood_section(*name, raw.get())))
        .collect();
    json!({
        "device": report.device, "boot": report.boot, "sequence": report.sequence, "kind": report.kind,
        "created_at": report.created_at, "agent": report.agent, "observed_at": report.observed_at,
        "observations": report.observations, "state_digest": report.state_digest, "sections": sections,
    })
}

fn purpose(case: &str) -> Purpose {
    if case.starts_with("command") { Purpose::Command } else { Purpose::Report }
}

fn cases() -> Vec<String> {
    let names =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut cases: Vec<_> = names
        .filter(|name| !name.ends_with(".expected.json"))
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    cases.sort();
    cases
}

fn add_missing(case: &str, json: &[u8]) {
    let cose = folder().join(format!("{case}.cose"));
    if !cose.exists() {
        fs::write(cose, seal(json, device().as_str(), purpose(case), &key()).unwrap()).unwrap();
    }
    let expected = folder().join(format!("{case}.expected.json"));
    if !expected.exists() {
        fs::write(expected, serde_json::to_string_pretty(&understood(case, json)).unwrap() + "\n").unwrap();
    }
}

#[test]
fn every_payload_of_version_1_is_understood_as_it_was() {
    let cases = cases();
    assert!(cases.len() >= 4, "{cases:?}");
    for case in &cases {
        let read = |suffix: &str| fs::read(folder().join(format!("{case}.{suffix}")));
        let json = read("json").unwrap();
        if std::env::var_os("UPDATE").is_some() {
            add_missing(case, &json);
        }
        let envelope = Unverified::parse(&read("cose").unwrap()).unwrap();
        assert_eq!(envelope.device().unwrap(), device(), "{case}");
        let opened = envelope.open(purpose(case), &key().verifying_key()).unwrap();
        assert!(opened == json, "{case}: the envelope holds another text");
        let expected: Value = serde_json::from_slice(&read("expected.json").unwrap()).unwrap();
        assert_eq!(understood(case, &opened), expected, "{case}");
    }
}
