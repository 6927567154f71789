use crate::{
    identity::{authority::IssuedCertificate, directory::Directory},
    ingest::{Ingest, Packet, Verdict, known::KnownSections, writer::Writer},
    store::{Store, enrolments::NewDevice},
};
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId, Report, ReportKind, SCHEMA_VERSION, SectionName,
    digest::{SectionHash, StateDigest},
    enrolment::MachineFingerprint,
    envelope::{self, Purpose},
    observation::Observation,
    report::AgentVersion,
};
use serde_json::value::RawValue;
use std::{collections::BTreeMap, sync::Arc};

pub const UUID: &str = "4c4c4544-0042-4810-8056-b4c04f4d3232";
pub const NOW: &str = "2024-05-01T00:00:00Z";

pub type Texts = BTreeMap<SectionName, String>;

/// A collector without a broker, and one enrolled device.
pub struct Bench {
    pub store: Store,
    pub directory: Arc<Directory>,
    pub key: SigningKey,
    pub device: DeviceId,
    pub ingest: Ingest,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let key = SigningKey::from_bytes(&[7; 32]);
        let device = DeviceId::of_key(key.verifying_key().as_bytes());
        let directory = Arc::new(Directory::default());
        enrol(&store, &device, key.verifying_key().as_bytes()).await;
        directory.put(&store.device(device.as_str()).await.unwrap().unwrap()).unwrap();
        let known = Arc::new(KnownSections::default());
        let (writer, _) = Writer::start(&store, known.clone(), || {}).unwrap();
        let ingest = Ingest::new(writer, known, &SigningKey::from_bytes(&[9; 32]));
        Self { store, directory, key, device, ingest, _folder: folder }
    }

    /// As the broker would hand it over.
    pub async fn publish(&self, payload: Vec<u8>) -> Verdict {
        let packet = Packet {
            device: self.device.clone(),
            member: self.directory.get(&self.device).unwrap(),
            peer: None,
            payload: Bytes::from(payload),
            received_at: NOW.parse().unwrap(),
        };
        self.ingest.take(packet).await.verdict
    }

    pub async fn send(&self, report: &Report) -> Verdict {
        self.publish(self.seal(&serde_json::to_vec(report).unwrap())).await
    }

    pub fn seal(&self, json: &[u8]) -> Vec<u8> {
        envelope::seal(json, self.device.as_str(), Purpose::Report, &self.key).unwrap()
    }

    pub fn full(&self, stamp: (u64, u64), texts: &Texts) -> Report {
        self.report(stamp, ReportKind::Full, texts, &digest(texts))
    }

    /// `held`: what the agent says it holds after this.
    pub fn delta(&self, stamp: (u64, u64), texts: &Texts, held: &Texts) -> Report {
        self.report(stamp, ReportKind::Delta, texts, &digest(held))
    }

    fn report(&self, stamp: (u64, u64), kind: ReportKind, texts: &Texts, digest: &StateDigest) -> Report {
        let at: Timestamp = NOW.parse().unwrap();
        Report {
            schema: SCHEMA_VERSION,
            device: self.device.clone(),
            boot: stamp.0,
            sequence: stamp.1,
            created_at: at,
            agent: AgentVersion { version: "1.0.0".into(), target: "test".into() },
            kind,
            sections: texts
                .iter()
                .map(|(name, text)| (*name, RawValue::from_string(text.clone()).unwrap()))
                .collect(),
            observed_at: texts.keys().map(|name| (*name, at)).collect(),
            observations: Vec::<Observation>::new(),
            state_digest: digest.clone(),
        }
    }

    /// What the store holds.
    pub async fn texts(&self) -> Texts {
        let sections = self.store.sections(self.device.as_str()).await.unwrap();
        sections.into_iter().map(|section| (section.name, section.text)).collect()
    }

    /// (section, path, old, new), oldest first.
    pub async fn history(&self) -> Vec<(String, String, Option<String>, Option<String>)> {
        sqlx::query_as(
            "SELECT section, path, old_value, new_value FROM device_change ORDER BY boot, sequence, section, path",
        )
        .fetch_all(self.store.reader())
        .await
        .unwrap()
    }

    pub async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(self.store.reader()).await.unwrap()
    }

    /// Bodies of the commands that wait for the device.
    pub async fn orders(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT body FROM command ORDER BY counter")
            .fetch_all(self.store.reader())
            .await
            .unwrap()
    }
}

async fn enrol(store: &Store, device: &DeviceId, key: &[u8; 32]) {
    let at: Timestamp = NOW.parse().unwrap();
    let certificate = IssuedCertificate { pem: String::new(), serial: "51".into(), ends_at: at };
    let machine = MachineFingerprint {
        system_uuid: Some(UUID.into()),
        board_serial: Some("BRD-0001".into()),
        ..Default::default()
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_device(&NewDevice {
        id: device.as_str(),
        unit: "760",
        report_key: key,
        certificate: &certificate,
        machine: &machine,
        continues: None,
        token: "t",
        at,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

pub fn digest(texts: &Texts) -> StateDigest {
    StateDigest::of(&texts.iter().map(|(name, text)| (*name, SectionHash::of(text))).collect())
}

pub fn storage(disk: &str) -> String {
    format!(r#"{{"value":{{"disks":[{{"name":"sda","model":"{disk}"}}],"file_systems":[]}}}}"#)
}

pub fn software(version: &str) -> String {
    format!(r#"{{"value":{{"packages":[{{"name":"bash","source":"dpkg","version":"{version}"}}]}}}}"#)
}

pub fn texts(disk: &str, version: &str) -> Texts {
    BTreeMap::from([(SectionName::Storage, storage(disk)), (SectionName::Software, software(version))])
}

pub fn stored(boot: u64, sequence: u64) -> Verdict {
    Verdict::Stored { boot, sequence, order: false }
}
