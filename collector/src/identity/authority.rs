//! The collector's own CA (ECDSA P-256): it signs the certificates of agents and of the servers they talk to.

use super::files::{self, Secrecy};
use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::DeviceId;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateSigningRequestParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};
use std::path::Path;
use time::OffsetDateTime;

pub const CERTIFICATE_FILE: &str = "ca.pem";
pub const KEY_FILE: &str = "ca.key";
const CA_DAYS: i64 = 20 * 365;
const DEVICE_DAYS: i64 = 365;
const SERVER_DAYS: i64 = 825;
/// Clocks of agents may be behind.
const BACKDATED_DAYS: i64 = 2;

pub struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate as the device table keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    pub pem: String,
    /// Lower-case hex.
    pub serial: String,
    pub ends_at: Timestamp,
}

/// Certificate chain and key, PEM.
pub struct ServerCertificate {
    pub chain: String,
    pub key: String,
}

impl Authority {
    pub fn load_or_make(data: &Path) -> Result<Self> {
        let (certificate, key) = (data.join(CERTIFICATE_FILE), data.join(KEY_FILE));
        match (files::read(&certificate)?, files::read(&key)?) {
            (Some(pem), Some(key)) => Self::from_pem(pem, &key),
            (None, None) => {
                let (pem, key_pem) = make()?;
                files::write(&key, key_pem.as_bytes(), Secrecy::Secret)?;
                files::write(&certificate, pem.as_bytes(), Secrecy::Public)?;
                Self::from_pem(pem, &key_pem)
            }
            (Some(_), None) => bail!("{} is there, {} is missing", certificate.display(), key.display()),
            (None, Some(_)) => bail!("{} is there, {} is missing", key.display(), certificate.display()),
        }
    }

    pub fn from_pem(pem: String, key_pem: &str) -> Result<Self> {
        let key = KeyPair::from_pem(key_pem).with_context(|| format!("{KEY_FILE}: no private key"))?;
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| anyhow::anyhow!("{CERTIFICATE_FILE}: no certificate: {error}"))?;
        let (_, parsed) = x509_parser::parse_x509_certificate(&der)
            .with_context(|| format!("{CERTIFICATE_FILE}: no certificate"))?;
        ensure!(
            parsed.public_key().subject_public_key.data.as_ref() == key.public_key_raw(),
            "{KEY_FILE} is not the key of {CERTIFICATE_FILE}"
        );
        let issuer =
            Issuer::from_ca_cert_der(&der, key).with_context(|| format!("{CERTIFICATE_FILE}: no CA"))?;
        Ok(Self { pem, der, issuer })
    }

    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// SHA-256 of the certificate's DER, lower-case hex: the end of every enrolment token.
    pub fn fingerprint(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.der))
    }

    /// For the key of `request`; whatever else it asks for is ignored.
    pub fn issue_device(
        &self,
        device: &DeviceId,
        request: &str,
        now: Timestamp,
    ) -> Result<IssuedCertificate> {
        let request = CertificateSigningRequestParams::from_pem(request).context("no PKCS#10 request")?;
        let (mut params, serial) = leaf(now, DEVICE_DAYS)?;
        params.distinguished_name.push(DnType::CommonName, device.as_str());
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let ends_at = Timestamp::from_second(params.not_after.unix_timestamp())?;
        let certificate = params.signed_by(&request.public_key, &self.issuer)?;
        Ok(IssuedCertificate { pem: certificate.pem(), serial, ends_at })
    }

    /// With the CA's certificate in the chain, so that an agent can pin it by the hash in its token.
    pub fn issue_server(&self, names: &[String], now: Timestamp) -> Result<ServerCertificate> {
        let key = KeyPair::generate()?;
        let (mut params, _) = leaf(now, SERVER_DAYS)?;
        params.subject_alt_names = CertificateParams::new(names)?.subject_alt_names;
        params.distinguished_name.push(DnType::CommonName, "Kiemke collector");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(ServerCertificate {
            chain: format!("{}{}", certificate.pem(), self.pem),
            key: key.serialize_pem(),
        })
    }
}

fn make() -> Result<(String, String)> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Kiemke CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages =
        vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    params.serial_number = Some(random_serial());
    (params.not_before, params.not_after) = validity(Timestamp::now(), CA_DAYS)?;
    let certificate: Certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn leaf(now: Timestamp, days: i64) -> Result<(CertificateParams, String)> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let serial = random_serial();
    let text = HEXLOWER.encode(&serial.to_bytes());
    params.serial_number = Some(serial);
    (params.not_before, params.not_after) = validity(now, days)?;
    Ok((params, text))
}

/// 16 bytes; the first bits make it positive and keep its length in DER.
fn random_serial() -> SerialNumber {
    let mut bytes: [u8; 16] = rand::random();
    bytes[0] = (bytes[0] & 0x3f) | 0x40;
    SerialNumber::from_slice(&bytes)
}

fn validity(now: Timestamp, days: i64) -> Result<(OffsetDateTime, OffsetDateTime)> {
    let at = |offset: i64| -> Result<OffsetDateTime> {
        let at = now.checked_add(SignedDuration::from_hours(24 * offset))?;
        Ok(OffsetDateTime::from_unix_timestamp(at.as_second())?)
    };
    Ok((at(-BACKDATED_DAYS)?, at(days)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_names_the_device_and_keeps_its_serial() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::load_or_make(folder.path()).unwrap();
        let again = Authority::load_or_make(folder.path()).unwrap();
        assert_eq!(authority.fingerprint(), again.fingerprint());
        let device = DeviceId::of_key(&[1; 32]);
        let key = KeyPair::generate().unwrap();
        let request = CertificateParams::new(vec!["evil".into()])
            .unwrap()
            .serialize_request(&key)
            .unwrap()
            .pem()
            .unwrap();
        let issued = authority.issue_device(&device, &request, Timestamp::now()).unwrap();
        let der = CertificateDer::from_pem_slice(issued.pem.as_bytes()).unwrap();
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
        let subject: Vec<_> = parsed.subject().iter_common_name().map(|cn| cn.as_str().unwrap()).collect();
        assert_eq!(subject, [device.as_str()]);
        assert_eq!(HEXLOWER.encode(parsed.raw_serial()), issued.serial);
        assert!(parsed.subject_alternative_name().unwrap().is_none());
    }

    #[test]
    fn a_key_of_another_ca_is_refused() {
        let (one, other) = (make().unwrap(), make().unwrap());
        let error = Authority::from_pem(one.0, &other.1).err().unwrap();
        assert_eq!(error.to_string(), "ca.key is not the key of ca.pem");
    }
}
