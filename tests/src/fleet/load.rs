//! Load: many agents, each sending full reports as fast as answers allow.

use super::{
    address::{OfficeLine, VNPT},
    catalogue::Catalogue,
    generate::{self, Office, peripheral},
    identity::Identity,
    machine::Machine,
    once::Target,
    report::Reporter,
    session::{Session, open_command},
};
use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use kiemke_schemas::{
    command::Body,
    envelope::{self, Purpose},
    section::peripheral::Kind,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Barrier, time::timeout};

pub struct Plan {
    pub agents: usize,
    pub reports: usize,
    pub at_a_time: usize,
    pub seed: u64,
}

/// Different machines whose sections the agents share: what differs between reports is cheap to make.
const MACHINES: usize = 40;

struct Loaded {
    identity: Arc<Identity>,
    session: Session,
    sealed: Vec<Vec<u8>>,
    answers: Vec<bytes::Bytes>,
    latencies: Vec<Duration>,
}

pub async fn run(plan: &Plan, target: &Target) -> Result<()> {
    let machines = machines(plan.seed, &target.collector.echo_url()?)?;
    let identities = enrol(plan, target, &machines).await?;
    let sealed = seal_all(plan, &machines, &identities)?;
    let agents = connect(plan, target, identities, sealed).await?;
    let agents = send(agents, target.time_limit).await?;
    check_answers(&agents, plan.reports)
}

fn machines(seed: u64, echo_url: &str) -> Result<Vec<Machine>> {
    let catalogue = Catalogue::load()?;
    let rng = &mut generate::rng(seed, "load", "line", 0);
    let office = Office {
        catalogue: &catalogue,
        seed,
        unit: "load",
        host_prefix: "LOAD",
        lines: vec![OfficeLine::new(VNPT, 1000, rng)],
        echo_url,
        now: Timestamp::now(),
    };
    (0..MACHINES)
        .map(|index| {
            let mut machine = generate::workstation(&office, index)?;
            for kind in [Kind::Printer, Kind::Token] {
                machine.peripherals.devices.push(peripheral(&office, kind, index)?);
            }
            Ok(machine)
        })
        .collect()
}

async fn enrol(plan: &Plan, target: &Target, machines: &[Machine]) -> Result<Vec<Arc<Identity>>> {
    let started = Instant::now();
    let identities: Vec<_> = stream::iter(0..plan.agents)
        .map(|number| {
            let fingerprint = machine(machines, plan.seed, number).fingerprint();
            async move {
                let identity = target.collector.enrol(target.tokens.first(), None, fingerprint).await;
                identity.map(Arc::new).with_context(|| format!("agent {number}"))
            }
        })
        .buffered(plan.at_a_time)
        .try_collect()
        .await?;
    figure("enrolments", plan.agents, started.elapsed());
    Ok(identities)
}

/// The machine of one agent: its own name, serials and addresses.
fn machine(machines: &[Machine], seed: u64, number: usize) -> Machine {
    let rng = &mut generate::rng(seed, "load", "machine", number);
    let mut machine = machines[number % MACHINES].clone();
    machine.operating_system.host_name = format!("LOAD-{number:06}");
    machine.operating_system.machine_id = Some(generate::uuid(rng));
    machine.hardware.serial = Some(generate::serial("LD", 12, rng));
    machine.hardware.uuid = Some(generate::uuid(rng));
    if let Some(board) = &mut machine.hardware.board {
        board.serial = Some(generate::serial("/", 18, rng));
    }
    for interface in &mut machine.network.interfaces {
        interface.mac = Some(generate::mac(rng));
    }
    for thing in &mut machine.peripherals.devices {
        thing.serial = Some(generate::serial("LP", 12, rng));
    }
    machine
}

