//! A release over a bad line: what was fetched is not fetched again, and pieces of two executables never become one.

use crate::support::{
    agent::Agent,
    binary,
    proxy::Proxy,
    releases::{LONG, Releases, TRIAL_SECONDS, agent_of, other_version, staged},
    run, wait_for,
};
use serde_json::Value;
use std::{fs, process::Command};

const UNIT: &str = "26746";
/// How long it waits after a line broke.
const PAUSE_SECONDS: &str = "KIEMKE_UPDATE_PAUSE_SECONDS";

struct Office {
    releases: Releases,
    proxy: Proxy,
    agent: Agent,
}

impl Office {
    /// An agent that fetches through the proxy.
    fn open(pause_seconds: &str) -> Self {
        let mut releases = Releases::open(UNIT);
        let collector = &releases.collector;
        let proxy = Proxy::to(collector.http);
        let agent = Agent::unenrolled().with(TRIAL_SECONDS, LONG).with(PAUSE_SECONDS, pause_seconds);
        let (url, token) = (format!("https://127.0.0.1:{}", proxy.port), collector.token(UNIT));
        let mut enrol = agent.command(&["enrol", "--collector", &url, "--token", &token, "--ca"]);
        run(enrol.arg(collector.ca_path()));
        let inventory = run(Command::new(binary("kiemke-agent")).arg("inventory"));
        let inventory: Value = serde_json::from_str(&inventory).unwrap();
        inventory["agent"]["target"].as_str().unwrap().clone_into(&mut releases.target);
        let mut office = Self { releases, proxy, agent };
        office.agent.start();
        office.releases.wait_until_connected();
        office
    }

    /// Rolls it out; the line breaks half-way.
    fn roll_out_over_a_line_that_breaks(&self, version: &str, program: &[u8]) {
        self.proxy.came_back();
        self.proxy.break_after(program.len() as u64 / 2);
        self.releases.roll_out(version, program);
        wait_for("the line breaks", || self.said("the release is fetched later").then_some(()));
    }

    /// The same, then the agent is stopped; started again it does not wait long between two tries.
    fn after_a_break(mut self, version: &str, program: &[u8]) -> Self {
        self.roll_out_over_a_line_that_breaks(version, program);
        self.agent.kill();
        self.proxy.came_back();
        Self { agent: self.agent.with(PAUSE_SECONDS, "1"), ..self }
    }

    fn said(&self, what: &str) -> bool {
        self.agent.log().contains(what)
    }

    fn fetched(&self, version: &str) -> u64 {
        let part = self.agent.state().join("releases").join(version).join("part");
        fs::metadata(part).unwrap().len()
    }
}

/// More than the bytes themselves, by what TLS and HTTP add.
fn about(bytes: usize) -> std::ops::Range<u64> {
    let bytes = bytes as u64;
    bytes..bytes + bytes / 20
}

#[test]
fn a_fetch_that_broke_goes_on_from_where_it_was_and_the_release_runs() {
    let office = Office::open("1");
    let version = other_version('8');
    let program = agent_of(&version, &binary("kiemke-agent"));
    office.roll_out_over_a_line_that_breaks(&version, &program);
    office.releases.wait_until_updated(&version);
    assert!(office.said("the release is fetched on from byte "), "{}", office.agent.log());
    let connections = office.proxy.came_back();
    assert!(
        connections.iter().all(|bytes| *bytes < about(program.len() / 2).end + 16 * 1024),
        "{connections:?}"
    );
    assert!(
        about(program.len()).contains(&connections.iter().sum::<u64>()),
        "{connections:?} of {}",
        program.len()
    );
    assert_eq!(staged(&office.agent.state()), [version.as_str()]);
    assert_eq!(office.releases.progress(&version)["rejected"], 0);
}

#[test]
fn a_fetch_goes_on_after_a_restart_of_the_agent() {
    let office = Office::open("3600");
    let (version, program) = (other_version('8'), padded_script(&other_version('8')));
    let mut office = office.after_a_break(&version, &program);
    let fetched = office.fetched(&version);
    assert!(fetched > program.len() as u64 / 3, "{fetched} of {}", program.len());
    office.agent.start();
    let staged = office.agent.state().join("releases").join(&version).join("kiemke-agent");
    wait_for("the release is fetched", || staged.exists().then_some(()));
    assert!(fs::read(staged).unwrap() == program);
    let from = format!("the release is fetched on from byte {fetched} ");
    assert!(office.said(&from), "{from}: {}", office.agent.log());
    let rest = program.len() - usize::try_from(fetched).unwrap();
    let connections = office.proxy.came_back();
    assert!(about(rest).contains(&connections.iter().sum::<u64>()), "{connections:?} of {rest}");
}

#[test]
fn pieces_of_two_executables_never_become_one() {
    let office = Office::open("3600");
    let (version, program) = (other_version('8'), padded_script(&other_version('8')));
    let mut office = office.after_a_break(&version, &program);
    office.releases.tamper("UPDATE release SET executable = zeroblob(size) WHERE version = $1", &version);
    office.agent.start();
    assert_eq!(office.releases.rejection(&version), "manifest, field sha256: it is of another executable");
    // The rest, and, since that did not fit, once more from the start.
    let fetched: u64 = office.proxy.came_back().iter().sum();
    assert!(fetched > program.len() as u64 * 5 / 4, "{fetched} of {}", program.len());
    assert!(staged(&office.agent.state()).is_empty());
}

#[test]
fn an_executable_that_was_replaced_in_between_is_not_fetched() {
    let office = Office::open("3600");
    let (version, program) = (other_version('8'), padded_script(&other_version('8')));
    let mut office = office.after_a_break(&version, &program);
    office.releases.tamper("UPDATE release SET sha256 = hex(zeroblob(32)) WHERE version = $1", &version);
    office.agent.start();
    assert_eq!(
        office.releases.rejection(&version),
        "the collector has another executable of this version now"
    );
    let fetched: u64 = office.proxy.came_back().iter().sum();
    assert!(fetched < program.len() as u64 / 2, "{fetched} of {}", program.len());
    assert!(staged(&office.agent.state()).is_empty());
}

/// Tells its version as it must, and does nothing.
fn padded_script(version: &str) -> Vec<u8> {
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo kiemke-agent {version}; exit; fi\nexec cat\n"
    );
    [script.as_bytes(), &[b'#'; 4 << 20]].concat()
}
