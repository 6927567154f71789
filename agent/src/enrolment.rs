//! Enrolment: keys are made here and never leave; the token says which CA to trust.

pub mod pending;

use crate::{
    certificate,
    identity::{Enrolled, Identity, Superseded, WebTrust},
    probe::{Root, hardware, network, operating_system},
    state_dir::StateDir,
    tls, web_api,
};
use anyhow::{Context, Result, anyhow, bail};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signer, SigningKey};
use jiff::Timestamp;
use kiemke_schemas::{
    enrolment::{ENROL_PATH, EnrolRequest, EnrolResponse, MachineFingerprint, proof_text},
    section::network::Network,
};
use rustls_pki_types::CertificateDer;
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use url::Url;

pub struct Request {
    pub collector: Url,
    pub ca: Option<CertificateDer<'static>>,
    pub token: String,
    pub unit: Option<String>,
}

/// The hash of the CA at the end of a token.
pub fn pin_of(token: &str) -> Result<[u8; 32]> {
    let wrong = || anyhow!("field token: <secret>.<SHA-256 of the CA, 64 hexadecimal digits> expected");
    let (secret, hash) = token.rsplit_once('.').ok_or_else(wrong)?;
    let hash = HEXLOWER.decode(hash.as_bytes()).map_err(|_| wrong())?;
    if secret.is_empty() {
        return Err(wrong());
    }
    hash.try_into().map_err(|_| wrong())
}

pub fn check(request: &Request) -> Result<[u8; 32]> {
    let pin = pin_of(&request.token)?;
    if request.collector.scheme() != "https" {
        bail!("field collector: {} is not an https:// URL", request.collector);
    }
    if let Some(ca) = &request.ca
        && tls::fingerprint(ca) != pin
    {
        bail!("field ca: this is not the CA that the token names");
    }
    Ok(pin)
}

pub async fn enrol(request: Request, machine: Machine) -> Result<Identity> {
    let pin = check(&request)?;
    let report_key = SigningKey::from_bytes(&rand::random());
    let tls_key = certificate::new_key()?;
    let proof = report_key.sign(&proof_text(&request.token, &tls_key.request));
    let body = EnrolRequest {
        token: request.token.clone(),
        unit: request.unit.clone(),
        certificate_request: tls_key.request,
        report_key: BASE64.encode(report_key.verifying_key().as_bytes()),
        proof: BASE64.encode(&proof.to_bytes()),
        machine: machine.fingerprint,
        addresses: machine.addresses,
    };
    let (response, web_trust) = post(&request, pin, &body).await?;
    let ca = tls::certificate(&response.ca).context("field ca of the answer")?;
    if tls::fingerprint(&ca) != pin {
        bail!("field ca of the answer: this is not the CA that the token names");
    }
    let enrolled =
        Enrolled { response, collector: request.collector, web_trust, report_key, tls_key: tls_key.key };
    Identity::new(enrolled, Timestamp::now())
}

/// First with the CA of the token; a collector whose web certificate a public CA gave is asked a second time
/// with the system's. The token is sent only after one of them was satisfied.
async fn post(request: &Request, pin: [u8; 32], body: &EnrolRequest) -> Result<(EnrolResponse, WebTrust)> {
    let url = request.collector.join(ENROL_PATH).context("field collector")?;
    let unpinned = Arc::new(AtomicBool::new(false));
    let client = web_api::with_tls(tls::pinned(pin, request.ca.clone(), unpinned.clone())?).build()?;
    match web_api::answer(client.post(url.clone()).json(body)).await {
        Ok(response) => Ok((response, WebTrust::CollectorCa)),
        Err(_) if unpinned.load(Ordering::Acquire) => {
            let client = web_api::builder().build()?;
            let response = web_api::answer(client.post(url).json(body)).await.with_context(|| {
                format!("{}: its certificate does not lead to the CA that the token names", request.collector)
            })?;
            Ok((response, WebTrust::System))
        }
        Err(error) => Err(error.context(format!("{}", request.collector))),
    }
}

/// Takes a new identity on: what waited under another one can never be accepted.
pub fn take(state: &StateDir, identity: &Identity) -> Result<()> {
    crate::spool::set_all_aside(state, "sealed by the identity that this computer had before")?;
    crate::orders::Orders::forget(state)?;
    crate::remote::forget(state)?;
    identity.save(state)?;
    Superseded::clear(state)
}

/// What the collector is told of this computer.
pub struct Machine {
    pub fingerprint: MachineFingerprint,
    /// Of real adapters.
    pub addresses: Vec<IpAddr>,
}

pub fn machine(root: &Root) -> Result<Machine> {
    let network = network::read(root).value;
    let addresses = network.as_ref().map(network::own_addresses).unwrap_or_default();
    Ok(Machine { fingerprint: fingerprint(root, network.as_ref())?, addresses })
}

fn fingerprint(root: &Root, network: Option<&Network>) -> Result<MachineFingerprint> {
    let os = operating_system::read(root);
    let host_name =
        os.value.as_ref().map(|os| os.host_name.clone()).context("this computer has no host name")?;
    let hardware = hardware::read(root).value.unwrap_or_default();
    let macs = network.map(|network| network::hardware_macs(root, network));
    Ok(MachineFingerprint {
        host_name,
        board_serial: hardware.board.and_then(|board| board.serial),
        system_uuid: hardware.uuid,
        machine_id: os.value.and_then(|os| os.machine_id),
        macs: macs.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn request(collector: &str, token: &str) -> Request {
        Request { collector: collector.parse().unwrap(), ca: None, token: token.to_owned(), unit: None }
    }

    #[test]
    fn the_token_ends_in_the_hash_of_the_ca() {
        let pin = pin_of(&format!("abc.def.{HASH}")).unwrap();
        assert_eq!((pin[0], pin[31]), (0xe3, 0x55));
    }

    #[test]
    fn other_tokens_are_refused_by_name_of_the_field() {
        let upper = format!("abc.{}", HASH.to_uppercase());
        let none = format!(".{HASH}");
        for token in ["", "abc", "abc.", "abc.e3b0", upper.as_str(), none.as_str()] {
            let error = pin_of(token).unwrap_err().to_string();
            assert_eq!(
                error, "field token: <secret>.<SHA-256 of the CA, 64 hexadecimal digits> expected",
                "{token}"
            );
        }
    }

    #[test]
    fn a_ca_that_is_not_the_tokens_and_plain_http_are_refused() {
        let token = format!("abc.{HASH}");
        let error = check(&request("http://localhost", &token)).unwrap_err().to_string();
        assert_eq!(error, "field collector: http://localhost/ is not an https:// URL");
        let other = CertificateDer::from(vec![1, 2, 3]);
        let error = check(&Request { ca: Some(other), ..request("https://localhost", &token) })
            .unwrap_err()
            .to_string();
        assert_eq!(error, "field ca: this is not the CA that the token names");
    }
}
