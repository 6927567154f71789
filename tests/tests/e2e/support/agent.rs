use super::{collector::Collector, network::Space, program_in, run};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command},
};
use tempfile::TempDir;

/// `kiemke-agent` with a state folder of its own.
pub struct Agent {
    folder: TempDir,
    process: Option<Child>,
    environment: Vec<(&'static str, PathBuf)>,
    space: Option<Space>,
}

impl Agent {
    pub fn enrol(collector: &Collector, token: &str, unit: &str) -> Self {
        Self::enrol_with(collector, token, unit, Vec::new(), None)
    }

    /// Reads the files below `root` in place of this machine's, and says in its log what it does.
    pub fn enrol_on(root: &Path, collector: &Collector, token: &str, unit: &str) -> Self {
        Self::enrol_with(collector, token, unit, reading(root), None)
    }

    /// The same in a network of its own.
    pub fn enrol_in(space: &Space, root: &Path, collector: &Collector, token: &str, unit: &str) -> Self {
        Self::enrol_with(collector, token, unit, reading(root), Some(space.clone()))
    }

    fn enrol_with(
        collector: &Collector,
        token: &str,
        unit: &str,
        environment: Vec<(&'static str, PathBuf)>,
        space: Option<Space>,
    ) -> Self {
        let mut agent = Self::unenrolled();
        (agent.environment, agent.space) = (environment, space);
        run(agent.enrol_command(collector, token).args(["--unit", unit]));
        agent
    }

    pub fn unenrolled() -> Self {
        let folder = TempDir::with_prefix("kiemke-agent-").unwrap();
        Self { folder, process: None, environment: Vec::new(), space: None }
    }

    /// The token decides on the unit.
    pub fn enrol_anywhere(collector: &Collector, token: &str) -> Self {
        let agent = Self::unenrolled();
        run(&mut agent.enrol_command(collector, token));
        agent
    }

    pub fn enrol_command(&self, collector: &Collector, token: &str) -> Command {
        let mut enrol = self.command(&["enrol", "--collector", &collector.url(), "--token", token, "--ca"]);
        enrol.arg(collector.ca_path());
        enrol
    }

    /// One more variable for every command.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program_in(self.space.as_ref(), "kiemke-agent");
        command.args(arguments).env("KIEMKE_STATE_DIR", self.state()).envs(self.environment.clone());
        command
    }

    pub fn run_once(&self) {
        run(&mut self.command(&["run", "--once"]));
    }

    pub fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = self.command(&["run"]);
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.process = Some(command.spawn().unwrap());
    }

    /// Of the process that was started; it may run another program now.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_none())
    }

    pub fn status(&self) -> serde_json::Value {
        serde_json::from_str(&run(&mut self.command(&["status", "--json"]))).unwrap()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// As `status` says it.
    pub fn device(&self) -> String {
        self.status()["device"].as_str().unwrap().to_owned()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn reading(root: &Path) -> Vec<(&'static str, PathBuf)> {
    vec![("KIEMKE_ROOT", root.to_owned()), ("KIEMKE_LOG", "debug".into())]
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.kill();
    }
}
