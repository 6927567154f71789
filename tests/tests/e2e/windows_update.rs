//! Releases on Wine: the installed program stays, the release runs as its child.

use crate::{
    support::{
        on_path,
        releases::{LONG, OWN, Releases, TRIAL_SECONDS, agent_of, other_version, staged},
        run, skipped, wait_for,
        wine::{TARGET, Windows},
    },
    windows::{end_service, newer_installer},
};
use serde_json::Value;
use std::{
    fs::{self, File},
    ops::Deref,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

const UNIT: &str = "26746";
const STATE: &str = "ProgramData/kiemke-agent";
const COMPILER: &str = "x86_64-w64-mingw32-gcc";

struct Office {
    windows: Windows,
    releases: Releases,
    token: String,
}

impl Deref for Office {
    type Target = Releases;

    fn deref(&self) -> &Releases {
        &self.releases
    }
}

impl Office {
    fn open() -> Option<Self> {
        let windows = Windows::start()?;
        let mut releases = Releases::open(UNIT);
        TARGET.clone_into(&mut releases.target);
        let token = releases.collector.token(UNIT);
        Some(Self { windows, releases, token })
    }

    /// The service enrols and reports.
    fn install_service(&self) {
        let url = self.collector.url();
        let enrol = ["enrol", "--later", "--collector", &url, "--token", &self.token];
        self.windows.run(&mut self.windows.agent(&enrol));
        self.windows.run(&mut self.windows.agent(&["service", "install"]));
        self.wait_until_connected();
    }

    fn enrol(&self) {
        let (url, ca) = (self.collector.url(), Windows::name_of(&self.collector.ca_path()));
        let enrol = ["enrol", "--collector", &url, "--token", &self.token, "--ca", &ca];
        self.windows.run(&mut self.windows.agent(&enrol));
    }

    /// `run` in the foreground, with its log in a file.
    fn start(&self, trial_seconds: &str) -> Child {
        let log = File::options().create(true).append(true).open(self.windows.path("log")).unwrap();
        let mut command = self.windows.agent(&["run"]);
        command.env(TRIAL_SECONDS, trial_seconds).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.windows.path("log")).unwrap_or_default()
    }

    fn state(&self) -> PathBuf {
        self.windows.path(STATE)
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.windows.run(&mut self.windows.agent(&["status", "--json"]))).unwrap()
    }

    /// The process that the service control manager started; it is told as running.
    fn service(&self) -> u32 {
        let state = self.windows.service_state().unwrap();
        assert!(state.contains("RUNNING"), "{state}");
        let agents = self.windows.agents();
        let of_service: Vec<_> = agents.iter().filter(|(_, line)| line.ends_with("service run")).collect();
        assert_eq!(of_service.len(), 1, "{agents:?}");
        of_service[0].0
    }

    /// Tells its version as it must; `then` is what it does in place of an agent's work.
    fn program(&self, version: &str, then: &str) -> Vec<u8> {
        let (source, program) = (self.windows.path("program.c"), self.windows.path("program.exe"));
        let text = format!(
            "#include <windows.h>\n#include <stdio.h>\n#include <string.h>\n\
             int main(int count, char **arguments) {{\n\
             if (count > 1 && !strcmp(arguments[1], \"--version\")) return puts(\"kiemke-agent {version}\") < 0;\n\
             {then}\n}}\n"
        );
        fs::write(&source, text).unwrap();
        run(Command::new(COMPILER).arg(&source).arg("-o").arg(&program));
        fs::read(program).unwrap()
    }

    fn wait_until_alone(&self, what: &str, program: u32) {
        wait_for(what, || (self.windows.agents().iter().all(|(number, _)| *number == program)).then_some(()));
    }
}

#[test]
fn a_service_of_windows_runs_the_release_that_reports() {
    let Some(office) = Office::open() else { return };
    office.install_service();
    let service = office.service();
    let version = other_version('8');
    office.roll_out(&version, &agent_of(&version, office.windows.program()));
    office.wait_until_updated(&version);
    assert_eq!(office.service(), service);
    let status = office.status();
    assert_eq!(status["update"]["kept"]["version"], *version);
    assert_eq!(status["update"]["outcome"]["outcome"], "kept");
    assert_eq!(office.progress(&version)["rejected"], 0);

    // The order to stop reaches the release.
    office.windows.run(&mut office.windows.agent(&["service", "stop"]));
    assert!(office.windows.service_state().unwrap().contains("STOPPED"));
    assert_eq!(office.windows.agents(), []);
    wait_for("the agent is gone", || (office.device("connected") == false).then_some(()));
    office.windows.run(&mut office.windows.agent(&["service", "start"]));
    office.wait_until_connected();
    assert_eq!(office.device("agent_version"), *version);

    let service = office.service();
    let next = other_version('9');
    office.roll_out(&next, &agent_of(&next, office.windows.program()));
    office.wait_until_updated(&next);
    assert_eq!(office.service(), service);
    wait_for("the former release is removed", || {
        let one = staged(&office.state()) == [next.as_str()];
        (one && office.windows.agents().len() == 2).then_some(())
    });
    office.collector.command(&["check"]);
}

