//! Clients that mean harm, with Mosquitto's tools: each is refused, each leaves a trace, nothing is stored.

use crate::support::{
    collector::Collector,
    database::Database,
    device::{self, Files, files, topic},
    on_path, runtime, said, skipped, wait_for,
};
use ed25519_dalek::SigningKey;
use kiemke_schemas::{
    envelope::{self, Purpose},
    topic::Channel,
};
use kiemke_tests::fleet::identity::Identity;
use std::{
    fs,
    io::Write,
    process::{Command, Output},
    time::Duration,
};
use tokio::runtime::Runtime;

struct Scene {
    collector: Collector,
    runtime: Runtime,
    attacker: Identity,
    attacker_files: Files,
    victim: Identity,
}

const ATTACKER: &str = "ATTACKER-PC001";
const VICTIM: &str = "VICTIM-PC001";
const PROTOCOLS: [&str; 2] = ["mqttv311", "mqttv5"];

fn scene() -> Option<Scene> {
    if !on_path("mosquitto_pub") || !on_path("mosquitto_sub") {
        skipped("mosquitto_pub and mosquitto_sub are not there (mosquitto-clients)");
        return None;
    }
    let (collector, runtime) = (Collector::with_units(), runtime());
    let token = collector.token("760");
    let attacker = runtime.block_on(device::enrol(&collector, &token, ATTACKER));
    let victim = runtime.block_on(device::enrol(&collector, &token, VICTIM));
    let attacker_files = files(&collector, "attacker", &attacker.certificate, &attacker.tls_key);
    Some(Scene { collector, runtime, attacker, attacker_files, victim })
}

impl Scene {
    /// `mosquitto_pub` or `mosquitto_sub` with the attacker's certificate and client id.
    fn tool(&self, program: &str, protocol: &str) -> Command {
        let mut tool = self.anonymous(program, protocol);
        tool.args(["-i", self.attacker.device.as_str(), "--cert"]).arg(&self.attacker_files.certificate);
        tool.arg("--key").arg(&self.attacker_files.key);
        tool
    }

    fn anonymous(&self, program: &str, protocol: &str) -> Command {
        let mut tool = Command::new(program);
        tool.args(["-h", "127.0.0.1", "-p", &self.collector.mqtt.to_string(), "-V", protocol, "-q", "1"]);
        tool.arg("--cafile").arg(self.collector.ca_path());
        tool
    }

    fn payload(&self, sealed: &[u8]) -> std::path::PathBuf {
        let path = self.collector.folder.path().join("payload");
        fs::write(&path, sealed).unwrap();
        path
    }

    fn rejections(&self) -> Vec<String> {
        self.runtime.block_on(async { Database::open(&self.collector).await.rejections().await })
    }

    fn stored(&self) -> u64 {
        self.runtime.block_on(async { Database::open(&self.collector).await.report_count().await })
    }

    /// The attack leaves one more row of this reason and stores nothing.
    fn refused(&self, reason: &str, attack: impl FnOnce() -> Output) -> Output {
        let count = |scene: &Self| scene.rejections().iter().filter(|found| *found == reason).count();
        let (before, stored) = (count(self), self.stored());
        let output = attack();
        wait_for(&format!("a rejection {reason:?}; {}", said(&output)), || {
            (count(self) > before).then_some(())
        });
        assert_eq!(self.stored(), stored, "something was stored: {}", said(&output));
        assert!(self.collector.log().contains(reason), "the log does not say {reason}");
        output
    }
}

