//! Keys and certificate of a simulated agent. With `--out` they are kept, so that a second run goes on as
//! the same devices; without, every run enrols new ones.

use anyhow::{Context, Result};
use ed25519_dalek::{SigningKey, VerifyingKey};
use kiemke_schemas::DeviceId;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io::Write, path::Path, sync::Arc};

#[derive(Debug, Clone)]
pub struct Identity {
    pub device: DeviceId,
    pub report_key: SigningKey,
    pub boot: u64,
    pub collector_key: VerifyingKey,
    pub mqtt_host: String,
    pub mqtt_port: u16,
    pub interval_seconds: u32,
    pub certificate: String,
    pub tls_key: String,
}

impl Identity {
    /// TLS of this device; a server is believed when the collector's CA signed it.
    pub fn tls(&self, roots: &Arc<RootCertStore>) -> Result<Arc<ClientConfig>> {
        let chain = CertificateDer::pem_slice_iter(self.certificate.as_bytes()).collect::<Result<_, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(self.tls_key.as_bytes())?;
        let config = ClientConfig::builder()
            .with_root_certificates(Arc::clone(roots))
            .with_client_auth_cert(chain, key)
            .context("client certificate")?;
        Ok(Arc::new(config))
    }
}

pub fn roots(ca_pem: &[u8]) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem) {
        roots.add(certificate.context("--ca: not a PEM certificate")?).context("--ca")?;
    }
    anyhow::ensure!(!roots.is_empty(), "--ca: no certificate in the file");
    Ok(Arc::new(roots))
}

/// One line of `identities.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    report_key: String,
    boot: u64,
    collector_key: String,
    mqtt_host: String,
    mqtt_port: u16,
    interval_seconds: u32,
    certificate: String,
    tls_key: String,
}

/// Identities by `<unit>/<host name>`.
pub type Identities = BTreeMap<String, Identity>;

pub fn load(path: &Path) -> Result<Identities> {
    if !path.exists() {
        return Ok(Identities::new());
    }
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let kept: BTreeMap<String, Kept> =
        serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    kept.into_iter().map(|(name, kept)| Ok((name, revive(kept)?))).collect()
}

/// Each run is another start of the agents.
fn revive(kept: Kept) -> Result<Identity> {
    let report_key = SigningKey::from_bytes(&bytes(&kept.report_key)?);
    Ok(Identity {
        device: DeviceId::of_key(report_key.verifying_key().as_bytes()),
        report_key,
        boot: kept.boot + 1,
        collector_key: VerifyingKey::from_bytes(&bytes(&kept.collector_key)?)?,
        mqtt_host: kept.mqtt_host,
        mqtt_port: kept.mqtt_port,
        interval_seconds: kept.interval_seconds,
        certificate: kept.certificate,
        tls_key: kept.tls_key,
    })
}

pub fn save(path: &Path, identities: &Identities) -> Result<()> {
    let kept = |identity: &Identity| Kept {
        report_key: text(identity.report_key.as_bytes()),
        boot: identity.boot,
        collector_key: text(identity.collector_key.as_bytes()),
        mqtt_host: identity.mqtt_host.clone(),
        mqtt_port: identity.mqtt_port,
        interval_seconds: identity.interval_seconds,
        certificate: identity.certificate.clone(),
        tls_key: identity.tls_key.clone(),
    };
    let kept: BTreeMap<_, _> = identities.iter().map(|(name, identity)| (name, kept(identity))).collect();
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(|| folder.display().to_string())?;
    file.write_all(&serde_json::to_vec_pretty(&kept)?)?;
    file.persist(path).with_context(|| path.display().to_string())?;
    Ok(())
}

fn text(bytes: &[u8; 32]) -> String {
    data_encoding::BASE64.encode(bytes)
}

pub fn bytes(base64: &str) -> Result<[u8; 32]> {
    let bytes = data_encoding::BASE64.decode(base64.as_bytes()).context("a key is not base64")?;
    bytes.try_into().map_err(|bytes: Vec<u8>| anyhow::anyhow!("a key of {} bytes, 32 expected", bytes.len()))
}
