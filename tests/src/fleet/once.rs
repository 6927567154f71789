//! Brings a scene to a collector: enrol, report, apply what changes during the run, write the files.

use super::{
    agent::Agent,
    change,
    enrolment::Collector,
    files,
    identity::{self, Identities, Identity},
    machine::Machine,
    profile::Scene,
    units::Tokens,
};
use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use rustls::RootCertStore;
use sha2::{Digest, Sha256};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// Enrolments and first reports under way at a time.
const AT_A_TIME: usize = 32;

pub struct Target {
    pub collector: Collector,
    pub ca_pem: Vec<u8>,
    pub roots: Arc<RootCertStore>,
    pub tokens: Tokens,
    pub out: Option<PathBuf>,
    pub time_limit: Duration,
}

/// Every report of the scene stored; the agents stay connected.
pub async fn bring(scene: Scene, target: &Target) -> Result<Vec<Agent>> {
    let identities = enrol(&scene.machines, target).await?;
    let devices: Vec<_> = identities.iter().map(|identity| identity.device.clone()).collect();
    if let Some(out) = &target.out {
        files::write_declarations(&out.join("declarations.csv"), &scene.declarations)?;
        files::write_checks(&out.join("security-checks.csv"), &scene.checks, &devices)?;
    }
    let agents = scene
        .machines
        .into_iter()
        .zip(identities)
        .map(|(machine, identity)| Agent::new(machine, identity, &target.roots))
        .collect::<Result<Vec<_>>>()?;
    let mut agents = first_reports(agents, target.time_limit).await?;
    let mut stored = agents.len();
    for later in &scene.later {
        let now = Timestamp::now();
        let mut machines: Vec<_> = agents.iter_mut().map(|agent| &mut agent.machine).collect();
        for (at, seen) in change::apply(&mut machines, later, now) {
            agents[at].report_changes(vec![seen], Instant::now() + target.time_limit).await?;
            stored += 1;
        }
    }
    println!("{stored} reports of {} agents stored", agents.len());
    Ok(agents)
}

async fn first_reports(agents: Vec<Agent>, limit: Duration) -> Result<Vec<Agent>> {
    let deadline = Instant::now() + limit;
    let results: Vec<_> = stream::iter(agents)
        .map(|mut agent| async move {
            let result = agent.report_full(deadline).await;
            (agent, result)
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    let failures = results.iter().filter_map(|(agent, result)| Some((agent, result.as_ref().err()?)));
    let failures: Vec<_> =
        failures.map(|(agent, error)| format!("{}: {error:#}", agent.machine.host_name())).collect();
    if !failures.is_empty() {
        let shown = failures.iter().take(5).cloned().collect::<Vec<_>>().join("; ");
        bail!("{} of {} reports were not stored: {shown}", failures.len(), results.len());
    }
    Ok(results.into_iter().map(|(agent, _)| agent).collect())
}

/// Identities kept from an earlier run on the same collector are used again.
async fn enrol(machines: &[Machine], target: &Target) -> Result<Vec<Identity>> {
    let path = target.out.as_deref().map(|out| identities_path(out, &target.ca_pem));
    let mut known = match &path {
        Some(path) => identity::load(path)?,
        None => Identities::new(),
    };
    let name = |machine: &Machine| format!("{}/{}", machine.unit, machine.host_name());
    let fresh: Vec<_> = machines.iter().filter(|machine| !known.contains_key(&name(machine))).collect();
    let enrolled: Vec<_> = stream::iter(fresh)
        .map(|machine| async move {
            let token = target.tokens.of_unit(&machine.unit);
            let identity = target.collector.enrol(token, Some(&machine.unit), machine.fingerprint()).await;
            identity.with_context(|| machine.host_name().to_owned()).map(|identity| (name(machine), identity))
        })
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await?;
    println!("{} agents enrolled, {} known from before", enrolled.len(), known.len());
    known.extend(enrolled);
    if let Some(path) = &path {
        identity::save(path, &known)?;
    }
    let of = |machine: &Machine| known.get(&name(machine)).cloned().context("an agent without identity");
    machines.iter().map(of).collect()
}

/// One file a collector: its CA tells them apart.
fn identities_path(out: &Path, ca_pem: &[u8]) -> PathBuf {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(ca_pem)[..6]);
    out.join(format!("identities-{hash}.json"))
}
