//! The agent's folder: what lies where, and the small values in it.

#[cfg(windows)]
mod windows;

use crate::durable;
use anyhow::{Context, Result, bail};
use fs4::{FileExt, TryLockError};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    env,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

pub const VARIABLE: &str = "KIEMKE_STATE_DIR";

/// `/var/lib/kiemke-agent`, on Windows `%ProgramData%\kiemke-agent`.
pub fn default_folder() -> PathBuf {
    #[cfg(windows)]
    return windows::program_data().join(crate::service::NAME);
    #[cfg(not(windows))]
    Path::new("/var/lib").join(crate::service::NAME)
}

#[derive(Debug, Clone)]
pub struct StateDir(PathBuf);

/// Held while an agent runs: two of them would give two reports the same number.
pub struct RunLock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

impl StateDir {
    pub fn from_environment() -> Self {
        Self(env::var_os(VARIABLE).filter(|path| !path.is_empty()).map_or_else(default_folder, PathBuf::from))
    }

    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn create(&self) -> Result<()> {
        durable::create_folder(&self.0)
            .with_context(|| format!("{VARIABLE}: {} cannot be created", self.0.display()))
    }

    /// Everything: the computer is another one to the collector after this.
    #[cfg(any(windows, test))]
    pub fn delete(&self) -> Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("{} cannot be deleted", self.0.display()))
            }
            _ => Ok(()),
        }
    }

    /// `None` where the file does not exist.
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let path = self.file(name);
        match fs::read(&path) {
            Ok(bytes) => {
                let value = serde_json::from_slice(&bytes)
                    .with_context(|| format!("{} is damaged", path.display()))?;
                Ok(Some(value))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    /// For what can be gathered anew: a damaged file must not keep the agent from starting.
    pub fn read_or_default<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        self.read(name)
            .unwrap_or_else(|error| {
                tracing::warn!("begun anew: {error:#}");
                None
            })
            .unwrap_or_default()
    }

    pub fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        let path = self.file(name);
        durable::write(&path, &serde_json::to_vec(value)?)
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    pub fn lock(&self) -> Result<RunLock> {
        let path = self.file("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("{} cannot be opened", path.display()))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(RunLock(file)),
            Err(TryLockError::WouldBlock) => {
                bail!("another kiemke-agent runs with {} already", self.0.display())
            }
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", path.display()))
            }
        }
    }
}

/// Counts starts; durable before it is used, so that no two starts share a number.
pub fn next_boot(state: &StateDir) -> Result<u64> {
    let last: u64 = state.read("boot.json")?.unwrap_or(0);
    let boot = last.checked_add(1).context("field boot: the counter is exhausted")?;
    state.write("boot.json", &boot)?;
    Ok(boot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boots_count_upwards_over_starts() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        assert_eq!(next_boot(&state).unwrap(), 1);
        assert_eq!(next_boot(&StateDir::at(folder.path())).unwrap(), 2);
    }

    #[test]
    fn a_damaged_value_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("boot.json"), "x").unwrap();
        let error = next_boot(&StateDir::at(folder.path())).unwrap_err();
        assert_eq!(error.to_string(), format!("{}/boot.json is damaged", folder.path().display()));
    }

    #[test]
    fn a_folder_is_deleted_whole_and_again_without_complaint() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path().join("state"));
        state.create().unwrap();
        state.write("boot.json", &1).unwrap();
        state.delete().unwrap();
        assert!(!state.path().exists());
        state.delete().unwrap();
    }

    #[test]
    fn one_agent_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        let lock = state.lock().unwrap();
        let error = state.lock().err().unwrap().to_string();
        assert_eq!(error, format!("another kiemke-agent runs with {} already", folder.path().display()));
        drop(lock);
        assert!(state.lock().is_ok());
    }
}
