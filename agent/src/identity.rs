//! Who this agent is: keys, certificate, and the collector it belongs to. One file, so that it changes whole.

use crate::state_dir::StateDir;
use anyhow::{Context, Result, bail};
use data_encoding::BASE64;
use ed25519_dalek::{SigningKey, VerifyingKey};
use jiff::Timestamp;
use kiemke_schemas::{DeviceId, release};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

const FILE: &str = "identity.json";
const SUPERSEDED: &str = "enrol-anew.json";

#[derive(Clone, Serialize, Deserialize)]
pub struct Identity {
    pub device: DeviceId,
    pub unit: String,
    pub collector: Url,
    pub mqtt_host: String,
    pub mqtt_port: u16,
    /// How the collector's web certificate is checked.
    pub web_trust: WebTrust,
    pub enrolled_at: Timestamp,
    pub interval_seconds: u32,
    /// Seed of the Ed25519 key that signs reports, base64.
    pub(crate) report_key: String,
    /// PKCS#8, PEM.
    pub tls_key: String,
    pub certificate: String,
    pub ca: String,
    /// Ed25519 public key that signs commands, base64.
    pub(crate) collector_key: String,
    /// Ed25519 public key that signs releases, base64. Once known it changes with a new enrolment only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WebTrust {
    CollectorCa,
    System,
}

/// Why the collector wants this machine to enrol anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    pub reason: String,
    pub at: Timestamp,
}

pub struct Keys {
    pub report: SigningKey,
    pub collector: VerifyingKey,
}

/// What enrolment found out; the rest of an identity is made from it.
pub struct Enrolled {
    pub response: kiemke_schemas::enrolment::EnrolResponse,
    pub collector: Url,
    pub web_trust: WebTrust,
    pub report_key: SigningKey,
    pub tls_key: String,
}

impl Identity {
    pub fn new(enrolled: Enrolled, now: Timestamp) -> Result<Self> {
        let Enrolled { response, collector, web_trust, report_key, tls_key } = enrolled;
        let own = DeviceId::of_key(report_key.verifying_key().as_bytes());
        if response.device != own {
            bail!("field device: the collector answered {} where this key is {own}", response.device);
        }
        let host = collector.host_str().map(|host| host.trim_matches(['[', ']']).to_owned());
        let identity = Self {
            device: own,
            unit: response.unit,
            mqtt_host: response.mqtt_host.or(host).context("field collector: the URL has no host")?,
            mqtt_port: response.mqtt_port,
            collector,
            web_trust,
            enrolled_at: now,
            interval_seconds: response.report_interval_seconds,
            report_key: BASE64.encode(report_key.as_bytes()),
            tls_key,
            certificate: response.certificate,
            ca: response.ca,
            collector_key: response.collector_key,
            release_key: response.release_key,
        };
        identity.keys()?;
        if let Some(key) = &identity.release_key {
            release::parse_key(key).context("field release_key")?;
        }
        Ok(identity)
    }

    pub fn load(state: &StateDir) -> Result<Option<Self>> {
        state.read(FILE)
    }

    /// The identity to run with: enrolled, and not told to enrol anew.
    pub fn for_running(state: &StateDir) -> Result<Self> {
        let identity = Self::load(state)?.with_context(|| {
            format!("not enrolled: no identity in {}; see kiemke-agent enrol --help", state.path().display())
        })?;
        if let Some(superseded) = Superseded::load(state)? {
            bail!("the collector wants this computer to enrol anew (enrol --anew): {}", superseded.reason);
        }
        Ok(identity)
    }

    pub fn save(&self, state: &StateDir) -> Result<()> {
        state.write(FILE, self)
    }

    pub fn keys(&self) -> Result<Keys> {
        let bytes = |text: &str, field: &str| -> Result<[u8; 32]> {
            let bytes =
                BASE64.decode(text.as_bytes()).with_context(|| format!("field {field}: not base64"))?;
            bytes.try_into().map_err(|_| anyhow::anyhow!("field {field}: not 32 bytes"))
        };
        Ok(Keys {
            report: SigningKey::from_bytes(&bytes(&self.report_key, "report_key")?),
            collector: VerifyingKey::from_bytes(&bytes(&self.collector_key, "collector_key")?)
                .context("field collector_key: not an Ed25519 key")?,
        })
    }

    pub fn url(&self, path: &str) -> Result<Url> {
        self.collector
            .join(path)
            .with_context(|| format!("field collector: {} cannot take a path", self.collector))
    }
}

/// Never the keys.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("device", &self.device)
            .field("unit", &self.unit)
            .finish_non_exhaustive()
    }
}

impl Superseded {
    pub fn load(state: &StateDir) -> Result<Option<Self>> {
        state.read(SUPERSEDED)
    }

    pub fn save(&self, state: &StateDir) -> Result<()> {
        state.write(SUPERSEDED, self)
    }

    /// After a new enrolment.
    pub fn clear(state: &StateDir) -> Result<()> {
        match crate::durable::remove(&state.file(SUPERSEDED)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}
