use super::{UNITS, network::Space, program_in, run, wait_for};
use serde_json::Value;
use std::{
    fs::{self, File},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command},
};
use tempfile::TempDir;

/// `kiemke-collector serve` with a data folder of its own; killed when dropped.
pub struct Collector {
    pub folder: TempDir,
    pub http: u16,
    pub mqtt: u16,
    address: IpAddr,
    space: Option<Space>,
    process: Option<Child>,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Collector {
    pub fn start() -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST, None)
    }

    /// In a network of its own, with the unit list imported.
    pub fn start_in(space: &Space, address: Ipv4Addr) -> Self {
        let collector = Self::start_at(address, Some(space.clone()));
        collector.command(&["units", "import", UNITS]);
        collector
    }

    fn start_at(address: Ipv4Addr, space: Option<Space>) -> Self {
        let folder = TempDir::with_prefix("kiemke-e2e-").unwrap();
        let (http, mqtt, address) = (free_port(), free_port(), address.into());
        let mut collector = Self { folder, http, mqtt, address, space, process: None };
        collector.serve();
        collector
    }

    /// With the unit list imported.
    pub fn with_units() -> Self {
        let collector = Self::start();
        collector.command(&["units", "import", UNITS]);
        collector
    }

    pub fn serve(&mut self) {
        let log = File::options().create(true).append(true).open(self.log_path()).unwrap();
        let mut serve = program_in(self.space.as_ref(), "kiemke-collector");
        serve.arg("serve").arg("--data").arg(self.data());
        serve.arg("--http").arg(format!("{}:{}", self.address, self.http));
        serve.arg("--mqtt").arg(format!("{}:{}", self.address, self.mqtt));
        if self.space.is_some() {
            let file = self.folder.path().join("collector.toml");
            fs::write(&file, format!("names = [\"{}\"]\n", self.address)).unwrap();
            serve.arg("--config").arg(file);
        }
        serve.env("RUST_BACKTRACE", "1").stdout(log.try_clone().unwrap()).stderr(log);
        self.process = Some(serve.spawn().unwrap());
        wait_for("the collector listens", || self.is_up().then_some(()));
    }

    fn is_up(&mut self) -> bool {
        if let Some(status) = self.process.as_mut().unwrap().try_wait().unwrap() {
            panic!("the collector ended with {status}:\n{}", self.log());
        }
        let (address, ports) = (self.address, [self.http, self.mqtt]);
        let listens = move || ports.iter().all(|port| TcpStream::connect((address, *port)).is_ok());
        self.ca_path().exists() && self.space.as_ref().map_or_else(listens, |space| space.within(listens))
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn ca_path(&self) -> PathBuf {
        self.data().join("ca.pem")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("collector.log")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    pub fn url(&self) -> String {
        format!("https://{}:{}", self.address, self.http)
    }

    pub fn token(&self, unit: &str) -> String {
        self.command(&["token", "create", "--unit", unit, "--uses", "1000"]).trim().to_owned()
    }

    /// Standard output of a command that must succeed.
    pub fn command(&self, arguments: &[&str]) -> String {
        run(&mut self.prepared(arguments))
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.command(arguments)).unwrap()
    }

    /// What a command that must fail says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        self.failed(arguments).1
    }

    /// What a command that must fail wrote before, and what it says.
    pub fn failed(&self, arguments: &[&str]) -> (String, String) {
        let output = self.prepared(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}: {}", super::said(&output));
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    fn prepared(&self, arguments: &[&str]) -> Command {
        let mut command = program_in(None, "kiemke-collector");
        command.args(arguments).arg("--data").arg(self.data());
        command
    }

    pub fn fleet(&self, token: &str, arguments: &[&str]) -> String {
        let mut fleet = Command::new(env!("CARGO_BIN_EXE_kiemke-fleet"));
        fleet.args(["--collector", &self.url(), "--token", token, "--ca"]).arg(self.ca_path());
        run(fleet.args(arguments))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<_> = log.lines().rev().take(40).collect();
            eprintln!("--- end of the collector's log ---");
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}
