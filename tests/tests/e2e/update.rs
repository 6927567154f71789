//! Releases from the signature to the running agent: kept where they report, rolled back where they do not,
//! refused where they are forged.

use crate::support::{agent::Agent, binary, collector::Collector, run, runtime, wait_for};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fs, path::PathBuf, process::Command};

const UNIT: &str = "26746";
const OWN: &str = env!("CARGO_PKG_VERSION");
const TRIAL_SECONDS: &str = "KIEMKE_UPDATE_TRIAL_SECONDS";
/// Long enough for a first report on a busy machine.
const LONG: &str = "120";

struct Office {
    collector: Collector,
    agent: Agent,
    target: String,
}

impl Office {
    /// An agent that has reported once, and the key `release.key` that it trusts since its enrolment.
    fn open(trial_seconds: &str) -> Self {
        let collector = Collector::with_units();
        let office_key = make_key(&collector, "release.key");
        collector.command(&["release", "trust", &office_key]);
        let agent = Agent::enrol(&collector, &collector.token(UNIT), UNIT).with(TRIAL_SECONDS, trial_seconds);
        agent.run_once();
        let inventory = run(Command::new(binary("kiemke-agent")).arg("inventory"));
        let inventory: Value = serde_json::from_str(&inventory).unwrap();
        let target = inventory["agent"]["target"].as_str().unwrap().to_owned();
        let mut office = Self { collector, agent, target };
        office.agent.start();
        wait_for("the agent is connected", || office.device("connected").as_bool().filter(|yes| *yes));
        office
    }

    fn file(&self, name: &str) -> PathBuf {
        self.collector.folder.path().join(name)
    }

    fn device(&self, field: &str) -> Value {
        let devices = self.collector.json(&["device", "list", "--json"]);
        devices[0][field].clone()
    }

    /// Signs a program as `version` and gives the paths of program and manifest.
    fn sign(&self, version: &str, program: &[u8], key: &str) -> (String, String) {
        let (executable, manifest) = (self.file(version), self.file(&format!("{version}.manifest")));
        fs::write(&executable, program).unwrap();
        let (key, executable, manifest) = (text(self.file(key)), text(executable), text(manifest));
        self.collector.command(&[
            "release",
            "sign",
            "--version",
            version,
            "--target",
            &self.target,
            "--key",
            &key,
            &executable,
            "--out",
            &manifest,
        ]);
        (executable, manifest)
    }

    fn roll_out(&self, version: &str, program: &[u8]) {
        let (executable, manifest) = self.sign(version, program, "release.key");
        self.collector.command(&["release", "add", &executable, &manifest]);
        self.start_roll_out(version);
    }

    fn start_roll_out(&self, version: &str) {
        let said = self.collector.command(&["release", "roll-out", version, "--unit", UNIT, "--spread", "0"]);
        assert!(said.ends_with(": 1 devices were told now\n"), "{said}");
    }

    fn progress(&self, version: &str) -> Value {
        self.collector.json(&["release", "progress", version, "--json"])[0].clone()
    }

    /// The reason that the collector shows.
    fn rejection(&self, version: &str) -> String {
        wait_for("the release is rejected", || {
            self.progress(version)["rejections"][0]["reason"].as_str().map(str::to_owned)
        })
    }

    fn wait_until_updated(&self, version: &str) {
        wait_for("the release is kept", || (self.progress(version)["updated"] == 1).then_some(()));
        wait_for("it is told", || (self.device("agent_version") == version).then_some(()));
    }
}

