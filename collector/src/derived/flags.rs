use crate::{
    app::{App, needs},
    inventory::UnitInventory,
    rules::{self, Finding},
    store::flags::Flag,
};
use anyhow::Result;
use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Key = (String, String, Option<String>, Option<String>);

/// Opens what is found and was not open, closes what is open and was not found. Gives the units with
/// either.
pub async fn update(
    app: &App,
    inventories: &[UnitInventory],
    codes: &[String],
    now: Timestamp,
) -> Result<BTreeSet<String>> {
    let mut changed = BTreeSet::new();
    let mut open: BTreeMap<Key, Flag> = BTreeMap::new();
    for flag in app.store.open_flags(codes).await? {
        open.insert((flag.rule.clone(), flag.unit.clone(), flag.device.clone(), flag.system.clone()), flag);
    }
    let thresholds = app.thresholds();
    let evaluated = inventories.iter().flat_map(|inventory| rules::evaluate(inventory, &thresholds, now));
    let mut findings: Vec<Finding> = evaluated.collect();
    findings.extend(needs::share_findings(app, inventories, &findings, now).await?);
    let mut tx = app.store.begin().await?;
    for finding in findings {
        let evidence = serde_json::to_value(&finding.evidence)?;
        match open.remove(&key(&finding)) {
            None => {
                changed.insert(finding.unit.clone());
                tx.open_flag(&flag(finding, evidence, now)).await?;
            }
            Some(flag) if flag.evidence != evidence => tx.set_flag_evidence(&flag.id, &evidence).await?,
            Some(_) => {}
        }
    }
    for flag in open.into_values() {
        tx.close_flag(&flag.id, now).await?;
        changed.insert(flag.unit);
    }
    tx.commit().await?;
    Ok(changed)
}

fn key(finding: &Finding) -> Key {
    (finding.rule.to_owned(), finding.unit.clone(), finding.device.clone(), finding.system.clone())
}

fn flag(finding: Finding, evidence: Value, now: Timestamp) -> Flag {
    Flag {
        id: BASE32_NOPAD.encode(&rand::random::<[u8; 10]>()).to_ascii_lowercase(),
        rule: finding.rule.to_owned(),
        unit: finding.unit,
        device: finding.device,
        system: finding.system,
        since: now,
        closed_at: None,
        evidence,
    }
}
