//! What the collector switched on, kept over restarts. Nothing in it says whom the agent belongs to, so that
//! no settings can lock it out; what cannot be accepted leaves everything as it was.

use crate::{durable, state_dir::StateDir};
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::settings::RemoteSettings;
use serde::{Deserialize, Serialize};
use url::Url;

const FILE: &str = "settings.json";

/// Holds credentials: the file is readable by this user only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// Of the command that brought them.
    pub counter: u64,
    pub applied_at: Timestamp,
    pub settings: RemoteSettings,
}

#[derive(Debug, Clone, Default)]
pub struct Remote {
    in_force: Option<InForce>,
    quiet: RemoteSettings,
}

/// For `status`.
pub fn load(state: &StateDir) -> Result<Option<InForce>> {
    state.read(FILE)
}

/// What another identity was told does not hold for this one.
pub fn forget(state: &StateDir) -> Result<()> {
    match durable::remove(&state.file(FILE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", state.file(FILE).display()))
        }
        _ => Ok(()),
    }
}

impl InForce {
    pub fn without_secrets(self) -> Self {
        Self { settings: self.settings.without_secrets(), ..self }
    }
}

impl Remote {
    /// A damaged file leaves the agent quiet; the collector sends its settings again when it hears so.
    pub fn open(state: &StateDir) -> Self {
        let in_force: Option<InForce> = state.read_or_default(FILE);
        let sound = in_force.filter(|kept| match kept.settings.check() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!("settings that were kept are left out: {error}");
                false
            }
        });
        Self { in_force: sound, ..Self::default() }
    }

    pub fn settings(&self) -> &RemoteSettings {
        self.in_force.as_ref().map_or(&self.quiet, |kept| &kept.settings)
    }

    pub fn counter(&self) -> Option<u64> {
        self.in_force.as_ref().map(|kept| kept.counter)
    }

    /// Durable before they are in force.
    pub fn apply(
        &mut self,
        state: &StateDir,
        counter: u64,
        settings: RemoteSettings,
        now: Timestamp,
    ) -> Result<()> {
        settings.check()?;
        urls(&settings)?;
        let kept = InForce { counter, applied_at: now, settings };
        state.write(FILE, &kept)?;
        tracing::info!(counter, quiet = kept.settings.is_quiet(), "settings of the collector are in force");
        self.in_force = Some(kept);
        Ok(())
    }

    pub fn echo_urls(&self) -> Vec<Url> {
        urls(self.settings()).unwrap_or_default()
    }
}

fn urls(settings: &RemoteSettings) -> Result<Vec<Url>> {
    let parse = |(at, text): (usize, &String)| {
        text.parse().with_context(|| format!("field echo_urls.{at}: {text:?} is no URL"))
    };
    settings.echo_urls.iter().enumerate().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn settings(seconds: u32) -> RemoteSettings {
        RemoteSettings { report_interval_seconds: Some(seconds), ..RemoteSettings::default() }
    }

    #[test]
    fn settings_last_over_a_restart_and_wrong_ones_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        let mut remote = Remote::open(&state);
        assert!(remote.settings().is_quiet());
        assert_eq!(remote.counter(), None);
        remote.apply(&state, 4, settings(900), Timestamp::UNIX_EPOCH).unwrap();
        let error = remote.apply(&state, 5, settings(1), Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert_eq!(error, "field report_interval_seconds: 1 is not from 60 to 86400");
        let unread = RemoteSettings { echo_urls: vec!["https://[".into()], ..settings(60) };
        let error = remote.apply(&state, 6, unread, Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert_eq!(error, "field echo_urls.0: \"https://[\" is no URL");
        let again = Remote::open(&state);
        assert_eq!((again.counter(), again.settings()), (Some(4), &settings(900)));
    }

    #[test]
    fn a_damaged_file_and_one_with_wrong_values_leave_the_agent_quiet() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        for text in [
            "{",
            r#"{"counter":1,"applied_at":"2026-11-21T00:00:00Z","settings":{"report_interval_seconds":1}}"#,
        ] {
            fs::write(folder.path().join(FILE), text).unwrap();
            let remote = Remote::open(&state);
            assert_eq!((remote.counter(), remote.settings().is_quiet()), (None, true));
        }
        forget(&state).unwrap();
        forget(&state).unwrap();
        assert_eq!(load(&state).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_credentials() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        Remote::open(&state).apply(&state, 1, settings(60), Timestamp::UNIX_EPOCH).unwrap();
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
