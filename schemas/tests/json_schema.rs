//! The JSON Schemas in `json/` are those of the types. `UPDATE=1 cargo test -p kiemke-schemas` rewrites them.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use kiemke_schemas::{
    Section, SectionName,
    command::Command,
    enrolment::{
        ApiError, CoveredUnitsRequest, CoveredUnitsResponse, EchoResponse, EnrolRequest, EnrolResponse,
        MachineFingerprint, RenewRequest, RenewResponse,
    },
    release::Manifest,
    report::Report,
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, neighbour::Neighbours,
        network::Network, operating_system::OperatingSystem, peripheral::Peripherals, software::Software,
        storage::Storage,
    },
    status::Status,
};
use schemars::{JsonSchema, schema_for};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, path::Path};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/json");

fn schema<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}

fn section_file(name: SectionName) -> String {
    format!("section-{name}.json")
}

fn section(name: SectionName) -> Value {
    match name {
        SectionName::Antivirus => schema::<Section<Antivirus>>(),
        SectionName::Hardware => schema::<Section<Hardware>>(),
        SectionName::Link => schema::<Section<Links>>(),
        SectionName::Load => schema::<Section<Load>>(),
        SectionName::Neighbour => schema::<Section<Neighbours>>(),
        SectionName::Network => schema::<Section<Network>>(),
        SectionName::OperatingSystem => schema::<Section<OperatingSystem>>(),
        SectionName::Peripheral => schema::<Section<Peripherals>>(),
        SectionName::Software => schema::<Section<Software>>(),
        SectionName::Storage => schema::<Section<Storage>>(),
    }
}

/// The type keeps sections as raw text; the schema says what stands in them.
fn report() -> Value {
    let mut report = schema::<Report>();
    let sections: Map<_, _> = SectionName::ALL
        .map(|name| (name.to_string(), json!({ "$ref": section_file(name) })))
        .into_iter()
        .collect();
    let description = report["properties"]["sections"]["description"].take();
    report["properties"]["sections"] = json!({
        "description": description,
        "type": "object",
        "properties": sections,
        "additionalProperties": false,
    });
    report
}

fn wanted() -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, Value> = BTreeMap::from([
        ("api-error.json".into(), schema::<ApiError>()),
        ("command.json".into(), schema::<Command>()),
        ("covered-units-request.json".into(), schema::<CoveredUnitsRequest>()),
        ("covered-units-response.json".into(), schema::<CoveredUnitsResponse>()),
        ("echo-response.json".into(), schema::<EchoResponse>()),
        ("enrol-request.json".into(), schema::<EnrolRequest>()),
        ("enrol-response.json".into(), schema::<EnrolResponse>()),
        ("machine-fingerprint.json".into(), schema::<MachineFingerprint>()),
        ("release-manifest.json".into(), schema::<Manifest>()),
        ("renew-request.json".into(), schema::<RenewRequest>()),
        ("renew-response.json".into(), schema::<RenewResponse>()),
        ("report.json".into(), report()),
        ("status.json".into(), schema::<Status>()),
    ]);
    all.extend(SectionName::ALL.map(|name| (section_file(name), section(name))));
    all.into_iter()
        .map(|(file, value)| (file, serde_json::to_string_pretty(&sorted(value)).unwrap() + "\n"))
        .collect()
}

/// Another crate of the workspace may switch on serde_json's `preserve_order`: the files do not depend on it.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let by_key: BTreeMap<String, Value> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(by_key.into_iter().collect())
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[test]
fn committed_schemas_are_current() {
    let wanted = wanted();
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(FOLDER).unwrap();
        for (file, text) in &wanted {
            fs::write(Path::new(FOLDER).join(file), text).unwrap();
        }
    }
    for (file, text) in &wanted {
        let committed = fs::read_to_string(Path::new(FOLDER).join(file)).unwrap_or_default();
        assert!(committed == *text, "json/{file} is not current: UPDATE=1 cargo test -p kiemke-schemas");
    }
    let there = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for file in there {
        assert!(wanted.contains_key(&file), "json/{file} belongs to no type");
    }
}
