//! Reports of one simulated agent: counts, section texts and the digest over all of them.

use super::machine::Machine;
use anyhow::Result;
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId, Report, ReportKind, SCHEMA_VERSION, SectionName,
    digest::{SectionHash, StateDigest},
    observation::Observation,
    report::AgentVersion,
};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub struct Reporter {
    device: DeviceId,
    boot: u64,
    sequence: u64,
    hashes: BTreeMap<SectionName, SectionHash>,
}

/// A report as JSON, with what identifies its answer.
#[derive(Debug, Clone)]
pub struct Draft {
    pub sequence: u64,
    pub json: Vec<u8>,
}

impl Reporter {
    pub fn new(device: DeviceId, boot: u64) -> Self {
        Self { device, boot, sequence: 0, hashes: BTreeMap::new() }
    }

    pub fn full(&mut self, machine: &Machine, now: Timestamp) -> Result<Draft> {
        let sections = read(machine)?;
        self.hashes = sections.iter().map(|(name, raw)| (*name, SectionHash::of(raw.get()))).collect();
        self.draft(ReportKind::Full, sections, Vec::new(), now)
    }

    /// The sections that changed since the last report; `None` where nothing did.
    pub fn delta(
        &mut self,
        machine: &Machine,
        observations: Vec<Observation>,
        now: Timestamp,
    ) -> Result<Option<Draft>> {
        let mut sections = read(machine)?;
        sections.retain(|name, raw| {
            let hash = SectionHash::of(raw.get());
            self.hashes.insert(*name, hash) != Some(hash)
        });
        if sections.is_empty() && observations.is_empty() {
            return Ok(None);
        }
        self.draft(ReportKind::Delta, sections, observations, now).map(Some)
    }

    fn draft(
        &mut self,
        kind: ReportKind,
        sections: BTreeMap<SectionName, Box<RawValue>>,
        observations: Vec<Observation>,
        now: Timestamp,
    ) -> Result<Draft> {
        self.sequence += 1;
        let report = Report {
            schema: SCHEMA_VERSION,
            device: self.device.clone(),
            boot: self.boot,
            sequence: self.sequence,
            created_at: now,
            agent: AgentVersion {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                target: "kiemke-fleet".to_owned(),
            },
            kind,
            observed_at: sections.keys().map(|name| (*name, now)).collect(),
            sections,
            observations,
            state_digest: StateDigest::of(&self.hashes),
        };
        Ok(Draft { sequence: self.sequence, json: serde_json::to_vec(&report)? })
    }
}

fn read(machine: &Machine) -> Result<BTreeMap<SectionName, Box<RawValue>>> {
    // Neighbours are sent only where a unit switched them on.
    let sent = SectionName::ALL.into_iter().filter(|name| *name != SectionName::Neighbour);
    sent.map(|name| Ok((name, machine.section(name)?))).collect()
}
