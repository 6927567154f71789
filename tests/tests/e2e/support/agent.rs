use super::{binary, collector::Collector, run};
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
}

impl Agent {
    pub fn enrol(collector: &Collector, token: &str, unit: &str) -> Self {
        Self::enrol_with(collector, token, unit, Vec::new())
    }

    /// Reads the files below `root` in place of this machine's, and says in its log what it does.
    pub fn enrol_on(root: &Path, collector: &Collector, token: &str, unit: &str) -> Self {
        let environment = vec![("KIEMKE_ROOT", root.to_owned()), ("KIEMKE_LOG", "debug".into())];
        Self::enrol_with(collector, token, unit, environment)
    }

    fn enrol_with(
        collector: &Collector,
        token: &str,
        unit: &str,
        environment: Vec<(&'static str, PathBuf)>,
    ) -> Self {
        let folder = TempDir::with_prefix("kiemke-agent-").unwrap();
        let agent = Self { folder, process: None, environment };
        let mut enrol =
            agent.command(&["enrol", "--collector", &collector.url(), "--token", token, "--unit", unit]);
        run(enrol.arg("--ca").arg(collector.ca_path()));
        agent
    }

    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("kiemke-agent"));
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

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// As `status` says it.
    pub fn device(&self) -> String {
        let status: serde_json::Value =
            serde_json::from_str(&run(&mut self.command(&["status", "--json"]))).unwrap();
        status["device"].as_str().unwrap().to_owned()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.kill();
    }
}
