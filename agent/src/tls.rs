//! Whom the agent trusts: the collector's CA and nobody else, known by its hash before the first contact.

mod verifier;

use crate::{certificate::Term, identity::Identity};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rustls::{ClientConfig, client::Resumption, crypto::CryptoProvider};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use sha2::{Digest, Sha256};
use std::sync::{Arc, atomic::AtomicBool};
pub use verifier::{AtTime, Pinned};

/// One collector: no need for many sessions.
const SESSIONS: usize = 2;

pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// First thing in `main`, for libraries that ask for the default.
pub fn install_provider() {
    // Fails only where one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub fn fingerprint(certificate: &CertificateDer<'_>) -> [u8; 32] {
    Sha256::digest(certificate).into()
}

/// The first certificate of a PEM text.
pub fn certificate(pem: &str) -> Result<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| anyhow::anyhow!("not a PEM certificate: {error}"))
}

/// For enrolment: the chain must lead to the CA with this hash. `unpinned` tells whether that CA was not there.
pub fn pinned(
    hash: [u8; 32],
    ca: Option<CertificateDer<'static>>,
    unpinned: Arc<AtomicBool>,
) -> Result<ClientConfig> {
    let verifier = Pinned::new(hash, ca, unpinned, provider());
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// HTTPS to the collector whose web certificate its own CA gave.
pub fn web(identity: &Identity) -> Result<ClientConfig> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(collector_verifier(identity)?))
        .with_no_client_auth();
    Ok(small(config))
}

/// MQTT: the collector's CA, and this device's certificate.
pub fn mqtt(identity: &Identity) -> Result<ClientConfig> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(identity.certificate.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| anyhow::anyhow!("field certificate: {error}"))?;
    if chain.is_empty() {
        bail!("field certificate: no certificate in it");
    }
    let key = PrivateKeyDer::from_pem_slice(identity.tls_key.as_bytes())
        .map_err(|error| anyhow::anyhow!("field tls_key: {error}"))?;
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(collector_verifier(identity)?))
        .with_client_auth_cert(chain, key)
        .context("field certificate: it does not fit the key")?;
    Ok(small(config))
}

fn collector_verifier(identity: &Identity) -> Result<AtTime> {
    let term = Term::of(&identity.certificate)?;
    let ca = certificate(&identity.ca).context("field ca")?;
    AtTime::new(&ca, provider(), term, Timestamp::now)
}

fn small(mut config: ClientConfig) -> ClientConfig {
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    config
}
