//! What an agent sends, counted frame by frame in a network that the test makes itself: one office with a
//! router, the collector, a stranger's computer and a phone.

use crate::support::{
    agent::Agent,
    collector::Collector,
    machine::cabled_office,
    network::{Counter, Sent, Space, Times},
    router::{self, COMMUNITY, Router},
    run, wait_for,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, net::Ipv4Addr, time::Duration};
use tempfile::TempDir;

const UNIT: &str = "26746";
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 213, 77, 1);
const MDNS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const OWN_MAC: [u8; 6] = [0xd4, 0xbe, 0xd9, 0, 0, 2];
/// Of Dell's computers and of Samsung's phones.
const COMPUTER_MAC: &str = "d4:be:d9:00:00:01";
const PHONE_MAC: &str = "bc:8c:cd:00:00:01";

struct Office {
    own: Space,
    office: Space,
    _strangers: Space,
}

impl Office {
    fn build() -> Option<Self> {
        let (own, office, strangers) = (Space::new("own")?, Space::new("office")?, Space::new("str")?);
        office.shell(&format!(
            "ip link add office type bridge; ip addr add {GATEWAY}/24 dev office; ip link set office up"
        ));
        own.plug_into(&office, "eth0", "d4:be:d9:00:00:02", "10.213.77.2/24");
        own.shell(&format!("ip route add default via {GATEWAY}"));
        strangers.plug_into(&office, "eth0", COMPUTER_MAC, "10.213.77.50/24");
        strangers.plug_into(&office, "eth1", PHONE_MAC, "10.213.77.51/24");
        Some(Self { own, office, _strangers: strangers })
    }
}

struct Running {
    collector: Collector,
    agent: Agent,
    device: String,
    counter: Counter,
    router: Router,
    _root: TempDir,
}

impl Running {
    fn start(office: &Office) -> Option<Self> {
        let ports = [(1, "WAN1", true, Some("113.160.1.2")), (2, "LAN", true, Some("10.213.77.1"))];
        let router = router::made_up_at(&ports, Some(&office.office), GATEWAY)?;
        let collector = Collector::start_in(&office.office, GATEWAY);
        let (root, counter) = (cabled_office(), Counter::start(&office.own, OWN_MAC));
        let mut agent = Agent::enrol_in(&office.own, root.path(), &collector, &collector.token("760"), UNIT);
        agent.start();
        let device = agent.device();
        Some(Self { collector, agent, device, counter, router, _root: root })
    }

    fn wait_for_facts(&self, what: &str, check: impl Fn(&Value) -> bool) {
        wait_for(what, || {
            let shown = self.collector.json(&["device", "show", &self.device, "--json"]);
            check(&shown["facts"]).then_some(())
        });
    }

    /// A whole round of probes, and what it sent.
    fn look_round(&self) -> Vec<Sent> {
        // It found something to tell, or it did not.
        let rounds = || ["nothing new", "stored report="].map(|end| self.agent.log().matches(end).count());
        let before = rounds();
        self.collector.command(&["device", "scan", &self.device]);
        wait_for("the agent looks at itself", || (rounds() != before).then_some(()));
        self.counter.take().into_keys().collect()
    }

    fn is_quiet(&self, sent: &[Sent]) {
        let (http, mqtt) = (self.collector.http, self.collector.mqtt);
        let allowed = [Sent::Arp(GATEWAY), Sent::Tcp(GATEWAY, http), Sent::Tcp(GATEWAY, mqtt)];
        let strange: Vec<_> = sent.iter().filter(|one| !allowed.contains(one)).collect();
        assert!(strange.is_empty(), "sent to others than the collector: {strange:?}");
        assert!(sent.contains(&Sent::Tcp(GATEWAY, mqtt)), "{sent:?}");
    }

    fn status(&self) -> String {
        run(&mut self.agent.command(&["status"]))
    }
}

const QUIET: &str = "switched on   nothing: this agent speaks to its collector alone";

#[test]
fn an_agent_speaks_to_its_collector_alone_until_its_unit_switches_something_on() {
    let Some(office) = Office::build() else { return };
    let Some(running) = Running::start(&office) else { return };
    running.wait_for_facts("the first report is stored", Value::is_object);
    running.is_quiet(&running.look_round());
    assert!(running.status().contains(QUIET), "{}", running.status());

    let file = running.collector.folder.path().join("settings.toml");
    let settings = format!(
        "neighbours = true\nsweep = true\nmdns = true\n[[snmp]]\nrole = \"router\"\nhost = \"gateway\"\nport = {}\n\
         version = \"2c\"\ncommunity = \"{COMMUNITY}\"\n",
        running.router.port
    );
    fs::write(&file, settings).unwrap();
    running.collector.command(&["settings", "set", UNIT, file.to_str().unwrap()]);
    running.wait_for_facts("the router and the strangers are found", |facts| {
        let neighbours = facts["neighbours"].as_array().map_or(0, Vec::len);
        facts["router_lines"][0]["interface"] == json!("WAN1") && neighbours == 3
    });
    let sent = running.counter.take();
    let polls: Vec<_> = sent.keys().filter(|one| matches!(one, Sent::Udp(..))).copied().collect();
    assert_eq!(polls, [Sent::Udp(GATEWAY, running.router.port), Sent::Udp(MDNS, 5353)]);
    assert_eq!(sent[&Sent::Udp(MDNS, 5353)].count, 1);
    swept_once_and_slowly(&sent);
    let status = running.status();
    for line in ["router poll by SNMP v2c: gateway", "tables of neighbours", "ARP sweep", "multicast DNS"] {
        assert!(status.contains(line), "{line}: {status}");
    }
    only_the_computer_is_unmanaged(&running);

    running.collector.command(&["settings", "clear", UNIT]);
    running.wait_for_facts("what was found is told no more", |facts| {
        facts["router_lines"] == json!([]) && facts.get("neighbours").is_none()
    });
    assert!(running.status().contains(QUIET), "{}", running.status());
    running.counter.take();
    running.is_quiet(&running.look_round());
}

/// Each address of the own /24 but the own one, 25 a second at most.
fn swept_once_and_slowly(sent: &BTreeMap<Sent, Times>) {
    let asked = |host: u8| sent.get(&Sent::Arp(Ipv4Addr::new(10, 213, 77, host)));
    let others = (3..=254).map(|host| asked(host).map(|times| times.count));
    assert!(others.clone().all(|count| count == Some(1)), "{:?}", others.collect::<Vec<_>>());
    assert_eq!((asked(0), asked(2), asked(255)), (None, None, None));
    let took = asked(254).unwrap().first - asked(3).unwrap().first;
    assert!(took >= Duration::from_secs(9), "{took:?}");
    assert!(sent.keys().all(|one| !matches!(one, Sent::Other(_))), "{sent:?}");
}

fn only_the_computer_is_unmanaged(running: &Running) {
    let flags = running.collector.json(&["flags", "--unit", UNIT, "--json"]);
    let unmanaged: Vec<_> =
        flags.as_array().unwrap().iter().filter(|flag| flag["rule"] == "endpoint.unmanaged").collect();
    assert_eq!(unmanaged.len(), 1, "{flags}");
    assert_eq!(
        unmanaged[0]["evidence"],
        json!({"computers_without_agent": [{
            "address": "10.213.77.50", "mac": COMPUTER_MAC, "vendor": "Dell Inc.", "name": null,
            "confidence_permille": 850,
        }]})
    );
}
