//! Who runs: this program, a release that was kept, or one on trial, which this program then watches. Time on
//! trial is counted while the computer runs, so that no clock that was set ends it.

mod child;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

pub use child::{is_supervised, parent_gone};
pub use platform::without_console;

use super::{
    Me, files,
    record::{MOST_STARTS, Next, Record, Trial},
};
use crate::state_dir::StateDir;
use anyhow::Result;
use child::{Ended, Supervised};
use kiemke_schemas::release::Manifest;
use std::{env, path::Path, pin::Pin, time::Duration};
use tokio::time::{Instant, sleep};

/// Within this time a release on trial has to report.
const TRIAL: Duration = Duration::from_secs(600);
/// Tests of the whole program cannot wait that long: the trial's length in seconds.
const TRIAL_VARIABLE: &str = "KIEMKE_UPDATE_TRIAL_SECONDS";
/// Between two starts of a release on trial, as a part of the trial.
const PAUSE_PART: u32 = 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attended {
    /// This program has to do the work.
    Own,
    /// The order to stop came.
    Stopped,
    /// Another program did the work for a while.
    Again,
}

/// Comes back when this program has to do the work itself, or to stop.
pub async fn attend(state: &StateDir, mut stop: Pin<&mut impl Future<Output = ()>>) -> Result<Attended> {
    let limit = trial_limit();
    loop {
        let (next, record) = known(state)?;
        let attended = match next {
            Next::Own => Attended::Own,
            Next::GoOver(kept) => match go_over(state, &kept, stop.as_mut()).await {
                Ok(attended) => attended,
                Err(error) => {
                    give_up(state, record, &error)?;
                    Attended::Again
                }
            },
            Next::Try(trial) => try_out(state, trial, limit, stop.as_mut()).await?,
        };
        if attended != Attended::Again {
            return Ok(attended);
        }
    }
}

/// For one report only: nothing is tried out.
pub fn become_kept(state: &StateDir) -> Result<()> {
    if let Next::GoOver(kept) = known(state)?.0 {
        let path = files::executable(state, &kept.version);
        if let Err(error) = files::check(&path, &kept).and_then(|()| platform::become_kept(&path)) {
            tracing::error!(version = %kept.version, "the release that is kept does not start: {error:#}");
        }
    }
    Ok(())
}

async fn go_over(
    state: &StateDir,
    kept: &Manifest,
    stop: Pin<&mut impl Future<Output = ()>>,
) -> Result<Attended> {
    let path = files::executable(state, &kept.version);
    files::check(&path, kept)?;
    tracing::info!(version = %kept.version, "going over to the release that is kept");
    platform::go_over(&path, stop).await
}

/// Without anything known there is nothing to write.
fn known(state: &StateDir) -> Result<(Next, Record)> {
    let before = Record::load(state);
    if before == Record::default() {
        return Ok((Next::Own, before));
    }
    let _lock = state.lock()?;
    let mut record = before.clone();
    let next = record.next(&Me::here(state)?);
    if record != before {
        record.save(state)?;
    }
    files::clean(state, &record);
    Ok((next, record))
}

/// A release that no longer starts must not be met again.
fn give_up(state: &StateDir, mut record: Record, why: &anyhow::Error) -> Result<()> {
    if let Some(kept) = record.kept.take() {
        tracing::error!(version = %kept.version, "the release that was kept does not start: {why:#}");
        let counter = record.outcome.as_ref().map_or(0, |outcome| outcome.counter);
        record.refuse(Some(kept.version), counter, &format!("{why:#}"));
    }
    let _lock = state.lock()?;
    record.save(state)
}

/// Until the release has reported, its time is over, it was started too often, or the order to stop.
async fn try_out(
    state: &StateDir,
    trial: Trial,
    limit: Duration,
    mut stop: Pin<&mut impl Future<Output = ()>>,
) -> Result<Attended> {
    let path = files::executable(state, &trial.manifest.version);
    let deadline = Instant::now() + limit;
    loop {
        let Some(starts) = count_start(state, &trial.manifest, &path)? else { return Ok(Attended::Again) };
        tracing::info!(version = %trial.manifest.version, starts, "the release is on trial");
        let ended = match Supervised::start(&path) {
            Ok(child) => child.watch(Some(deadline), stop.as_mut()).await,
            Err(error) => Ended::Unstarted(error),
        };
        if matches!(ended, Ended::Stopped) {
            return Ok(Attended::Stopped);
        }
        if !judge(state, &trial, starts, &ended, limit)? {
            return Ok(Attended::Again);
        }
        tokio::select! {
            biased;
            () = stop.as_mut() => return Ok(Attended::Stopped),
            () = sleep(limit / PAUSE_PART) => {}
        }
    }
}

/// Durable before the start itself. `None`: nothing to start any more.
fn count_start(state: &StateDir, manifest: &Manifest, path: &Path) -> Result<Option<u32>> {
    let _lock = state.lock()?;
    let mut record = Record::load(state);
    let Some(trial) = record.trial.as_mut() else { return Ok(None) };
    trial.starts += 1;
    let starts = trial.starts;
    if let Err(error) = files::check(path, manifest) {
        record.reject_trial(&format!("{error:#}"));
    }
    record.save(state)?;
    Ok(record.trial.is_some().then_some(starts))
}

/// Whether the release is to be started once more.
fn judge(state: &StateDir, trial: &Trial, starts: u32, ended: &Ended, limit: Duration) -> Result<bool> {
    let _lock = state.lock()?;
    let mut record = Record::load(state);
    if record.trial.as_ref().map(|known| known.counter) != Some(trial.counter) {
        return Ok(false);
    }
    let reason = match ended {
        Ended::Stopped => return Ok(false),
        Ended::TooLate => format!("no report was stored within {} s", limit.as_secs()),
        Ended::Exited(status) if starts >= MOST_STARTS => {
            format!("started {starts} times and no report was stored; it ended with {status}")
        }
        Ended::Exited(status) => {
            tracing::warn!(version = %trial.manifest.version, "the release on trial ended with {status}");
            return Ok(true);
        }
        Ended::Unstarted(error) => format!("it cannot be started: {error}"),
    };
    record.reject_trial(&reason);
    record.save(state)?;
    files::clean(state, &record);
    Ok(false)
}

fn trial_limit() -> Duration {
    let seconds = env::var(TRIAL_VARIABLE).ok().and_then(|text| text.parse().ok());
    seconds.map_or(TRIAL, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[tokio::test]
    async fn nothing_known_and_damaged_records_let_this_program_run() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        for text in [None, Some("{"), Some(""), Some(r#"{"kept":{"version":"x"}}"#), Some(r#"{"trial":5}"#)] {
            if let Some(text) = text {
                fs::write(folder.path().join(super::super::record::FILE), text).unwrap();
            }
            let stop = std::future::pending();
            tokio::pin!(stop);
            assert_eq!(attend(&state, stop).await.unwrap(), Attended::Own, "{text:?}");
        }
    }
}
