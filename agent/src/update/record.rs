//! What is known of updates, on disk: which release runs, which is on trial, how the last order ended.

use super::Me;
use crate::state_dir::StateDir;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    release::{Manifest, is_newer},
    status::{Outcome, UpdateOutcome},
};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub const FILE: &str = "update.json";
/// Of a release on trial; a computer may be switched off meanwhile.
pub const MOST_STARTS: u32 = 3;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The release that runs in place of the installed program.
    pub kept: Option<Manifest>,
    /// Ordered; it waits, or is being fetched.
    pub wanted: Option<Wanted>,
    pub trial: Option<Trial>,
    /// How the last order ended, for the collector.
    pub outcome: Option<UpdateOutcome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub manifest: Manifest,
    pub counter: u64,
    pub not_before: Timestamp,
    pub spread_seconds: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub manifest: Manifest,
    pub counter: u64,
    pub staged_at: Timestamp,
    /// How often it was started; counted before each.
    pub starts: u32,
}

/// What a start of a program leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This program is the one to run.
    Own,
    GoOver(Manifest),
    Try(Trial),
}

impl Wanted {
    /// However the clock was set meanwhile.
    pub fn wait(&self, now: Timestamp) -> Duration {
        let longest = SignedDuration::from_secs(self.spread_seconds.into());
        let wait = self.not_before.duration_since(now).clamp(SignedDuration::ZERO, longest);
        wait.unsigned_abs()
    }
}

impl Record {
    /// One that cannot be read must not keep the agent from running.
    pub fn load(state: &StateDir) -> Self {
        state.read_or_default(FILE)
    }

    pub fn save(&self, state: &StateDir) -> Result<()> {
        state.write(FILE, self)
    }

    pub fn next(&mut self, me: &Me) -> Next {
        if !me.staged {
            self.forget_superseded(&me.version);
        }
        if let Some(kept) = self.kept.as_ref().filter(|kept| is_newer(&kept.version, &me.version)) {
            return Next::GoOver(kept.clone());
        }
        let newer = |trial: &&Trial| is_newer(&trial.manifest.version, &me.version);
        let Some(trial) = self.trial.as_ref().filter(newer) else { return Next::Own };
        if trial.starts < MOST_STARTS {
            return Next::Try(trial.clone());
        }
        let reason = format!("started {} times and no report was stored", trial.starts);
        self.reject_trial(&reason);
        Next::Own
    }

    /// An installed program of the same or a newer version wins.
    fn forget_superseded(&mut self, installed: &Version) {
        let superseded = |manifest: &Manifest| !is_newer(&manifest.version, installed);
        self.kept.take_if(|kept| superseded(kept));
        self.trial.take_if(|trial| superseded(&trial.manifest));
        self.wanted.take_if(|wanted| superseded(&wanted.manifest));
    }

    pub fn want(&mut self, wanted: Wanted) {
        self.outcome = None;
        self.wanted = Some(wanted);
    }

    /// An order that led to nothing.
    pub fn refuse(&mut self, version: Option<Version>, counter: u64, reason: &str) {
        self.wanted = None;
        self.end(version, counter, Outcome::Rejected, Some(reason.to_owned()));
    }

    /// What was wanted is on disk and runs.
    pub fn staged(&mut self, now: Timestamp) {
        if let Some(wanted) = self.wanted.take() {
            let Wanted { manifest, counter, .. } = wanted;
            self.trial = Some(Trial { manifest, counter, staged_at: now, starts: 0 });
        }
    }

    pub fn reject_trial(&mut self, reason: &str) {
        if let Some(Trial { manifest, counter, .. }) = self.trial.take() {
            tracing::error!(version = %manifest.version, "the release is not kept: {reason}");
            self.end(Some(manifest.version), counter, Outcome::Rejected, Some(reason.to_owned()));
        }
    }

    /// The collector has stored a report of `me`. Whether that ended a trial.
    pub fn reported(&mut self, me: &Me) -> bool {
        let Some(trial) = self.trial.take_if(|trial| me.is(&trial.manifest)) else { return false };
        self.end(Some(trial.manifest.version.clone()), trial.counter, Outcome::Kept, None);
        self.kept = Some(trial.manifest);
        true
    }

    fn end(&mut self, version: Option<Version>, counter: u64, outcome: Outcome, reason: Option<String>) {
        self.outcome = Some(UpdateOutcome { version, counter, outcome, reason });
    }

    /// Versions whose files are still needed.
    pub fn needs(&self, version: &str) -> bool {
        let manifests = [
            self.kept.as_ref(),
            self.wanted.as_ref().map(|wanted| &wanted.manifest),
            self.trial.as_ref().map(|trial| &trial.manifest),
        ];
        manifests.into_iter().flatten().any(|manifest| manifest.version.to_string() == version)
    }
}
