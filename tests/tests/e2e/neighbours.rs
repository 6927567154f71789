//! What agents read from their systems' tables of neighbours, in a network that the test makes itself.

use crate::support::{
    agent::Agent, collector::Collector, database::Database, machine::cabled_office, network::Space, runtime,
    wait_for, wine::Windows,
};
use serde_json::{Value, json};
use std::{fs, net::Ipv4Addr};

const UNIT: &str = "26746";
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 213, 78, 1);
const MAC: &str = "d4:be:d9:00:00:01";
const MAC_6: &str = "d4:be:d9:00:00:06";

struct Office {
    own: Space,
    collector: Collector,
    _office: Space,
}

impl Office {
    /// Besides the collector the system knows two neighbours, of whom one has an IPv6 address alone.
    fn build() -> Option<Self> {
        let (own, office) = (Space::new("own")?, Space::new("office")?);
        office.shell(&format!(
            "ip link add office type bridge; ip addr add {GATEWAY}/24 dev office; ip link set office up"
        ));
        own.plug_into(&office, "eth0", "d4:be:d9:00:00:02", "10.213.78.2/24");
        own.shell(&format!(
            "ip route add default via {GATEWAY}; echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6
             ip neigh add 10.213.78.50 lladdr {MAC} dev eth0 nud reachable
             ip neigh add fe80::6 lladdr {MAC_6} dev eth0 nud reachable"
        ));
        let collector = Collector::start_in(&office, GATEWAY);
        Some(Self { own, collector, _office: office })
    }

    fn switch_on(&self, settings: &str) {
        let file = self.collector.folder.path().join("settings.toml");
        fs::write(&file, settings).unwrap();
        self.collector.command(&["settings", "set", UNIT, file.to_str().unwrap()]);
    }

    /// Address and MAC of each neighbour but the collector, which is the gateway.
    fn neighbours(&self, device: &str) -> Vec<(Value, Value)> {
        let shown = self.collector.json(&["device", "show", device, "--json"]);
        let all = shown["facts"]["neighbours"].as_array().cloned().unwrap_or_default();
        let others = all.into_iter().filter(|one| one["address"] != json!(GATEWAY.to_string()));
        others.map(|one| (one["address"].clone(), one["mac"].clone())).collect()
    }

    /// Kind and source of each.
    fn problems(&self, device: &str) -> Vec<(Value, Value)> {
        let section = runtime()
            .block_on(async { Database::open(&self.collector).await.section(device, "neighbour").await });
        let problems = section["problems"].as_array().cloned().unwrap_or_default();
        problems.into_iter().map(|one| (one["kind"].clone(), one["source"].clone())).collect()
    }
}

#[test]
fn an_agent_reports_neighbours_of_both_protocols() {
    let Some(office) = Office::build() else { return };
    let root = cabled_office();
    let token = office.collector.token(UNIT);
    let mut agent = Agent::enrol_in(&office.own, root.path(), &office.collector, &token, UNIT);
    office.switch_on("neighbours = true\n");
    agent.start();
    let device = agent.device();
    let expected = [(json!("10.213.78.50"), json!(MAC)), (json!("fe80::6"), json!(MAC_6))];
    wait_for("both are told", || (office.neighbours(&device) == expected).then_some(()));
}

/// Wine has the table of IPv4, and says of the rest that it cannot be asked.
#[test]
fn an_agent_on_wine_reports_neighbours_and_what_wine_lacks() {
    let Some(office) = Office::build() else { return };
    let Some(windows) = Windows::start_in(&office.own) else { return };
    let (url, token) = (office.collector.url(), office.collector.token(UNIT));
    let ca = Windows::name_of(&office.collector.ca_path());
    let enrol = ["enrol", "--collector", &url, "--token", &token, "--ca", &ca];
    let said = windows.run(&mut windows.agent(&enrol));
    let device = said.split_whitespace().nth(2).unwrap().to_owned();
    office.switch_on("neighbours = true\nsweep = true\n");
    let mut agent = windows.agent(&["run"]).spawn().unwrap();
    let expected = [(json!("10.213.78.50"), json!(MAC))];
    wait_for("the neighbour is told", || (office.neighbours(&device) == expected).then_some(()));
    let unsupported = |source: &str| (json!("unsupported"), json!(source));
    let lacking = [unsupported("GetIpNetTable2, IPv6"), unsupported("SendARP")];
    wait_for("what Wine lacks is told", || (office.problems(&device) == lacking).then_some(()));
    agent.kill().unwrap();
    agent.wait().unwrap();
}
