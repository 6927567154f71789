//! Recordings of real devices, read by the commands of the agent and compared with what a careful person reads
//! in them (`EXPECTED.csv` of every folder). The recordings are not part of the project: `KIEMKE_FIXTURES` names
//! their folder.
#![allow(clippy::unwrap_used, reason = "a test")]

mod expected;
mod outputs;
mod peers;
mod printers;
mod routers;

use serde_json::Value;
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// Loud, and gathered in the file that `KIEMKE_SKIPPED` names: what a test prints is not shown when it passes.
pub fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
    if let Some(path) = std::env::var_os("KIEMKE_SKIPPED") {
        let mut list = File::options().create(true).append(true).open(path).unwrap();
        writeln!(list, "{why}").unwrap();
    }
}

/// `None`, said loudly, where there are no recordings.
pub fn fixtures() -> Option<PathBuf> {
    let found = std::env::var_os("KIEMKE_FIXTURES").map(PathBuf::from);
    if found.is_none() {
        skipped("conformance with recorded devices: KIEMKE_FIXTURES is not set");
    }
    found
}

/// The JSON that the agent prints.
pub fn agent(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_kiemke-agent")).args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn parse(kind: &str, folder: &Path, files: &[&str]) -> Value {
    let paths: Vec<String> = files.iter().map(|file| folder.join(file).display().to_string()).collect();
    let mut arguments = vec!["parse", kind];
    arguments.extend(paths.iter().map(String::as_str));
    agent(&arguments)
}

/// One row of the table that the test prints, and whether it is right.
pub struct Outcome {
    pub subject: String,
    pub expected: String,
    pub found: String,
    pub right: bool,
}

impl Outcome {
    pub fn equal(subject: &str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        let (expected, found) = (expected.into(), found.into());
        Self { subject: subject.to_owned(), right: expected == found, expected, found }
    }
}

/// Prints the table; fails when a row is wrong.
pub fn report(title: &str, outcomes: &[Outcome]) {
    println!("{title}");
    for Outcome { subject, expected, found, right } in outcomes {
        println!(
            "  {} {subject:<44} expected {expected:<40} found {found}",
            if *right { "ok   " } else { "WRONG" }
        );
    }
    let wrong: Vec<_> =
        outcomes.iter().filter(|outcome| !outcome.right).map(|o| o.subject.as_str()).collect();
    println!("  {} of {} right\n", outcomes.len() - wrong.len(), outcomes.len());
    assert!(wrong.is_empty() && !outcomes.is_empty(), "{title}: wrong: {wrong:?}");
}

/// The value at a JSON pointer as text; `absent` for null.
pub fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        None | Some(Value::Null) => "absent".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
