//! Updates as the running agent sees them: takes orders, fetches beside its work, and says when it is time to
//! hand over.

use super::{
    Me, fetch, files,
    order::{self, Accepted, Order},
    record::{Record, Wanted},
};
use crate::{identity::Identity, state_dir::StateDir};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{release::MAX_SPREAD_SECONDS, status::UpdateOutcome};
use tokio::task::JoinHandle;

pub struct Updater {
    state: StateDir,
    me: Me,
    record: Record,
    fetching: Option<JoinHandle<Result<()>>>,
}

impl Updater {
    pub fn open(state: &StateDir) -> Result<Self> {
        Ok(Self { state: state.clone(), me: Me::here(state)?, record: Record::load(state), fetching: None })
    }

    pub fn outcome(&self) -> Option<&UpdateOutcome> {
        self.record.outcome.as_ref()
    }

    /// Gives the release key to know from now on, where none was known.
    pub fn take(&mut self, order: &Order, pinned: Option<&str>) -> Result<Option<String>> {
        self.cancel();
        let pin = match order::check(order, pinned, &self.me) {
            Ok(Accepted { manifest, pin }) => {
                let spread_seconds = order.spread_seconds.min(MAX_SPREAD_SECONDS);
                let wait = rand::random_range(0..=spread_seconds);
                let not_before = Timestamp::now() + SignedDuration::from_secs(wait.into());
                tracing::info!(version = %manifest.version, "ordered; it is fetched in {wait} s");
                self.record.want(Wanted { manifest, counter: order.counter, not_before, spread_seconds });
                pin
            }
            Err(refused) => {
                tracing::error!(counter = order.counter, "an update is refused: {:#}", refused.reason);
                self.record.refuse(refused.version, order.counter, &format!("{:#}", refused.reason));
                None
            }
        };
        self.record.save(&self.state)?;
        Ok(pin)
    }

    /// Goes on with what was ordered, also before a restart.
    pub fn start(&mut self, identity: &Identity) {
        if let Some(wanted) = self.record.wanted.as_ref().filter(|_| self.fetching.is_none()) {
            let work = fetch::stage(self.state.clone(), identity.clone(), wanted.clone());
            self.fetching = Some(tokio::spawn(work));
        }
    }

    /// Pending for ever where nothing is being fetched. Whether there is a release to hand over to.
    pub async fn finished(&mut self) -> Result<bool> {
        let done = match &mut self.fetching {
            Some(task) => task.await.context("fetching ended early"),
            None => std::future::pending().await,
        };
        self.fetching = None;
        match done.flatten() {
            Ok(()) => self.record.staged(Timestamp::now()),
            Err(error) => {
                tracing::error!("the release cannot be tried: {error:#}");
                if let Some(wanted) = self.record.wanted.clone() {
                    let version = Some(wanted.manifest.version);
                    self.record.refuse(version, wanted.counter, &format!("{error:#}"));
                }
                files::clean(&self.state, &self.record);
            }
        }
        self.record.save(&self.state)?;
        Ok(self.record.trial.is_some())
    }

    /// The collector has stored a report of this program. Whether that ended its trial.
    pub fn reported(&mut self) -> Result<bool> {
        let kept = self.record.reported(&self.me);
        if kept {
            tracing::info!(version = %self.me.version, "this release has reported: it is kept");
            self.record.save(&self.state)?;
            files::clean(&self.state, &self.record);
        }
        Ok(kept)
    }

    fn cancel(&mut self) {
        if let Some(task) = self.fetching.take() {
            task.abort();
        }
    }
}

impl Drop for Updater {
    fn drop(&mut self) {
        self.cancel();
    }
}
