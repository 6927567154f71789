pub mod agent;
pub mod collector;
pub mod database;
pub mod device;
pub mod machine;
pub mod network;
#[cfg(target_os = "linux")]
pub mod place;
#[cfg(unix)]
pub mod proxy;
pub mod releases;
pub mod router;
pub mod spool;
pub mod wine;

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
    time::{Duration, Instant},
};

pub const UNITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../collector/reference/units-2025h1.csv");

/// The folder of the product's binaries: `KIEMKE_BIN`, or that of this build, brought up to date.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        if let Some(folder) = std::env::var_os("KIEMKE_BIN") {
            return folder.into();
        }
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--bins", "-p", "kiemke-agent", "-p", "kiemke-collector"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
        assert!(built.success(), "the binaries could not be built");
        Path::new(env!("CARGO_BIN_EXE_kiemke-fleet")).parent().unwrap().to_owned()
    })
}

pub fn binary(name: &str) -> PathBuf {
    folder().join(name)
}

/// One of the product's binaries, in a network of its own where one is given.
pub fn program_in(space: Option<&network::Space>, name: &str) -> Command {
    let program = binary(name);
    space.map_or_else(|| Command::new(&program), |space| space.command(&program))
}

/// Standard output of a command that must succeed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// Polls until `check` gives a value. The limit only ends a test that would never end.
pub fn wait_for<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = check() {
            return value;
        }
        assert!(started.elapsed() < Duration::from_secs(180), "{what}: did not happen");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Loud, and gathered in the file that `KIEMKE_SKIPPED` names: what a test prints is not shown when it passes.
pub fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
    if let Some(path) = std::env::var_os("KIEMKE_SKIPPED") {
        let mut list = File::options().create(true).append(true).open(path).unwrap();
        writeln!(list, "{why}").unwrap();
    }
}

pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

pub fn runtime() -> tokio::runtime::Runtime {
    // A second test of this process finds the provider installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
