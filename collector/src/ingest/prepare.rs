//! What can be done with a packet without the store: verify, unpack, decode, hash, pack what changed.

use super::{
    Packet,
    known::{Hashes, KnownSections},
    rejection::Rejection,
};
use crate::store::{
    ingest::{Source, Stamp},
    sections,
};
use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId, Report, ReportKind, Section, SectionName,
    digest::{SectionHash, StateDigest},
    envelope::{EnvelopeError, Purpose, Unverified},
    observation::Observation,
    report::ReportError,
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, neighbour::Neighbours,
        network::Network, operating_system::OperatingSystem, peripheral::Peripherals, software::Software,
        storage::Storage,
    },
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

pub struct PreparedReport {
    pub device: DeviceId,
    pub stamp: Stamp,
    pub kind: ReportKind,
    pub created_at: Timestamp,
    pub received_at: Timestamp,
    pub bytes: usize,
    pub agent_version: String,
    pub agent_target: String,
    pub sections: Vec<PreparedSection>,
    pub observations: Vec<Observation>,
    /// Over the sections sent.
    pub sent_digest: StateDigest,
    /// What the agent says of all sections it holds.
    pub state_digest: StateDigest,
}

impl PreparedReport {
    pub fn source(&self) -> Source<'_> {
        Source {
            device: self.device.as_str(),
            stamp: self.stamp,
            created_at: self.created_at,
            received_at: self.received_at,
        }
    }
}

pub struct PreparedSection {
    pub name: SectionName,
    pub hash: SectionHash,
    pub text: Box<RawValue>,
    pub observed_at: Timestamp,
    /// The text as the store takes it; `None` where the section is believed not to have changed.
    pub packed: Option<Vec<u8>>,
}

pub fn prepare(packet: &Packet, known: &KnownSections) -> Result<PreparedReport, Rejection> {
    let json = open(packet)?;
    let report = Report::from_json(&json).map_err(|error| undecodable(&json, &error))?;
    let (boot, sequence) = (report.boot, report.sequence);
    if report.device != packet.device {
        let detail = format!("field device: {} signed as {}", report.device, packet.device);
        return Err(Rejection::new("wrong-device", detail).at(boot, sequence));
    }
    let hashes = report.section_hashes();
    let sent_digest = StateDigest::of(&hashes);
    let stored = known.get(&report.device);
    let sections = prepare_sections(report.sections, &report.observed_at, &hashes, stored.as_deref())
        .map_err(|rejection| rejection.at(boot, sequence))?;
    Ok(PreparedReport {
        device: report.device,
        stamp: Stamp { boot, sequence },
        kind: report.kind,
        created_at: report.created_at,
        received_at: packet.received_at,
        bytes: packet.payload.len(),
        agent_version: report.agent.version,
        agent_target: report.agent.target,
        sections,
        observations: report.observations,
        sent_digest,
        state_digest: report.state_digest,
    })
}

fn open(packet: &Packet) -> Result<Vec<u8>, Rejection> {
    let envelope = Unverified::parse(&packet.payload).map_err(|error| sealed_badly(&error))?;
    let signer = envelope.device().map_err(|error| sealed_badly(&error))?;
    if signer != packet.device {
        let detail = format!("header kid: {signer} on the topic of {}", packet.device);
        return Err(Rejection::new("wrong-device", detail));
    }
    let key = VerifyingKey::from_bytes(&packet.member.key)
        .map_err(|error| Rejection::new("signature", format!("key of {signer}: {error}")))?;
    envelope.open(Purpose::Report, &key).map_err(|error| sealed_badly(&error))
}

fn sealed_badly(error: &EnvelopeError) -> Rejection {
    let reason = match error {
        EnvelopeError::TooLarge(_) | EnvelopeError::UnpackedTooLarge => "too-large",
        EnvelopeError::Signature => "signature",
        EnvelopeError::Cose(_) | EnvelopeError::Header { .. } => "envelope",
        EnvelopeError::Compression(_) => "compression",
    };
    Rejection::new(reason, error.to_string())
}

fn undecodable(json: &[u8], error: &ReportError) -> Rejection {
    #[derive(Deserialize)]
    struct StampOnly {
        boot: u64,
        sequence: u64,
    }
    let reason = match error {
        ReportError::SchemaVersion { .. } => "schema-version",
        ReportError::Json(_) => "json",
        ReportError::TooDeep { .. } => "too-deep",
        ReportError::Field { .. } | ReportError::Section { .. } => "content",
    };
    let rejection = Rejection::new(reason, error.to_string());
    match serde_json::from_slice::<StampOnly>(json) {
        Ok(stamp) => rejection.at(stamp.boot, stamp.sequence),
        Err(_) => rejection,
    }
}

fn prepare_sections(
    raw: std::collections::BTreeMap<SectionName, Box<RawValue>>,
    observed_at: &std::collections::BTreeMap<SectionName, Timestamp>,
    hashes: &Hashes,
    stored: Option<&Hashes>,
) -> Result<Vec<PreparedSection>, Rejection> {
    raw.into_iter()
        .filter_map(|(name, text)| Some((name, text, *hashes.get(&name)?, *observed_at.get(&name)?)))
        .map(|(name, text, hash, observed_at)| {
            let unchanged = stored.is_some_and(|stored| stored.get(&name) == Some(&hash));
            let packed = if unchanged { None } else { Some(pack(name, text.get())?) };
            Ok(PreparedSection { name, hash, text, observed_at, packed })
        })
        .collect()
}

/// Checks that a section reads as its type, so that nothing behind the store meets one that does not.
pub fn pack(name: SectionName, text: &str) -> Result<Vec<u8>, Rejection> {
    let bad = |error: &dyn std::fmt::Display| Rejection::new("content", format!("section {name}: {error}"));
    check(name, text).map_err(|error| bad(&error))?;
    sections::pack(text).map_err(|error| bad(&error))
}

fn check(name: SectionName, text: &str) -> Result<(), serde_json::Error> {
    fn reads_as<T: DeserializeOwned>(text: &str) -> Result<(), serde_json::Error> {
        serde_json::from_str::<Section<T>>(text).map(drop)
    }
    match name {
        SectionName::Antivirus => reads_as::<Antivirus>(text),
        SectionName::Hardware => reads_as::<Hardware>(text),
        SectionName::Link => reads_as::<Links>(text),
        SectionName::Load => reads_as::<Load>(text),
        SectionName::Neighbour => reads_as::<Neighbours>(text),
        SectionName::Network => reads_as::<Network>(text),
        SectionName::OperatingSystem => reads_as::<OperatingSystem>(text),
        SectionName::Peripheral => reads_as::<Peripherals>(text),
        SectionName::Software => reads_as::<Software>(text),
        SectionName::Storage => reads_as::<Storage>(text),
    }
}
