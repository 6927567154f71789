//! The client certificate: its request, its term, when to renew it.

use anyhow::{Context, Result};
use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};

/// A new P-256 key and the request for its certificate, both PEM.
pub struct KeyAndRequest {
    pub key: String,
    pub request: String,
}

/// ECDSA, since some TLS stacks refuse Ed25519 certificates. The collector ignores the subject.
pub fn new_key() -> Result<KeyAndRequest> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).context("no TLS key can be made")?;
    let request = CertificateParams::default().serialize_request(&key).and_then(|request| request.pem());
    Ok(KeyAndRequest {
        request: request.context("no certificate request can be made")?,
        key: key.serialize_pem(),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub begins_at: Timestamp,
    pub ends_at: Timestamp,
}

impl Term {
    pub fn of(certificate: &str) -> Result<Self> {
        let (_, pem) =
            x509_parser::pem::parse_x509_pem(certificate.as_bytes()).context("the certificate is not PEM")?;
        let parsed = pem.parse_x509().context("the certificate is not X.509")?;
        let validity = parsed.validity();
        Ok(Self {
            begins_at: Timestamp::from_second(validity.not_before.timestamp())?,
            ends_at: Timestamp::from_second(validity.not_after.timestamp())?,
        })
    }

    /// At two thirds of the term.
    pub fn renew_at(&self) -> Timestamp {
        let (begin, end) = (self.begins_at.as_second(), self.ends_at.as_second());
        Timestamp::from_second(begin + (end - begin) / 3 * 2).unwrap_or(self.ends_at)
    }

    /// The time to check the collector's certificates at. A clock outside of the agent's own term is wrong: the
    /// collector must hear of it, so it may not keep the agent from connecting.
    pub fn plausible(&self, now: Timestamp) -> Timestamp {
        now.clamp(self.begins_at, self.ends_at)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Self-signed, from 2026-01-01 to 2027-01-01.
    pub fn certificate() -> String {
        let mut params = CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 1, 1);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
    }

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_term() {
        let term = Term::of(&certificate()).unwrap();
        assert_eq!(term.begins_at.to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(term.ends_at.to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(term.renew_at().to_string(), "2026-09-01T08:00:00Z");
    }

    #[test]
    fn a_clock_that_is_years_off_is_put_into_the_term() {
        let term = Term::of(&certificate()).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(term.plausible(at("2000-01-01T00:00:00Z")), term.begins_at);
        assert_eq!(term.plausible(at("2040-01-01T00:00:00Z")), term.ends_at);
        assert_eq!(term.plausible(at("2026-05-01T00:00:00Z")), at("2026-05-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_certificate_is_an_error() {
        assert_eq!(Term::of("x").unwrap_err().to_string(), "the certificate is not PEM");
    }

    #[test]
    fn key_and_request_fit_together() {
        let made = new_key().unwrap();
        assert!(made.key.starts_with("-----BEGIN PRIVATE KEY-----"));
        let (_, pem) = x509_parser::pem::parse_x509_pem(made.request.as_bytes()).unwrap();
        use x509_parser::prelude::FromDer;
        let (_, request) =
            x509_parser::certification_request::X509CertificationRequest::from_der(&pem.contents).unwrap();
        let expected = KeyPair::from_pem(&made.key).unwrap();
        assert_eq!(
            &*request.certification_request_info.subject_pki.subject_public_key.data,
            rcgen::PublicKeyData::der_bytes(&expected)
        );
    }
}
