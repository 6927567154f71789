//! Releases of the agent: made, signed, rolled out.

use super::collector::Collector;
use serde_json::Value;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    path::{Path, PathBuf},
};

pub const OWN: &str = env!("CARGO_PKG_VERSION");
/// How long a release may be on trial, for the agent.
pub const TRIAL_SECONDS: &str = "KIEMKE_UPDATE_TRIAL_SECONDS";
/// Long enough for a first report on a busy machine.
pub const LONG: &str = "120";
/// The key that the collector trusts first.
pub const KEY: &str = "release.key";

/// A collector with releases for one target.
pub struct Releases {
    pub collector: Collector,
    unit: &'static str,
    pub target: String,
}

impl Releases {
    /// Trusts the key `release.key`, as do agents that enrol from now on.
    pub fn open(unit: &'static str) -> Self {
        let releases = Self { collector: Collector::with_units(), unit, target: String::new() };
        releases.collector.command(&["release", "trust", &releases.make_key(KEY)]);
        releases
    }

    pub fn make_key(&self, name: &str) -> String {
        let path = text(self.file(name));
        self.collector.command(&["release", "key", "create", &path]).trim().to_owned()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.collector.folder.path().join(name)
    }

    /// Of the only device.
    pub fn device(&self, field: &str) -> Value {
        self.collector.json(&["device", "list", "--json"])[0][field].clone()
    }

    pub fn wait_until_connected(&self) {
        super::wait_for("the agent is connected", || (self.device("connected") == true).then_some(()));
    }

    /// Signs a program as `version` and gives the paths of program and manifest.
    pub fn sign(&self, version: &str, program: &[u8], key: &str) -> (String, String) {
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

    pub fn add(&self, version: &str, program: &[u8], key: &str) {
        let (executable, manifest) = self.sign(version, program, key);
        self.collector.command(&["release", "add", &executable, &manifest]);
    }

    pub fn roll_out(&self, version: &str, program: &[u8]) {
        self.add(version, program, KEY);
        self.start_roll_out(version);
    }

    pub fn start_roll_out(&self, version: &str) {
        let said =
            self.collector.command(&["release", "roll-out", version, "--unit", self.unit, "--spread", "0"]);
        assert!(said.ends_with(": 1 devices were told now\n"), "{said}");
    }

    /// Changes the only release of this version behind the collector's back.
    pub fn tamper(&self, sql: &'static str, version: &str) {
        super::runtime().block_on(async {
            let path = self.collector.data().join("kiemke.sqlite");
            let options = SqliteConnectOptions::new().filename(path);
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            let changed = sqlx::query(sql).bind(version).execute(&mut connection).await;
            assert_eq!(changed.unwrap().rows_affected(), 1);
            connection.close().await.unwrap();
        });
    }

    pub fn progress(&self, version: &str) -> Value {
        self.collector.json(&["release", "progress", version, "--json"])[0].clone()
    }

    /// The reason that the collector shows.
    pub fn rejection(&self, version: &str) -> String {
        super::wait_for("the release is rejected", || {
            self.progress(version)["rejections"][0]["reason"].as_str().map(str::to_owned)
        })
    }

    pub fn wait_until_updated(&self, version: &str) {
        super::wait_for("the release is kept", || (self.progress(version)["updated"] == 1).then_some(()));
        super::wait_for("it is told", || (self.device("agent_version") == version).then_some(()));
    }
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

/// An agent with another version written into it; as long as the former, the rest stays where it was.
pub fn agent_of(version: &str, agent: &Path) -> Vec<u8> {
    assert_eq!(version.len(), OWN.len());
    let mut program = fs::read(agent).unwrap();
    let mut at = 0;
    while let Some(found) = program[at..].windows(OWN.len()).position(|bytes| bytes == OWN.as_bytes()) {
        at += found;
        program[at..at + OWN.len()].copy_from_slice(version.as_bytes());
    }
    program
}

pub fn other_version(major: char) -> String {
    format!("{major}{}", &OWN[1..])
}

/// Versions that lie in the folder of an agent.
pub fn staged(state: &Path) -> Vec<String> {
    let folders = fs::read_dir(state.join("releases")).unwrap().flatten();
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}
