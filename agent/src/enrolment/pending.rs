//! An enrolment that waits for the collector to be reachable: what an installer was told, kept in the agent's
//! private folder until it has been used.

use crate::{
    enrolment::{self, Request},
    identity::{Identity, Superseded},
    probe::Root,
    state_dir::StateDir,
};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::sleep;
use url::Url;

const FILE: &str = "pending-enrolment.json";
const FIRST_WAIT: Duration = Duration::from_secs(15);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// How soon an enrolment by hand is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub collector: Url,
    pub token: String,
    #[serde(default)]
    pub unit: Option<String>,
}

impl Pending {
    pub fn load(state: &StateDir) -> Result<Option<Self>> {
        state.read(FILE)
    }

    pub fn save(&self, state: &StateDir) -> Result<()> {
        state.write(FILE, self)
    }

    pub fn clear(state: &StateDir) -> Result<()> {
        let path = state.file(FILE);
        if !path.exists() {
            return Ok(());
        }
        crate::durable::remove(&path).with_context(|| format!("{} cannot be removed", path.display()))
    }

    fn request(&self) -> Request {
        Request {
            collector: self.collector.clone(),
            ca: None,
            token: self.token.clone(),
            unit: self.unit.clone(),
        }
    }
}

/// The identity to run with, as soon as there is one.
pub async fn identity(state: &StateDir) -> Identity {
    let mut wait = FIRST_WAIT;
    let mut told = String::new();
    loop {
        let waiting = match ready(state).await {
            Ok(identity) => return identity,
            Err(error) => format!("{error:#}"),
        };
        // A computer that nobody enrols would fill its log.
        if waiting != told {
            tracing::warn!("{waiting}");
            told = waiting;
        }
        if matches!(Pending::load(state), Ok(Some(_))) {
            sleep(wait.mul_f64(rand::random_range(0.5..1.0))).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        } else {
            sleep(LOOK_EVERY).await;
        }
    }
}

async fn ready(state: &StateDir) -> Result<Identity> {
    match Pending::load(state)? {
        Some(pending) if Identity::load(state)?.is_none() || Superseded::load(state)?.is_some() => {
            enrol(state, &pending).await
        }
        _ => Identity::for_running(state),
    }
}

async fn enrol(state: &StateDir, pending: &Pending) -> Result<Identity> {
    let _lock = state.lock()?;
    let machine = enrolment::machine(&Root::system())?;
    let identity = enrolment::enrol(pending.request(), machine)
        .await
        .with_context(|| format!("enrolment with {} waits", pending.collector))?;
    enrolment::take(state, &identity)?;
    Pending::clear(state)?;
    tracing::info!("enrolled as {} in unit {}", identity.device, identity.unit);
    Ok(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_kept_until_it_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        let pending = Pending {
            collector: "https://kiemke.example.vn:8443".parse().unwrap(),
            token: "secret.hash".into(),
            unit: None,
        };
        assert_eq!(Pending::load(&state).unwrap(), None);
        pending.save(&state).unwrap();
        assert_eq!(Pending::load(&state).unwrap(), Some(pending));
        Pending::clear(&state).unwrap();
        Pending::clear(&state).unwrap();
        assert_eq!(Pending::load(&state).unwrap(), None);
    }
}
