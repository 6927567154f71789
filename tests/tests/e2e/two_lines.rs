//! An office with two lines: the agent learns the public address of each, over the adapter that leads there.

use crate::support::{
    agent::Agent, collector::Collector, database::Database, machine::cabled_office, network::Space, runtime,
};
use serde_json::{Value, json};
use std::{fs, net::Ipv4Addr, path::Path};

const UNIT: &str = "26746";
const COLLECTOR: Ipv4Addr = Ipv4Addr::new(113, 161, 7, 1);

/// The gateways of both lines stand in the other space, and so does the collector. Addresses of the Internet, which no
/// frame leaves for: private ones tell no line.
fn build() -> Option<(Space, Space)> {
    let (own, office) = (Space::new("two")?, Space::new("lines")?);
    office.shell(
        "ip link add office type bridge; ip addr add 113.161.7.1/24 dev office\n\
         ip addr add 27.72.9.1/24 dev office; ip link set office up",
    );
    own.shell(
        "echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter",
    );
    own.plug_into(&office, "eth0", "d4:be:d9:00:00:02", "113.161.7.2/24");
    own.plug_into(&office, "eth1", "d4:be:d9:00:00:03", "27.72.9.2/24");
    own.shell(
        "ip route add default via 113.161.7.1 dev eth0 metric 100\n\
         ip route add default via 27.72.9.1 dev eth1 metric 200",
    );
    Some((own, office))
}

/// What the adapter's driver tells.
fn describe_second_adapter(root: &Path) {
    let folder = root.join("sys/class/net/eth1");
    fs::create_dir_all(folder.join("device")).unwrap();
    for (name, content) in [
        ("type", "1\n"),
        ("address", "d4:be:d9:00:00:03\n"),
        ("addr_assign_type", "0\n"),
        ("operstate", "up\n"),
        ("device/vendor", "0x8086\n"),
    ] {
        fs::write(folder.join(name), content).unwrap();
    }
}

#[test]
fn each_default_route_has_its_public_address() {
    let Some((own, office)) = build() else { return };
    let collector = Collector::start_in(&office, COLLECTOR);
    let root = cabled_office();
    describe_second_adapter(root.path());
    let agent = Agent::enrol_in(&own, root.path(), &collector, &collector.token("760"), UNIT);
    agent.run_once();
    let link =
        runtime().block_on(async { Database::open(&collector).await.section(&agent.device(), "link").await });
    let told = |answer: &Value| json!([answer["interface"], answer["gateway"], answer["address"]]);
    let answers = link["value"]["public_addresses"].as_array().unwrap_or_else(|| panic!("{link}"));
    assert_eq!(
        answers.iter().map(told).collect::<Vec<_>>(),
        [json!(["eth0", "113.161.7.1", "113.161.7.2"]), json!(["eth1", "27.72.9.1", "27.72.9.2"])]
    );
    assert!(link["problems"].as_array().is_none_or(Vec::is_empty), "{link}");
}
