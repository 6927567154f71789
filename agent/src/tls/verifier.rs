use super::fingerprint;
use crate::certificate::Term;
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
        let check =
            |at| verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at);
        let result = check(now).or_else(|error| match began_at(end_entity).and_then(unix_time) {
            // A clock far behind, and nothing here that knows better.
            Some(began) if is_too_early(&error) => check(began),
            _ => Err(error),
        });
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
/// that began later. And so will the time at which the collector's certificate began, if it is within the
/// agent's own term: it is made anew at every start of the collector, after any time that a clock far behind
/// is put to.
pub struct AtTime {
    inner: Arc<WebPkiServerVerifier>,
    term: Term,
    clock: Clock,
}

type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

impl AtTime {
    pub fn new(
        ca: &CertificateDer<'_>,
        provider: Arc<CryptoProvider>,
        term: Term,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self> {
        Ok(Self { inner: against(ca, &provider)?, term, clock: Box::new(clock) })
    }

    /// When to check at, the likeliest first.
    fn times(&self, certificate: &CertificateDer<'_>, of_system: UnixTime) -> Vec<UnixTime> {
        let plausible = self.term.plausible((self.clock)());
        let began = began_at(certificate).filter(|at| (plausible..=self.term.ends_at).contains(at));
        let [plausible, began] = [Some(plausible), began].map(|at| at.and_then(unix_time));
        plausible.into_iter().chain([of_system]).chain(began).collect()
    }
}

fn began_at(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Timestamp::from_second(parsed.validity().not_before.timestamp()).ok()
}

fn is_too_early(error: &Error) -> bool {
    use CertificateError::{NotValidYet, NotValidYetContext};
    matches!(error, Error::InvalidCertificate(NotValidYet | NotValidYetContext { .. }))
}

fn unix_time(at: Timestamp) -> Option<UnixTime> {
    let seconds = u64::try_from(at.as_second()).ok()?;
    Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
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
        let mut first = None;
        for at in self.times(end_entity, now) {
            match check(at) {
                Ok(verified) => return Ok(verified),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or(Error::InvalidCertificate(CertificateError::BadEncoding)))
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