#[test]
fn without_a_certificate_of_the_ca_nobody_connects() {
    let Some(scene) = scene() else { return };
    let foreign = rcgen::generate_simple_self_signed(vec![scene.victim.device.to_string()]).unwrap();
    let foreign =
        files(&scene.collector, "foreign", &foreign.cert.pem(), &foreign.signing_key.serialize_pem());
    for protocol in PROTOCOLS {
        let report = topic(&scene.victim, Channel::Report);
        let mut none = scene.anonymous("mosquitto_pub", protocol);
        none.args(["-i", scene.victim.device.as_str(), "-t", &report, "-m", "x"]);
        let mut other = scene.anonymous("mosquitto_pub", protocol);
        other.args(["-i", scene.victim.device.as_str(), "-t", &report, "-m", "x"]);
        other.arg("--cert").arg(&foreign.certificate).arg("--key").arg(&foreign.key);
        for mut attack in [none, other] {
            let lines = scene.collector.log().lines().count();
            let output = attack.output().unwrap();
            assert!(!output.status.success(), "{protocol}: {}", said(&output));
            wait_for("a line in the log", || (scene.collector.log().lines().count() > lines).then_some(()));
        }
    }
    assert_eq!(scene.stored(), 0);
}

#[test]
fn a_client_id_must_be_that_of_the_certificate() {
    let Some(scene) = scene() else { return };
    for protocol in PROTOCOLS {
        for id in [scene.victim.device.as_str(), "somebody"] {
            let output = scene.refused("wrong-client-id", || {
                let mut attack = scene.tool("mosquitto_pub", protocol);
                attack.args(["-i", id, "-t", &topic(&scene.victim, Channel::Report), "-m", "x"]);
                attack.output().unwrap()
            });
            assert!(!output.status.success(), "{protocol}: {}", said(&output));
        }
    }
}

#[test]
fn nobody_publishes_on_another_topic() {
    let Some(scene) = scene() else { return };
    let topics = [
        topic(&scene.victim, Channel::Report),
        topic(&scene.victim, Channel::Command),
        topic(&scene.attacker, Channel::Command),
        "kiemke/v1/anything".to_owned(),
    ];
    for protocol in PROTOCOLS {
        for topic in &topics {
            scene.refused("wrong-topic", || {
                scene.tool("mosquitto_pub", protocol).args(["-t", topic, "-m", "x"]).output().unwrap()
            });
        }
    }
}

#[test]
fn nobody_listens_to_another_topic() {
    let Some(scene) = scene() else { return };
    let filters = [
        "#".to_owned(),
        "kiemke/v1/+/command".to_owned(),
        "$share/collector/kiemke/v1/+/report".to_owned(),
        "$share/collector/#".to_owned(),
        topic(&scene.victim, Channel::Command),
        topic(&scene.victim, Channel::Report),
    ];
    for protocol in PROTOCOLS {
        for filter in &filters {
            let output = scene.refused("wrong-subscription", || {
                scene.tool("mosquitto_sub", protocol).args(["-t", filter, "-W", "3"]).output().unwrap()
            });
            assert!(output.stdout.is_empty(), "{protocol} {filter} heard {}", said(&output));
        }
    }
}

#[test]
fn a_will_may_only_be_the_devices_own_status() {
    let Some(scene) = scene() else { return };
    for protocol in PROTOCOLS {
        for will in [topic(&scene.victim, Channel::Status), topic(&scene.attacker, Channel::Report)] {
            let output = scene.refused("wrong-will-topic", || {
                let mut attack = scene.tool("mosquitto_pub", protocol);
                attack.args(["--will-topic", &will, "--will-payload", "x"]);
                attack.args(["-t", &topic(&scene.attacker, Channel::Status), "-m", "{}"]).output().unwrap()
            });
            assert!(!output.status.success(), "{protocol}: {}", said(&output));
        }
    }
}

#[test]
fn a_replayed_or_forged_envelope_is_not_stored() {
    let Some(scene) = scene() else { return };
    let of_victim = scene.payload(&device::seal(&scene.victim, &device::report(&scene.victim, VICTIM)));
    let own = topic(&scene.attacker, Channel::Report);
    let publish = |file: &std::path::Path, protocol: &str| {
        scene.tool("mosquitto_pub", protocol).args(["-t", &own, "-f"]).arg(file).output().unwrap()
    };
    for protocol in PROTOCOLS {
        scene.refused("wrong-device", || publish(&of_victim, protocol));
    }
    let forger = SigningKey::from_bytes(&[9; 32]);
    let forged = envelope::seal(b"{}", scene.attacker.device.as_str(), Purpose::Report, &forger).unwrap();
    let forged = scene.payload(&forged);
    for protocol in PROTOCOLS {
        scene.refused("signature", || publish(&forged, protocol));
    }
}

