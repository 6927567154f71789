//! Replaces the agent by a release: ordered by the collector, signed by the release key, which no collector
//! has. The installed program stays as it is. A newer release lies in the state folder; on trial it runs as a
//! child of the program before it, which goes on by itself where the release does not report. A release that
//! has reported is kept, and every later start goes over to it.

mod fetch;
pub mod files;
pub mod order;
pub mod record;
pub mod supervise;
#[cfg(test)]
mod tests;
mod updater;

pub use supervise::{Attended, attend, become_kept, is_supervised, parent_gone};
pub use updater::Updater;

use crate::{report, state_dir::StateDir};
use anyhow::{Context, Result};
use kiemke_schemas::release::Manifest;
use semver::Version;

/// This program, as far as releases are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub version: Version,
    pub target: String,
    /// Runs from the state folder; otherwise it was installed by a person or a package.
    pub staged: bool,
}

impl Me {
    pub fn here(state: &StateDir) -> Result<Self> {
        let own = report::agent_version();
        let version = own.version.parse().with_context(|| format!("own version {}", own.version))?;
        Ok(Self { version, target: own.target, staged: files::holds_this_program(state) })
    }

    fn is(&self, manifest: &Manifest) -> bool {
        self.staged && self.version == manifest.version
    }
}
