//! A device in this process: keys and certificate of its own, reports made by hand.

use super::collector::Collector;
use jiff::Timestamp;
use kiemke_schemas::{
    envelope::{self, Purpose},
    topic::{self, Channel},
};
use kiemke_tests::fleet::{
    catalogue::Catalogue,
    enrolment,
    generate::{self, Office},
    identity::{Identity, roots},
    machine::Machine,
    report::Reporter,
};
use rustls::RootCertStore;
use std::{fs, path::PathBuf, sync::Arc};

/// A device on the machine of this name.
pub async fn enrol(collector: &Collector, token: &str, host_name: &str) -> Identity {
    client(collector).enrol(token, None, machine(host_name).fingerprint()).await.unwrap()
}

pub fn client(collector: &Collector) -> enrolment::Collector {
    let ca = fs::read(collector.ca_path()).unwrap();
    enrolment::Collector::new(collector.url().parse().unwrap(), &ca).unwrap()
}

pub fn trust(collector: &Collector) -> Arc<RootCertStore> {
    roots(&fs::read(collector.ca_path()).unwrap()).unwrap()
}

/// A healthy workstation; another name is another machine.
pub fn machine(host_name: &str) -> Machine {
    let catalogue = Catalogue::load().unwrap();
    let office = Office {
        catalogue: &catalogue,
        seed: 5,
        unit: host_name,
        host_prefix: "E2E",
        lines: Vec::new(),
        echo_url: "https://127.0.0.1/api/v1/echo",
        now: Timestamp::now(),
    };
    let mut machine = generate::workstation(&office, 0).unwrap();
    machine.operating_system.host_name = host_name.to_owned();
    machine
}

/// A full report of the machine of this name, the first of its boot.
pub fn report(identity: &Identity, host_name: &str) -> Vec<u8> {
    let mut reporter = Reporter::new(identity.device.clone(), identity.boot);
    reporter.full(&machine(host_name), Timestamp::now()).unwrap().json
}

pub fn seal(identity: &Identity, json: &[u8]) -> Vec<u8> {
    envelope::seal(json, identity.device.as_str(), Purpose::Report, &identity.report_key).unwrap()
}

pub fn topic(identity: &Identity, channel: Channel) -> String {
    topic::of(&identity.device, channel)
}

/// Certificate and key as files, for clients of other makers.
pub struct Files {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

pub fn files(collector: &Collector, name: &str, certificate: &str, key: &str) -> Files {
    let folder = collector.folder.path();
    let files = Files {
        certificate: folder.join(format!("{name}.cert.pem")),
        key: folder.join(format!("{name}.key.pem")),
    };
    fs::write(&files.certificate, certificate).unwrap();
    fs::write(&files.key, key).unwrap();
    files
}
