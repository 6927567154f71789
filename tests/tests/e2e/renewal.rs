//! An agent whose certificate nears its end, or is past it, gets a new one by itself and goes on reporting.

use crate::support::{agent::Agent, collector::Collector, database::Database, run, runtime, wait_for};
use data_encoding::HEXLOWER;
use jiff::{ToSpan, Zoned};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, SerialNumber,
    date_time_ymd,
};
use serde_json::Value;
use std::fs;

const UNIT: &str = "26746";

fn identity(agent: &Agent) -> Value {
    serde_json::from_str(&fs::read_to_string(agent.state().join("identity.json")).unwrap()).unwrap()
}

fn status(agent: &Agent) -> Value {
    serde_json::from_str(&run(&mut agent.command(&["status", "--json"]))).unwrap()
}

/// The agent's own certificate, serial and all, as if it had been issued so many days ago, to end in so many.
fn age(agent: &Agent, collector: &Collector, issued_days_ago: i64, ends_in_days: i64) {
    let read = |name: &str| fs::read_to_string(collector.data().join(name)).unwrap();
    let issuer =
        Issuer::from_ca_cert_pem(&read("ca.pem"), KeyPair::from_pem(&read("ca.key")).unwrap()).unwrap();
    let mut identity = identity(agent);
    let day = |days: i64| {
        let date = Zoned::now().date().checked_add(days.days()).unwrap();
        date_time_ymd(date.year().into(), date.month().try_into().unwrap(), date.day().try_into().unwrap())
    };
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, identity["device"].as_str().unwrap());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    (params.not_before, params.not_after) = (day(-issued_days_ago), day(ends_in_days));
    let device = identity["device"].as_str().unwrap();
    let serial =
        runtime().block_on(async { Database::open(collector).await.certificate_serial(device).await });
    params.serial_number = Some(SerialNumber::from(HEXLOWER.decode(serial.as_bytes()).unwrap()));
    let key = KeyPair::from_pem(identity["tls_key"].as_str().unwrap()).unwrap();
    identity["certificate"] = params.signed_by(&key, &issuer).unwrap().pem().into();
    fs::write(agent.state().join("identity.json"), identity.to_string()).unwrap();
}

/// Runs the agent until its certificate is a new one and a report came; both as the collector keeps them.
fn renews(issued_days_ago: i64, ends_in_days: i64) {
    let collector = Collector::with_units();
    let mut agent = Agent::enrol(&collector, &collector.token("760"), UNIT);
    let device = agent.device();
    age(&agent, &collector, issued_days_ago, ends_in_days);
    let old = identity(&agent);
    agent.start();
    let new = wait_for("the certificate is renewed", || {
        let now = identity(&agent);
        (now["certificate"] != old["certificate"]).then_some(now)
    });
    assert_ne!(new["tls_key"], old["tls_key"], "a new certificate has a new key");
    assert_eq!((&new["device"], &new["report_key"]), (&old["device"], &old["report_key"]));
    let next_year = Zoned::now().checked_add(300.days()).unwrap().timestamp();
    let ends: jiff::Timestamp = status(&agent)["certificate_ends_at"].as_str().unwrap().parse().unwrap();
    assert!(ends > next_year, "{ends}");
    let runtime = runtime();
    wait_for("a report comes with the new certificate", || {
        let reports = runtime.block_on(async { Database::open(&collector).await.reports(&device).await });
        (!reports.is_empty()).then_some(())
    });
    assert!(collector.log().contains("certificate renewed"), "{}", collector.log());
    assert!(agent.log().contains("the certificate was renewed"), "{}", agent.log());
}

#[test]
fn a_certificate_past_two_thirds_of_its_term_is_renewed_before_it_ends() {
    renews(300, 60);
}

#[test]
fn a_computer_that_was_off_past_the_end_of_its_certificate_comes_back() {
    renews(400, -20);
}

#[test]
fn a_young_certificate_stays() {
    let collector = Collector::with_units();
    let mut agent = Agent::enrol(&collector, &collector.token("760"), UNIT);
    age(&agent, &collector, 100, 260);
    let (old, device) = (identity(&agent), agent.device());
    agent.start();
    let runtime = runtime();
    wait_for("a report comes", || {
        let reports = runtime.block_on(async { Database::open(&collector).await.reports(&device).await });
        (!reports.is_empty()).then_some(())
    });
    assert_eq!(identity(&agent)["certificate"], old["certificate"]);
    assert!(!collector.log().contains("certificate renewed"), "{}", collector.log());
}