#[test]
fn what_cannot_be_read_is_refused_by_its_reason() {
    let Some(scene) = scene() else { return };
    let own = topic(&scene.attacker, Channel::Report);
    let report = String::from_utf8(device::report(&scene.attacker, ATTACKER)).unwrap();
    let sealed = device::seal(&scene.attacker, report.as_bytes());
    let seal = |json: &str| device::seal(&scene.attacker, json.as_bytes());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: [(&str, Vec<u8>); 7] = [
        ("envelope", sealed[..sealed.len() / 2].to_vec()),
        ("envelope", b"not an envelope".to_vec()),
        ("schema-version", seal(&report.replacen("\"schema\":1", "\"schema\":2", 1))),
        ("json", seal("{\"schema\":1}")),
        ("json", device::seal(&scene.attacker, b"{\"schema\":1,\"device\":\"\xff\xfe\"}")),
        ("content", seal(&report.replacen("\"products\":[", "\"products\":[7,", 1))),
        ("too-deep", seal(&report.replacen("\"value\":{", &format!("\"value\":{{\"x\":{deep},"), 1))),
    ];
    for (reason, payload) in cases {
        let file = scene.payload(&payload);
        scene.refused(reason, || {
            scene.tool("mosquitto_pub", "mqttv5").args(["-t", &own, "-f"]).arg(&file).output().unwrap()
        });
    }
}

#[test]
fn oversized_reports_and_bombs_are_refused() {
    let Some(scene) = scene() else { return };
    let own = topic(&scene.attacker, Channel::Report);
    for payload in [bomb(&scene.attacker), vec![0; envelope::MAX_PACKED_BYTES + 1]] {
        let file = scene.payload(&payload);
        scene.refused("too-large", || {
            scene.tool("mosquitto_pub", "mqttv5").args(["-t", &own, "-f"]).arg(&file).output().unwrap()
        });
    }
}

#[test]
fn a_revoked_device_is_out_at_its_next_packet() {
    let Some(scene) = scene() else { return };
    let own = topic(&scene.attacker, Channel::Command);
    let mut listener = scene.tool("mosquitto_sub", "mqttv5").args(["-t", &own]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert!(listener.try_wait().unwrap().is_none(), "the device may listen before it is revoked");
    scene.collector.command(&["device", "revoke", scene.attacker.device.as_str()]);
    let payload = scene.payload(&device::seal(&scene.attacker, &device::report(&scene.attacker, ATTACKER)));
    for protocol in PROTOCOLS {
        let output = scene.refused("device-not-active", || {
            let mut attack = scene.tool("mosquitto_pub", protocol);
            attack.args(["-t", &topic(&scene.attacker, Channel::Report), "-f"]).arg(&payload);
            attack.output().unwrap()
        });
        assert!(!output.status.success(), "{protocol}: {}", said(&output));
    }
    listener.kill().unwrap();
    listener.wait().unwrap();
}

/// Well signed, small, and 64 MiB when unpacked.
fn bomb(identity: &Identity) -> Vec<u8> {
    use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
    use ed25519_dalek::Signer;
    let mut packer = zstd::Encoder::new(Vec::new(), 19).unwrap();
    packer.window_log(19).unwrap();
    packer.write_all(&vec![b' '; 64 << 20]).unwrap();
    let payload = packer.finish().unwrap();
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(identity.device.as_str().as_bytes().to_vec())
        .build();
    CoseSign1Builder::new()
        .protected(protected)
        .payload(payload)
        .create_signature(b"kiemke/v1/report", |message| identity.report_key.sign(message).to_vec())
        .build()
        .to_tagged_vec()
        .unwrap()
}
