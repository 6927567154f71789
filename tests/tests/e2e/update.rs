//! Releases from the signature to the running agent: kept where they report, rolled back where they do not,
//! refused where they are forged.

use crate::support::{
    agent::Agent,
    binary,
    releases::{KEY, LONG, OWN, Releases, TRIAL_SECONDS, agent_of, other_version, staged},
    run, wait_for,
};
use serde_json::Value;
use std::{ops::Deref, process::Command};

const UNIT: &str = "26746";

struct Office {
    releases: Releases,
    agent: Agent,
}

impl Deref for Office {
    type Target = Releases;

    fn deref(&self) -> &Releases {
        &self.releases
    }
}

impl Office {
    /// An agent that has reported once.
    fn open(trial_seconds: &str) -> Self {
        let mut releases = Releases::open(UNIT);
        let collector = &releases.collector;
        let agent = Agent::enrol(collector, &collector.token(UNIT), UNIT).with(TRIAL_SECONDS, trial_seconds);
        agent.run_once();
        let inventory = run(Command::new(binary("kiemke-agent")).arg("inventory"));
        let inventory: Value = serde_json::from_str(&inventory).unwrap();
        inventory["agent"]["target"].as_str().unwrap().clone_into(&mut releases.target);
        let mut office = Self { releases, agent };
        office.agent.start();
        office.wait_until_connected();
        office
    }
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
    office.roll_out(&version, &agent_of(&version, &binary("kiemke-agent")));
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
    office.roll_out(&next, &agent_of(&next, &binary("kiemke-agent")));
    office.wait_until_updated(&next);
    assert_eq!(staged(&office.agent.state()), [next]);
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
    assert!(staged(&office.agent.state()).is_empty());
}

#[test]
fn forged_and_damaged_releases_are_refused() {
    let office = Office::open(LONG);
    let thief = office.make_key("thief.key");
    let (executable, manifest) = office.sign("9.3.0", &script("9.3.0", "exit"), "thief.key");
    let said = office.collector.refused(&["release", "add", &executable, &manifest]);
    assert!(said.ends_with("manifest: the signature does not fit the key\n"), "{said}");

    office.roll_out("9.4.0", &script("9.5.0", "exit"));
    let reason = office.rejection("9.4.0");
    assert!(reason.starts_with("--version of the release says \"kiemke-agent 9.5.0\""), "{reason}");

    office.add("9.6.0", &script("9.6.0", "exit"), KEY);
    office.tamper("UPDATE release SET executable = zeroblob(size) WHERE version = $1", "9.6.0");
    let (found, said) = office.collector.failed(&["check"]);
    assert_eq!(said, "kiemke-collector: 1 findings\n");
    assert!(found.contains("9.6.0"), "{found}");
    office.start_roll_out("9.6.0");
    assert_eq!(office.rejection("9.6.0"), "manifest, field sha256: it is of another executable");

    // Whoever has the collector has no release key.
    office.collector.command(&["release", "trust", &thief]);
    office.add("9.7.0", &script("9.7.0", "exit"), "thief.key");
    office.start_roll_out("9.7.0");
    assert_eq!(office.rejection("9.7.0"), "manifest: the signature does not fit the key");
}
