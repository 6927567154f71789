//! Keeps a fleet alive: every agent stays connected, and every so often something changes on one of them.

use super::{agent::Agent, change, generate};
use jiff::Timestamp;
use rand::RngExt;
use std::time::Duration;
use tokio::time::Instant;

const REPORT_LIMIT: Duration = Duration::from_secs(300);

/// Until Ctrl-C; with `pace` seconds between changes over the whole fleet, on average.
pub async fn run(agents: Vec<Agent>, seed: u64, pace: Duration) {
    println!("{} agents stay connected; Ctrl-C ends", agents.len());
    let mean = pace.saturating_mul(agents.len().max(1) as u32);
    let tasks: Vec<_> = agents
        .into_iter()
        .enumerate()
        .map(|(number, agent)| tokio::spawn(live(agent, seed, number, mean)))
        .collect();
    let _ = tokio::signal::ctrl_c().await;
    for task in tasks {
        task.abort();
    }
}

async fn live(mut agent: Agent, seed: u64, number: usize, mean: Duration) {
    let rng = &mut generate::rng(seed, &agent.machine.unit, "live", number);
    loop {
        let wait = mean.mul_f64(rng.random_range(0.2..1.8));
        if let Err(error) = agent.idle(wait).await {
            tracing::error!(host = agent.machine.host_name(), "stops: {error:#}");
            return;
        }
        change::ordinary(&mut agent.machine, rng, Timestamp::now());
        if let Err(error) = agent.report_changes(Vec::new(), Instant::now() + REPORT_LIMIT).await {
            tracing::error!(host = agent.machine.host_name(), "{error:#}");
        }
    }
}
