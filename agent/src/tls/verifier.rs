use super::fingerprint;
use anyhow::{Context, Result};
use jiff::Timestamp;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Checks against one CA.
fn against(ca: &CertificateDer<'_>, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    roots.add(ca.clone().into_owned()).context("the CA certificate cannot be used")?;
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .context("the CA certificate cannot be used")
}

/// For the first contact: nothing is known but the hash of the CA, which the server sends along, or a person gave.
pub struct Pinned {
    hash: [u8; 32],
    ca: Option<CertificateDer<'static>>,
    unpinned: Arc<AtomicBool>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    pub fn new(
        hash: [u8; 32],
        ca: Option<CertificateDer<'static>>,
        unpinned: Arc<AtomicBool>,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self { hash, ca, unpinned, provider }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let sent = intermediates.iter().find(|certificate| fingerprint(certificate) == self.hash);
        let Some(ca) = sent.or(self.ca.as_ref()) else {
            self.unpinned.store(true, Ordering::Release);
            return Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        };
        let verifier = against(ca, &self.provider).map_err(|error| Error::General(error.to_string()))?;
        let result = verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        if matches!(result, Err(Error::InvalidCertificate(CertificateError::UnknownIssuer))) {
            self.unpinned.store(true, Ordering::Release);
        }
        result
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pinned")
    }
}

/// The collector's CA, checked at a time of our choosing: a wrong clock must not keep the agent from reporting.
/// The system's time will do as well: an agent that was off past the end of its own term meets certificates
/// that began later.
pub struct AtTime {
    inner: Arc<WebPkiServerVerifier>,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl AtTime {
    pub fn new(
        ca: &CertificateDer<'_>,
        provider: Arc<CryptoProvider>,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self> {
        Ok(Self { inner: against(ca, &provider)?, clock: Box::new(clock) })
    }

    fn now(&self, of_system: UnixTime) -> UnixTime {
        let seconds = u64::try_from((self.clock)().as_second());
        seconds.map_or(of_system, |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl ServerCertVerifier for AtTime {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let check =
            |at| self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at);
        check(self.now(now)).or_else(|error| check(now).map_err(|_| error))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

impl fmt::Debug for AtTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AtTime")
    }
}

#[cfg(test)]
mod tests;
