//! What the collector switched on, kept over restarts. Nothing in it says whom the agent belongs to, so that
//! no settings can lock it out; what cannot be accepted leaves everything as it was.

use crate::{durable, state_dir::StateDir, vault::Vault};
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::settings::{RemoteSettings, SnmpCredentials};
use serde::{Deserialize, Serialize};
use url::Url;

const FILE: &str = "settings.json";

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// Of the command that brought them.
    pub counter: u64,
    pub applied_at: Timestamp,
    pub settings: RemoteSettings,
}

/// As the file has it: credentials stand apart, sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    in_force: InForce,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

pub struct Remote {
    vault: Vault,
    in_force: Option<InForce>,
    /// There were some, but they cannot be read any more.
    lost: bool,
    quiet: RemoteSettings,
}

/// For `status`: without credentials.
pub fn load(state: &StateDir) -> Result<Option<InForce>> {
    Ok(state.read::<Kept>(FILE)?.map(|kept| kept.in_force))
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

impl Kept {
    fn seal(vault: &Vault, in_force: &InForce) -> Result<Self> {
        let credentials: Vec<&SnmpCredentials> =
            in_force.settings.snmp.iter().map(|target| &target.credentials).collect();
        let sealed = match credentials.is_empty() {
            true => None,
            false => Some(vault.seal(&serde_json::to_vec(&credentials)?)?),
        };
        let shown = InForce { settings: in_force.settings.without_secrets(), ..in_force.clone() };
        Ok(Self { in_force: shown, sealed })
    }

    fn open(self, vault: &Vault) -> Result<InForce> {
        let mut in_force = self.in_force;
        if let Some(sealed) = self.sealed {
            let credentials: Vec<SnmpCredentials> = serde_json::from_slice(&vault.open(&sealed)?)?;
            for (target, own) in in_force.settings.snmp.iter_mut().zip(credentials) {
                target.credentials = own;
            }
        }
        in_force.settings.check()?;
        Ok(in_force)
    }
}

impl Remote {
    /// A damaged file leaves the agent quiet; the collector sends its settings again when it hears so.
    pub fn open(state: &StateDir, vault: Vault) -> Self {
        let kept = state.read::<Kept>(FILE);
        let kept = kept.and_then(|kept| kept.map(|kept| kept.open(&vault)).transpose());
        let lost = kept.is_err();
        let in_force = kept.unwrap_or_else(|error| {
            tracing::warn!("settings that were kept are left out: {error:#}");
            None
        });
        Self { vault, in_force, lost, quiet: RemoteSettings::default() }
    }

    pub fn settings(&self) -> &RemoteSettings {
        self.in_force.as_ref().map_or(&self.quiet, |kept| &kept.settings)
    }

    /// As the collector is told: 0 where they were lost, none where there never were any.
    pub fn counter(&self) -> Option<u64> {
        self.in_force.as_ref().map(|kept| kept.counter).or(self.lost.then_some(0))
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
        let new = InForce { counter, applied_at: now, settings };
        state.write(FILE, &Kept::seal(&self.vault, &new)?)?;
        tracing::info!(counter, quiet = new.settings.is_quiet(), "settings of the collector are in force");
        self.in_force = Some(new);
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

    fn vault() -> Vault {
        Vault::of(&ed25519_dalek::SigningKey::from_bytes(&[1; 32]))
    }

    fn settings(seconds: u32) -> RemoteSettings {
        RemoteSettings { report_interval_seconds: Some(seconds), ..RemoteSettings::default() }
    }

    #[test]
    fn settings_last_over_a_restart_and_wrong_ones_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        let mut remote = Remote::open(&state, vault());
        assert!(remote.settings().is_quiet());
        assert_eq!(remote.counter(), None);
        remote.apply(&state, 4, settings(900), Timestamp::UNIX_EPOCH).unwrap();
        let error = remote.apply(&state, 5, settings(1), Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert_eq!(error, "field report_interval_seconds: 1 is not from 60 to 86400");
        let unread = RemoteSettings { echo_urls: vec!["https://[".into()], ..settings(60) };
        let error = remote.apply(&state, 6, unread, Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert_eq!(error, "field echo_urls.0: \"https://[\" is no URL");
        let again = Remote::open(&state, vault());
        assert_eq!((again.counter(), again.settings()), (Some(4), &settings(900)));
    }

    #[test]
    fn a_damaged_file_and_one_with_wrong_values_leave_the_agent_quiet_and_the_collector_told() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        for text in [
            "{",
            r#"{"counter":1,"applied_at":"2026-11-21T00:00:00Z","settings":{"report_interval_seconds":1}}"#,
        ] {
            fs::write(folder.path().join(FILE), text).unwrap();
            let mut remote = Remote::open(&state, vault());
            assert_eq!((remote.counter(), remote.settings().is_quiet()), (Some(0), true));
            remote.apply(&state, 7, settings(900), Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!(remote.counter(), Some(7));
            assert_eq!(Remote::open(&state, vault()).counter(), Some(7));
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
        let router = r#"{"snmp":[{"role":"router","host":"gateway","version":"2c","community":"hidden"}]}"#;
        let settings: RemoteSettings = serde_json::from_str(router).unwrap();
        Remote::open(&state, vault()).apply(&state, 1, settings.clone(), Timestamp::UNIX_EPOCH).unwrap();
        let file = folder.path().join(FILE);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!fs::read_to_string(&file).unwrap().contains("hidden"));
        assert_eq!(Remote::open(&state, vault()).settings(), &settings);
        let another = Vault::of(&ed25519_dalek::SigningKey::from_bytes(&[2; 32]));
        assert!(Remote::open(&state, another).settings().is_quiet());
        assert_eq!(load(&state).unwrap().map(|kept| kept.settings), Some(settings.without_secrets()));
    }
}
