use super::election::{self, Candidate};
use crate::{
    inventory::device::{DeviceKind, DeviceState},
    settings::unit::UnitSettings,
    store::{Store, time},
};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::settings::RemoteSettings;
use std::collections::BTreeMap;

/// What holds for the agents of one unit now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Network → device.
    pub elected: BTreeMap<String, String>,
    /// By device; everything off where nothing is set.
    pub told: BTreeMap<String, RemoteSettings>,
}

pub async fn plan(
    store: &Store,
    unit: &str,
    settings: &UnitSettings,
    former: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<Plan> {
    let candidates = candidates(store, unit).await?;
    let failover = SignedDuration::from_mins(i64::from(settings.failover_minutes()));
    let elected = if settings.needs_election() {
        election::elect(&candidates, former, failover, now)
    } else {
        BTreeMap::new()
    };
    let mut sizes = BTreeMap::<String, usize>::new();
    for one in candidates.iter().filter(|one| elected.contains_key(&one.network)) {
        *sizes.entry(one.network.clone()).or_default() += 1;
    }
    let all = settings.snmp.clone().unwrap_or_default();
    let told = candidates.iter().map(|one| {
        let chosen = elected.get(&one.network) == Some(&one.device);
        let own = match chosen {
            true => settings.of_elected(election::targets(&one.network, &sizes, &all)),
            false => settings.of_every_agent(),
        };
        (one.device.clone(), own)
    });
    Ok(Plan { told: told.collect(), elected })
}

/// Agents of the unit that may talk.
async fn candidates(store: &Store, unit: &str) -> Result<Vec<Candidate>> {
    let codes = [unit.to_owned()];
    let mut facts: BTreeMap<String, _> =
        store.facts_of_units(&codes).await?.into_iter().map(|facts| (facts.device.clone(), facts)).collect();
    let mut found = Vec::new();
    for row in store.devices_of(&codes).await? {
        if row.state()? != DeviceState::Active || row.report_key.is_none() {
            continue;
        }
        let facts = facts.remove(&row.id);
        found.push(Candidate {
            network: facts.as_ref().and_then(|facts| facts.networks.first().cloned()).unwrap_or_default(),
            connected: row.connected != 0,
            heard_at: time::parse_optional(row.last_seen_at.as_deref())?,
            portable: facts.is_some_and(|facts| facts.kind == DeviceKind::Laptop),
            enrolled_at: time::parse(&row.enrolled_at)?,
            device: row.id,
        });
    }
    Ok(found)
}