#[test]
fn an_installer_newer_than_the_release_that_was_kept_goes_on_itself() {
    let Some(office) = Office::open() else { return };
    let Some(installer) = office.windows.installer() else { return };
    let install = |arguments: &[&str]| {
        let mut msiexec = office.windows.wine();
        office.windows.run(msiexec.args(["msiexec", "/qn", "/i"]).args(arguments));
    };
    let collector = format!("COLLECTOR={}", office.collector.url());
    install(&[&Windows::name_of(&installer), &collector, &format!("TOKEN={}", office.token)]);
    office.wait_until_connected();
    let kept = other_version('8');
    office.roll_out(&kept, &agent_of(&kept, office.windows.program()));
    office.wait_until_updated(&kept);

    let newer = other_version('9');
    let installer = newer_installer(&office.windows, &agent_of(&newer, office.windows.program()));
    end_service(&office.windows);
    install(&[&Windows::name_of(&installer)]);
    wait_for("the installed program reports", || (office.device("agent_version") == newer).then_some(()));
    let service = office.service();
    assert!(office.windows.agents().iter().all(|(number, _)| *number == service));
    assert!(staged(&office.state()).is_empty());
    assert_eq!(office.status()["update"]["kept"], Value::Null);
}

#[test]
fn a_release_that_does_not_report_is_rolled_back_on_windows() {
    if !on_path(COMPILER) {
        return skipped(&format!("{COMPILER} is not there; no bad release is tried on Windows"));
    }
    let Some(office) = Office::open() else { return };
    office.enrol();
    let mut watching = office.start("6");
    office.wait_until_connected();
    office.roll_out("9.2.0", &office.program("9.2.0", "return 7;"));
    assert_eq!(
        office.rejection("9.2.0"),
        "started 3 times and no report was stored; it ended with exit code: 7"
    );
    assert!(staged(&office.state()).is_empty());

    office.roll_out("9.1.0", &office.program("9.1.0", "Sleep(INFINITE);"));
    assert_eq!(office.rejection("9.1.0"), "no report was stored within 6 s");
    assert!(watching.try_wait().unwrap().is_none(), "{}", office.log());
    office.wait_until_alone("the release is ended", watching.id());
    assert_eq!(office.device("agent_version"), OWN);
    let seen = office.log().matches("stored report=").count();
    let device = office.status()["device"].as_str().unwrap().to_owned();
    office.collector.command(&["device", "scan", &device, "--full"]);
    wait_for("the former version reports", || {
        (office.log().matches("stored report=").count() > seen).then_some(())
    });

    // Whoever kills the one that watches leaves nothing behind, not even what hangs.
    office.start_roll_out("9.1.0");
    wait_for("the release hangs", || (office.windows.agents().len() == 2).then_some(()));
    watching.kill().unwrap();
    watching.wait().unwrap();
    wait_for("nothing is left", || office.windows.agents().is_empty().then_some(()));
}

#[test]
fn forged_and_unfit_releases_are_refused_on_windows() {
    if !on_path(COMPILER) {
        return skipped(&format!("{COMPILER} is not there; no forged release is offered to Windows"));
    }
    let Some(office) = Office::open() else { return };
    office.enrol();
    let mut agent = office.start(LONG);
    office.wait_until_connected();
    office.roll_out("9.4.0", &office.program("9.5.0", "return 0;"));
    assert_eq!(
        office.rejection("9.4.0"),
        "--version of the release says \"kiemke-agent 9.5.0\" (exit code: 0) where \"kiemke-agent 9.4.0\" was released"
    );
    office.roll_out("9.5.0", b"no program");
    let reason = office.rejection("9.5.0");
    assert!(reason.starts_with("the release cannot be run here: "), "{reason}");

    // Whoever has the collector has no release key.
    let thief = office.make_key("thief.key");
    office.collector.command(&["release", "trust", &thief]);
    office.add("9.7.0", &office.program("9.7.0", "return 0;"), "thief.key");
    office.start_roll_out("9.7.0");
    assert_eq!(office.rejection("9.7.0"), "manifest: the signature does not fit the key");
    assert!(agent.try_wait().unwrap().is_none(), "{}", office.log());
    assert_eq!(office.device("agent_version"), OWN);
}
