//! What a restored collector says reaches agents that know more than the backup does.

use crate::support::{agent::Agent, collector::Collector, wait_for};
use std::fs;

/// Counter of the newest order that the agent obeyed.
fn obeyed(agent: &Agent) -> u64 {
    let kept = fs::read_to_string(agent.state().join("orders.json")).ok();
    kept.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Orders a scan and waits until it is obeyed.
fn scan(collector: &Collector, agent: &Agent) {
    let before = obeyed(agent);
    collector.command(&["device", "scan", &agent.device()]);
    wait_for("the agent obeys", || (obeyed(agent) > before).then_some(()));
}

#[test]
fn orders_of_a_restored_collector_are_obeyed() {
    let mut collector = Collector::with_units();
    let mut agent = Agent::enrol(&collector, &collector.token("760"), "26746");
    agent.start();
    scan(&collector, &agent);
    let backup = collector.folder.path().join("backup.tar.zst");
    let backup = backup.to_str().unwrap();
    collector.command(&["backup", backup]);
    // The backup knows nothing of these.
    scan(&collector, &agent);
    scan(&collector, &agent);
    collector.kill();
    collector.command(&["restore", backup, "--force"]);
    collector.serve();
    scan(&collector, &agent);
}
