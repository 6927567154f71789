//! Numbers, composes, seals and spools reports.

use super::{agent_version, news::News, sections::SectionStore};
use crate::spool::{Id, Spool, format::Carries};
use anyhow::{Context, Result};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId, Report, ReportKind, SCHEMA_VERSION, SectionName,
    envelope::{self, Purpose},
    observation::Observation,
};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// More than this wait in vain; the oldest go first.
const OBSERVATIONS_KEPT: usize = 500;

pub struct Composer {
    device: DeviceId,
    key: SigningKey,
    boot: u64,
    sequence: u64,
    /// Changed since the last report.
    sections: BTreeSet<SectionName>,
    observations: Vec<Observation>,
    /// The next report must be a full one: the first after a start, on demand, after one was lost.
    full: bool,
}

impl Composer {
    pub fn new(device: DeviceId, key: SigningKey, boot: u64) -> Self {
        Self {
            device,
            key,
            boot,
            sequence: 0,
            sections: BTreeSet::new(),
            observations: Vec::new(),
            full: true,
        }
    }

    pub fn take(&mut self, news: News) {
        self.sections.extend(news.sections);
        self.observe(news.observations);
    }

    pub fn observe(&mut self, observations: impl IntoIterator<Item = Observation>) {
        self.observations.extend(observations);
        let surplus = self.observations.len().saturating_sub(OBSERVATIONS_KEPT);
        self.observations.drain(..surplus);
    }

    pub fn want_full(&mut self) {
        self.full = true;
    }

    /// Whether there is anything to report: an unchanged hour makes none.
    pub fn has_news(&self) -> bool {
        self.full || !self.sections.is_empty() || !self.observations.is_empty()
    }

    /// [`Self::spool`], and a full report where state had to make room: the current state is always in the spool.
    pub fn spool_all(&mut self, store: &SectionStore, spool: &mut Spool) -> Result<()> {
        self.full |= spool.take_lost();
        let full = self.full;
        let spooled = self.spool(store, spool)?;
        // What a full report pushed out is in it.
        if spool.take_lost() && !full {
            self.full = true;
            self.spool(store, spool)?;
            spool.take_lost();
        }
        match spooled {
            Some(id) => tracing::info!(report = %id, "spooled"),
            None => tracing::debug!("nothing new"),
        }
        Ok(())
    }

    /// Seals a report of all news and puts it into the spool; `None` where there is no news.
    pub fn spool(&mut self, store: &SectionStore, spool: &mut Spool) -> Result<Option<Id>> {
        if !self.has_news() {
            return Ok(None);
        }
        let sequence = self.sequence + 1;
        let report = self.report(store, sequence)?;
        let json = serde_json::to_vec(&report)?;
        let sealed = envelope::seal(&json, self.device.as_str(), Purpose::Report, &self.key)
            .with_context(|| format!("a report of {} bytes cannot be sealed", json.len()))?;
        let id = Id { boot: self.boot, sequence };
        let carries = if report.sections.is_empty() { Carries::ObservationsOnly } else { Carries::State };
        spool
            .put(id, report.created_at, carries, &sealed)
            .context("the report cannot be put into the spool")?;
        // From here on the report exists: what it carried is no news any more.
        self.sequence = sequence;
        self.sections.clear();
        self.observations.clear();
        self.full = false;
        Ok(Some(id))
    }

    fn report(&self, store: &SectionStore, sequence: u64) -> Result<Report> {
        let names = store.observed_at().keys().filter(|name| self.full || self.sections.contains(name));
        let mut sections: BTreeMap<SectionName, Box<RawValue>> = BTreeMap::new();
        for name in names {
            let text = store.text(*name)?.with_context(|| format!("section {name} was lost from disk"))?;
            sections.insert(*name, RawValue::from_string(text)?);
        }
        let observed_at = store.observed_at().iter().filter(|(name, _)| sections.contains_key(name));
        Ok(Report {
            schema: SCHEMA_VERSION,
            device: self.device.clone(),
            boot: self.boot,
            sequence,
            created_at: Timestamp::now(),
            agent: agent_version(),
            kind: if self.full { ReportKind::Full } else { ReportKind::Delta },
            observed_at: observed_at.map(|(name, at)| (*name, *at)).collect(),
            sections,
            observations: self.observations.clone(),
            state_digest: store.digest(),
        })
    }
}

#[cfg(test)]
mod tests;
