//! A device in this process: keys and certificate of its own, reports made by hand.

use super::collector::Collector;
use jiff::Timestamp;
use kiemke_schemas::{
    enrolment::MachineFingerprint,
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

pub async fn enrol(collector: &Collector, token: &str, host_name: &str) -> Identity {
    let machine = MachineFingerprint {
        host_name: host_name.into(),
        board_serial: Some(format!("BOARD-{host_name}")),
        ..MachineFingerprint::default()
    };
    client(collector).enrol(token, None, machine).await.unwrap()
}

pub fn client(collector: &Collector) -> enrolment::Collector {
    let ca = fs::read(collector.ca_path()).unwrap();
    enrolment::Collector::new(collector.url().parse().unwrap(), &ca).unwrap()
}

pub fn trust(collector: &Collector) -> Arc<RootCertStore> {
    roots(&fs::read(collector.ca_path()).unwrap()).unwrap()
}

/// A healthy workstation under another name.
pub fn machine(host_name: &str) -> Machine {
    let catalogue = Catalogue::load().unwrap();
    let office = Office {
        catalogue: &catalogue,
        seed: 5,
        unit: "760",
        host_prefix: "E2E",
        lines: Vec::new(),
        echo_url: "https://127.0.0.1/api/v1/echo",
        now: Timestamp::now(),
    };
    let mut machine = generate::workstation(&office, 0).unwrap();
    machine.operating_system.host_name = host_name.to_owned();
    machine.hardware.serial = Some(format!("SN{host_name}"));
    machine
}

/// A sealed full report, the first of its boot.
pub fn sealed_report(identity: &Identity) -> Vec<u8> {
    let mut reporter = Reporter::new(identity.device.clone(), identity.boot);
    let json = reporter.full(&machine("E2E-PC001"), Timestamp::now()).unwrap().json;
    seal(identity, &json)
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