fn make_key(collector: &Collector, name: &str) -> String {
    let path = text(collector.folder.path().join(name));
    collector.command(&["release", "key", "create", &path]).trim().to_owned()
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

/// This agent with another version written into it; as long as the former, the rest stays where it was.
fn agent_of(version: &str) -> Vec<u8> {
    assert_eq!(version.len(), OWN.len());
    let mut program = fs::read(binary("kiemke-agent")).unwrap();
    let mut at = 0;
    while let Some(found) = program[at..].windows(OWN.len()).position(|bytes| bytes == OWN.as_bytes()) {
        at += found;
        program[at..at + OWN.len()].copy_from_slice(version.as_bytes());
    }
    program
}

fn other_version(major: char) -> String {
    format!("{major}{}", &OWN[1..])
}

/// Tells its version as it must; `then` is what it does in place of an agent's work.
fn script(version: &str, then: &str) -> Vec<u8> {
    format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo kiemke-agent {version}; exit; fi\n{then}\n")
        .into_bytes()
}

#[test]
fn a_release_that_reports_is_kept_over_restarts() {
    let mut office = Office::open(LONG);
    let version = other_version('8');
    office.roll_out(&version, &agent_of(&version));
    office.wait_until_updated(&version);
    assert!(office.agent.is_running(), "{}", office.agent.log());
    let status = office.agent.status();
    assert_eq!(status["update"]["kept"]["version"], *version);
    assert_eq!(status["update"]["outcome"]["outcome"], "kept");
    assert_eq!(office.progress(&version)["rejected"], 0);
    office.collector.command(&["check"]);

    office.agent.kill();
    office.agent.start();
    let next = other_version('9');
    wait_for("the agent is back", || {
        let back = office.agent.log().matches("going over to the release that is kept").count() >= 2;
        (back && office.device("connected") == true).then_some(())
    });
    office.roll_out(&next, &agent_of(&next));
    office.wait_until_updated(&next);
    let left: Vec<_> = fs::read_dir(office.agent.state().join("releases")).unwrap().flatten().collect();
    assert_eq!(left.iter().map(|entry| entry.file_name()).collect::<Vec<_>>(), [next.as_str()]);
}

#[test]
fn a_release_that_never_reports_is_rolled_back_and_tried_again_when_it_is_asked_anew() {
    let mut office = Office::open("3");
    office.roll_out("9.1.0", &script("9.1.0", "exec cat"));
    assert_eq!(office.rejection("9.1.0"), "no report was stored within 3 s");
    assert!(office.agent.is_running(), "{}", office.agent.log());
    wait_for("the former version is back", || (office.device("connected") == true).then_some(()));
    assert_eq!(office.device("agent_version"), OWN);
    let seen = office.agent.log().matches("stored report=").count();
    office.collector.command(&["device", "scan", &office.agent.device(), "--full"]);
    wait_for("the former version reports", || {
        (office.agent.log().matches("stored report=").count() > seen).then_some(())
    });
    assert_eq!(office.agent.status()["update"]["outcome"]["outcome"], "rejected");

    office.start_roll_out("9.1.0");
    assert_eq!(office.progress("9.1.0")["rejected"], 0);
    assert_eq!(office.rejection("9.1.0"), "no report was stored within 3 s");
}

#[test]
fn a_release_that_ends_again_and_again_is_rolled_back() {
    let mut office = Office::open("30");
    office.roll_out("9.2.0", &script("9.2.0", "exit 7"));
    assert_eq!(
        office.rejection("9.2.0"),
        "started 3 times and no report was stored; it ended with exit status: 7"
    );
    assert!(office.agent.is_running(), "{}", office.agent.log());
    assert!(fs::read_dir(office.agent.state().join("releases")).unwrap().next().is_none());
}

#[test]
fn forged_and_damaged_releases_are_refused() {
    let office = Office::open(LONG);
    let thief = make_key(&office.collector, "thief.key");
    let (executable, manifest) = office.sign("9.3.0", &script("9.3.0", "exit"), "thief.key");
    let said = office.collector.refused(&["release", "add", &executable, &manifest]);
    assert!(said.ends_with("manifest: the signature does not fit the key\n"), "{said}");

    office.roll_out("9.4.0", &script("9.5.0", "exit"));
    let reason = office.rejection("9.4.0");
    assert!(reason.starts_with("--version of the release says \"kiemke-agent 9.5.0\""), "{reason}");

    let (executable, manifest) = office.sign("9.6.0", &script("9.6.0", "exit"), "release.key");
    office.collector.command(&["release", "add", &executable, &manifest]);
    runtime().block_on(damage(&office.collector, "9.6.0"));
    let (found, said) = office.collector.failed(&["check"]);
    assert_eq!(said, "kiemke-collector: 1 findings\n");
    assert!(found.contains("9.6.0"), "{found}");
    office.start_roll_out("9.6.0");
    assert_eq!(office.rejection("9.6.0"), "manifest, field sha256: it is of another executable");

    // Whoever has the collector has no release key.
    office.collector.command(&["release", "trust", &thief]);
    let (executable, manifest) = office.sign("9.7.0", &script("9.7.0", "exit"), "thief.key");
    office.collector.command(&["release", "add", &executable, &manifest]);
    office.start_roll_out("9.7.0");
    assert_eq!(office.rejection("9.7.0"), "manifest: the signature does not fit the key");
}

async fn damage(collector: &Collector, version: &str) {
    let options = SqliteConnectOptions::new().filename(collector.data().join("kiemke.sqlite"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let damaged = sqlx::query("UPDATE release SET executable = zeroblob(size) WHERE version = $1")
        .bind(version)
        .execute(&mut connection)
        .await;
    assert_eq!(damaged.unwrap().rows_affected(), 1);
    connection.close().await.unwrap();
}
