use crate::support::{collector::Collector, run, said, skipped, wait_for};
use std::process::Command;

/// The interpreter that tests/run.sh prepared, or one that has the packages.
fn python() -> Option<String> {
    let candidates = [std::env::var("KIEMKE_PYTHON").ok(), Some("python3".into())];
    let usable = |python: &String| {
        let imports = "import cbor2, cryptography, paho.mqtt.client, zstandard";
        Command::new(python).args(["-c", imports]).output().is_ok_and(|output| output.status.success())
    };
    candidates.into_iter().flatten().find(usable)
}

#[test]
fn a_report_made_in_python_is_stored_and_found() {
    let Some(python) = python() else {
        skipped("python3 with the packages of tests/python/requirements.txt is not there");
        return;
    };
    let collector = Collector::with_units();
    let token = collector.token("760");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/report.py");
    let mut report = Command::new(&python);
    report.args([script, "--collector", &collector.url(), "--token", &token, "--unit", "26740", "--ca"]);
    let answer = run(report.arg(collector.ca_path()));
    let device = answer.trim().strip_prefix("stored ").unwrap_or_else(|| panic!("{answer}"));
    let found = wait_for("the report is found", || {
        let hits = collector.json(&["search", "python-pc001", "--json"])["hits"].clone();
        hits.as_array().filter(|hits| !hits.is_empty()).map(|hits| hits[0].clone())
    });
    assert_eq!((found["device"].as_str(), found["unit"].as_str()), (Some(device), Some("26740")));
}

#[test]
fn a_wrong_token_is_refused_with_its_name() {
    let Some(python) = python() else {
        skipped("python3 with the packages of tests/python/requirements.txt is not there");
        return;
    };
    let collector = Collector::with_units();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/report.py");
    let mut report = Command::new(&python);
    report.args([script, "--collector", &collector.url(), "--token", "nobody.00", "--ca"]);
    let output = report.arg(collector.ca_path()).output().unwrap();
    assert!(!output.status.success());
    assert!(said(&output).contains("token-unknown"), "{}", said(&output));
}
