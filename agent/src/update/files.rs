//! Executables of releases: `releases/<version>/kiemke-agent` in the state folder.

use super::{record::Record, supervise};
use crate::{durable, service, state_dir::StateDir};
use anyhow::{Context, Result, bail};
use kiemke_schemas::release::Manifest;
use semver::Version;
use sha2::{Digest, Sha256};
use std::{
    env,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const FOLDER: &str = "releases";
const BUFFER_BYTES: usize = 64 * 1024;
const TELLS_VERSION_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const TRIES_WHILE_WRITTEN: u32 = 20;

pub fn folder(state: &StateDir, version: &Version) -> PathBuf {
    state.file(FOLDER).join(version.to_string())
}

pub fn executable(state: &StateDir, version: &Version) -> PathBuf {
    folder(state, version).join(format!("{}{}", service::NAME, env::consts::EXE_SUFFIX))
}

pub fn holds_this_program(state: &StateDir) -> bool {
    // Windows spells the same path in more than one way.
    let plain = |path: PathBuf| path.canonicalize().unwrap_or(path);
    env::current_exe().is_ok_and(|path| plain(path).starts_with(plain(state.file(FOLDER))))
}

/// Whether `path` is what the manifest says.
pub fn check(path: &Path, manifest: &Manifest) -> Result<()> {
    let unread = || format!("{} cannot be read", path.display());
    let mut file = File::open(path).with_context(unread)?;
    let (mut hasher, mut size) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                size += read as u64;
                hasher.update(&buffer[..read]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error).with_context(unread),
        }
    }
    Ok(manifest.check_digest(size, &hasher.finalize().into())?)
}

/// Runs the program far enough to tell its version: it is for this computer, and is what it is said to be.
pub fn prove(path: &Path, version: &Version) -> Result<()> {
    let mut command = Command::new(path);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::piped());
    supervise::without_console(&mut command);
    let mut child = spawned(&mut command).context("the release cannot be run here")?;
    let deadline = Instant::now() + TELLS_VERSION_WITHIN;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            let _ = child.kill();
            let _ = child.wait();
            bail!("--version of the release did not end within {} s", TELLS_VERSION_WITHIN.as_secs());
        }
        thread::sleep(LOOK_EVERY);
    };
    let mut said = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(BUFFER_BYTES as u64).read_to_end(&mut said)?;
    }
    let said = String::from_utf8_lossy(&said);
    let expected = format!("{} {version}", service::NAME);
    if !status.success() || said.trim() != expected {
        let said: String = said.trim().chars().take(80).collect();
        bail!("--version of the release says {said:?} ({status}) where {expected:?} was released");
    }
    Ok(())
}

/// A program that was written just now may still be held by a process that is being started.
pub fn spawned(command: &mut Command) -> io::Result<Child> {
    for _ in 0..TRIES_WHILE_WRITTEN {
        match command.spawn() {
            Err(error) if is_held(&error) => thread::sleep(LOOK_EVERY),
            done => return done,
        }
    }
    command.spawn()
}

/// Scanners of viruses open what was just written, too.
fn is_held(error: &io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    error.kind() == io::ErrorKind::ExecutableFileBusy
        || (cfg!(windows) && error.raw_os_error() == Some(SHARING_VIOLATION))
}

/// Removes the files of releases that are not needed any more.
pub fn clean(state: &StateDir, record: &Record) {
    let Ok(entries) = fs::read_dir(state.file(FOLDER)) else { return };
    for entry in entries.flatten().filter(|entry| !record.needs(&entry.file_name().to_string_lossy())) {
        let path = entry.path();
        match fs::remove_dir_all(&path) {
            Ok(()) => tracing::info!("{} removed", path.display()),
            // Of a program that still runs; a later start removes it.
            Err(error) if cfg!(windows) => tracing::debug!("{} stays for now: {error}", path.display()),
            Err(error) => tracing::warn!("{} cannot be removed: {error}", path.display()),
        }
    }
}

/// Durable under its final name, and only this user's.
pub fn finish(part: &Path, path: &Path) -> Result<()> {
    let unwritten = || format!("{} cannot be written", path.display());
    let file = File::options().write(true).open(part).with_context(unwritten)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700)).with_context(unwritten)?;
    file.sync_all().with_context(unwritten)?;
    drop(file);
    durable::rename(part, path).with_context(unwritten)
}
