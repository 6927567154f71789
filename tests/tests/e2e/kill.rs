//! `kill -9` at random moments under load: every report that an agent forgot is in the store, none twice in
//! the history. `KIEMKE_KILLS` sets the number of kills.

use crate::support::{
    agent::Agent as RealAgent,
    collector::Collector,
    database::Database,
    device::{self, machine, trust},
    runtime,
    spool::SpoolWatch,
    wait_for,
};
use kiemke_tests::fleet::agent::Agent;
use rand::RngExt;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinHandle, time::Instant};

const AGENTS: usize = 8;
const REAL_AGENTS: usize = 4;
const ANSWER_LIMIT: Duration = Duration::from_secs(120);

fn kills() -> usize {
    let asked = std::env::var("KIEMKE_KILLS").ok();
    asked.map_or(12, |number| number.parse().expect("KIEMKE_KILLS must be a number"))
}

fn pause(from: u64, to: u64) {
    std::thread::sleep(Duration::from_millis(rand::rng().random_range(from..to)));
}

#[test]
fn a_killed_collector_loses_nothing_and_stores_nothing_twice() {
    let (mut collector, runtime) = (Collector::with_units(), runtime());
    let token = collector.token("760");
    let stop = Arc::new(AtomicBool::new(false));
    let agents: Vec<_> = (0..AGENTS)
        .map(|number| {
            let agent = runtime.block_on(enrol(&collector, &token, number));
            runtime.spawn(report_on_and_on(agent, Arc::clone(&stop)))
        })
        .collect();
    for _ in 0..kills() / 2 {
        pause(200, 1500);
        collector.kill();
        collector.serve();
    }
    pause(300, 600);
    stop.store(true, Ordering::Relaxed);
    let agents: Vec<Agent> =
        agents.into_iter().map(|agent: JoinHandle<_>| runtime.block_on(agent).unwrap()).collect();
    collector.kill();
    runtime.block_on(check(&collector, &agents));
}

#[test]
fn a_killed_agent_loses_no_report_that_it_spooled() {
    let mut collector = Collector::with_units();
    let token = collector.token("760");
    let mut agents: Vec<_> = (0..REAL_AGENTS).map(|_| RealAgent::enrol(&collector, &token, "760")).collect();
    let spools: Vec<_> = agents.iter().map(|agent| SpoolWatch::start(&agent.state())).collect();
    agents.iter_mut().for_each(RealAgent::start);
    for kill in 0..kills().div_ceil(2) {
        pause(100, 1500);
        if kill % 4 == 3 {
            collector.kill();
            collector.serve();
            continue;
        }
        let victim = &mut agents[rand::rng().random_range(0..REAL_AGENTS)];
        victim.kill();
        victim.start();
    }
    for (agent, spool) in agents.iter().zip(&spools) {
        wait_for(&format!("an empty spool; {}", agent.log()), || {
            (!spool.seen().is_empty() && spool.waiting().is_empty()).then_some(())
        });
    }
    agents.iter_mut().for_each(RealAgent::kill);
    collector.kill();
    let stored = runtime().block_on(async { Database::open(&collector).await.all_reports().await });
    for (agent, spool) in agents.iter().zip(&spools) {
        let device = agent.device();
        let forgotten: Vec<_> = spool.seen().difference(&spool.waiting()).copied().collect();
        let lost: Vec<_> =
            forgotten.iter().filter(|stamp| !stored.contains(&(device.clone(), **stamp))).collect();
        assert!(lost.is_empty(), "{device}: left the spool and is not stored: {lost:?}");
        eprintln!("{device}: {} reports spooled, all stored", forgotten.len());
    }
}

async fn enrol(collector: &Collector, token: &str, number: usize) -> Agent {
    let host = format!("KILL-PC{number:03}");
    let identity = device::enrol(collector, token, &host).await;
    Agent::new(machine(&host), identity, &trust(collector)).unwrap()
}

/// Version n + 1 of one program after version n, each in a report of its own.
async fn report_on_and_on(mut agent: Agent, stop: Arc<AtomicBool>) -> Agent {
    set_version(&mut agent, 0);
    agent.report_full(Instant::now() + ANSWER_LIMIT).await.unwrap();
    for version in 1.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        set_version(&mut agent, version);
        agent.report_changes(Vec::new(), Instant::now() + ANSWER_LIMIT).await.unwrap();
    }
    agent.close().await;
    agent
}

fn set_version(agent: &mut Agent, version: u64) {
    agent.machine.software.packages[0].version = Some(version.to_string());
}

async fn check(collector: &Collector, agents: &[Agent]) {
    let mut database = Database::open(collector).await;
    let mut total = 0;
    for agent in agents {
        let device = agent.identity.device.as_str();
        let stored: BTreeSet<_> =
            database.reports(device).await.iter().map(|report| (report.boot, report.sequence)).collect();
        let lost: Vec<_> = agent.stored.iter().filter(|stamp| !stored.contains(stamp)).collect();
        assert!(lost.is_empty(), "{device}: said to be stored and not there: {lost:?}");
        let last: u64 = agent.machine.software.packages[0].version.as_deref().unwrap().parse().unwrap();
        let changes = database.changes(device, "software", "/version").await;
        let chain: Vec<_> = changes.into_iter().map(|change| (change.old, change.new)).collect();
        let text = |version: u64| Some(format!("\"{version}\""));
        let expected: Vec<_> = (1..=last).map(|version| (text(version - 1), text(version))).collect();
        assert!(chain == expected, "{device}: the history is not 0 to {last} once each: {chain:?}");
        total += agent.stored.len();
    }
    eprintln!("{} kills of the collector, {total} reports stored by {AGENTS} agents", kills() / 2);
    assert!(total > AGENTS, "there was load");
}
