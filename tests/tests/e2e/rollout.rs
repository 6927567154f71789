//! One token for a whole district: its rules lead each computer to its unit.

use crate::support::{agent::Agent, collector::Collector, run, said};
use serde_json::{Value, json};

const DISTRICT: &str = "760";
const WARD: &str = "26746";

fn unit_of(agent: &Agent) -> Value {
    let status: Value = serde_json::from_str(&run(&mut agent.command(&["status", "--json"]))).unwrap();
    status["unit"].clone()
}

fn token(collector: &Collector, rules: &[&str]) -> String {
    let mut arguments = vec!["token", "create", "--unit", DISTRICT, "--uses", "9"];
    arguments.extend(rules);
    collector.command(&arguments).trim().to_owned()
}

#[test]
fn the_rules_of_a_token_lead_to_a_unit_below() {
    let collector = Collector::with_units();
    // The request comes from the loopback.
    let by_subnet = token(&collector, &["--assign", "127.0.0.0/8=26746"]);
    assert_eq!(unit_of(&Agent::enrol_anywhere(&collector, &by_subnet)), json!(WARD));
    let elsewhere = token(&collector, &["--assign", "203.0.113.0/24=26746"]);
    assert_eq!(unit_of(&Agent::enrol_anywhere(&collector, &elsewhere)), json!(DISTRICT));
    let listed = collector.json(&["token", "list", "--json"]);
    assert_eq!(listed[0]["assign"], json!(["127.0.0.0/8=26746"]));

    let strict = token(&collector, &["--assign", "no-such-name-*=26746", "--strict"]);
    let output = Agent::unenrolled().enrol_command(&collector, &strict).output().unwrap();
    assert!(!output.status.success());
    let error = said(&output);
    assert!(error.contains("field unit: no rule of the token fits "), "{error}");
    assert!(error.contains("(127.0.0.1)") || error.contains(", 127.0.0.1)"), "{error}");
    assert!(error.contains("name the unit with --unit"), "{error}");
}

#[test]
fn wrong_rules_are_refused_when_the_token_is_made() {
    let collector = Collector::with_units();
    let refused = |rule: &str| collector.refused(&["token", "create", "--unit", DISTRICT, "--assign", rule]);
    for (rule, why) in [
        ("PC-*", "field assign: \"PC-*\" is not SUBNET=UNIT or PATTERN=UNIT"),
        (
            "10.1.2.3/24=26746",
            "field assign: 10.1.2.3/24 is an address inside of 10.1.2.0/24: write 10.1.2.0/24",
        ),
        ("10.1.2.0/24=99999", "field assign: 10.1.2.0/24=99999: there is no unit 99999"),
        ("PC-*=761", "field assign: PC-*=761: 761 does not lie at or below unit 760 of the token"),
    ] {
        let error = refused(rule);
        assert!(error.contains(why), "{rule}: {error}");
    }
    assert_eq!(collector.json(&["token", "list", "--json"]), json!([]));
}
