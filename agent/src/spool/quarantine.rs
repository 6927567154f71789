//! Reports that the collector refused for good, or that the disk damaged: kept for a person to look at.

use super::{Id, read_folder};
use crate::{durable, state_dir::StateDir};
use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

const KEPT: usize = 32;

#[derive(Debug)]
pub struct Quarantine(PathBuf);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub boot: u64,
    pub sequence: u64,
    pub reason: String,
    pub at: Timestamp,
}

impl Quarantine {
    pub fn open(state: &StateDir) -> Result<Self> {
        let folder = state.file("quarantine");
        durable::create_folder(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
        Ok(Self(folder))
    }

    pub fn look(state: &StateDir) -> Self {
        Self(state.file("quarantine"))
    }

    /// The reason is written first: a crash between leaves the report in the spool.
    pub fn take(&self, report: &Path, id: Id, reason: &str, at: Timestamp) -> Result<()> {
        let refusal = Refusal { boot: id.boot, sequence: id.sequence, reason: reason.to_owned(), at };
        let name = id.file_name();
        durable::write(&self.0.join(format!("{name}.json")), &serde_json::to_vec(&refusal)?)?;
        durable::rename(report, &self.0.join(name))?;
        self.prune()
    }

    /// Oldest report first. A note without its report is left out.
    pub fn refusals(&self) -> Result<Vec<Refusal>> {
        self.names()?
            .into_iter()
            .map(|name| {
                let path = self.0.join(format!("{name}.json"));
                let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", path.display()))
            })
            .collect()
    }

    fn names(&self) -> Result<Vec<String>> {
        let entries = read_folder(&self.0)?;
        let names = entries.into_iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<_> = names.filter(|name| name.ends_with(".report")).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn prune(&self) -> Result<()> {
        let names = self.names()?;
        for name in names.iter().take(names.len().saturating_sub(KEPT)) {
            fs::remove_file(self.0.join(name))?;
            fs::remove_file(self.0.join(format!("{name}.json")))?;
        }
        Ok(())
    }
}