/// Before the clock runs: every report of an agent differs from the one before in a program's version and
/// in the used storage.
fn seal_all(plan: &Plan, machines: &[Machine], identities: &[Arc<Identity>]) -> Result<Vec<Vec<Vec<u8>>>> {
    let started = Instant::now();
    let mut bytes = 0;
    let mut all = Vec::with_capacity(identities.len());
    for (number, identity) in identities.iter().enumerate() {
        let mut machine = machine(machines, plan.seed, number);
        let mut reporter = Reporter::new(identity.device.clone(), identity.boot);
        let mut sealed = Vec::with_capacity(plan.reports);
        for report in 0..plan.reports {
            if let Some(package) = machine.software.packages.first_mut() {
                package.version = Some(format!("1.0.{report}"));
            }
            for volume in &mut machine.storage.file_systems {
                volume.used_bytes = volume.used_bytes.map(|used| used + 1_048_576);
            }
            let json = reporter.full(&machine, Timestamp::now())?.json;
            let key = &identity.report_key;
            sealed.push(envelope::seal(&json, identity.device.as_str(), Purpose::Report, key)?);
        }
        bytes += sealed.iter().map(Vec::len).sum::<usize>();
        all.push(sealed);
    }
    let reports = plan.agents * plan.reports;
    println!(
        "sealed beforehand: {reports} reports of {} bytes on average, in {:.1} s",
        bytes / reports.max(1),
        started.elapsed().as_secs_f64()
    );
    Ok(all)
}

async fn connect(
    plan: &Plan,
    target: &Target,
    identities: Vec<Arc<Identity>>,
    sealed: Vec<Vec<Vec<u8>>>,
) -> Result<Vec<Loaded>> {
    let started = Instant::now();
    let agents: Vec<_> = stream::iter(identities.into_iter().zip(sealed))
        .map(|(identity, sealed)| async move {
            let session = Session::open(&identity, identity.tls(&target.roots)?).await?;
            let (answers, latencies) = (Vec::with_capacity(sealed.len()), Vec::with_capacity(sealed.len()));
            anyhow::Ok(Loaded { identity, session, sealed, answers, latencies })
        })
        .buffer_unordered(plan.at_a_time)
        .try_collect()
        .await?;
    figure("connects (mutual TLS, subscribed)", plan.agents, started.elapsed());
    Ok(agents)
}

async fn send(agents: Vec<Loaded>, limit: Duration) -> Result<Vec<Loaded>> {
    let start = Arc::new(Barrier::new(agents.len() + 1));
    let tasks: Vec<_> = agents
        .into_iter()
        .map(|mut agent| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                let result = timeout(limit, send_all(&mut agent)).await;
                (agent, result.context("not stored in time").flatten())
            })
        })
        .collect();
    start.wait().await;
    let started = Instant::now();
    let mut agents = Vec::with_capacity(tasks.len());
    let mut failures = Vec::new();
    for task in tasks {
        let (agent, result) = task.await?;
        failures.extend(result.err().map(|error| format!("{}: {error:#}", agent.identity.device)));
        agents.push(agent);
    }
    let elapsed = started.elapsed();
    let mut latencies: Vec<_> = agents.iter().flat_map(|agent| &agent.latencies).copied().collect();
    latencies.sort_unstable();
    figure("reports answered", latencies.len(), elapsed);
    let at = |permille: usize| latencies.get((latencies.len().max(1) - 1) * permille / 1000).copied();
    let ms = |permille| at(permille).unwrap_or_default().as_secs_f64() * 1000.0;
    println!(
        "latency, report sent to stored: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms",
        ms(500),
        ms(950),
        ms(990)
    );
    if let Some(first) = failures.first() {
        bail!("{} agents failed, the first: {first}", failures.len());
    }
    Ok(agents)
}

async fn send_all(agent: &mut Loaded) -> Result<()> {
    for sealed in std::mem::take(&mut agent.sealed) {
        let sent = Instant::now();
        agent.session.publish_report(sealed).await?;
        agent.answers.push(agent.session.next_envelope().await?);
        agent.latencies.push(sent.elapsed());
    }
    Ok(())
}

/// After the clock: every answer is signed and says `stored` of the report it answers.
fn check_answers(agents: &[Loaded], reports: usize) -> Result<()> {
    for agent in agents {
        for (at, answer) in agent.answers.iter().enumerate() {
            match open_command(&agent.identity, answer)? {
                Body::Stored { boot, sequence }
                    if (boot, sequence) == (agent.identity.boot, at as u64 + 1) => {}
                other => bail!("{}: report {} was answered {other:?}", agent.identity.device, at + 1),
            }
        }
    }
    println!("all {} answers are signed by the collector and say stored", agents.len() * reports);
    Ok(())
}

fn figure(what: &str, number: usize, elapsed: Duration) {
    let seconds = elapsed.as_secs_f64();
    println!("{what}: {number} in {seconds:.2} s, {:.0}/s", number as f64 / seconds.max(1e-9));
}
