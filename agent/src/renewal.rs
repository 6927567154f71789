//! A new certificate with a new key at two thirds of the term, asked for by the report key.

use crate::{certificate, identity::Identity, web_api};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiemke_schemas::{
    enrolment::{RENEW_PATH, RenewRequest, RenewResponse},
    envelope::{self, Purpose},
};

pub fn is_due(identity: &Identity, now: Timestamp) -> Result<bool> {
    Ok(now >= certificate::Term::of(&identity.certificate)?.renew_at())
}

/// The identity with its new certificate; the caller makes it durable.
pub async fn renew(identity: &Identity, now: Timestamp) -> Result<Identity> {
    let key = certificate::new_key()?;
    let request =
        RenewRequest { device: identity.device.clone(), certificate_request: key.request, asked_at: now };
    let sealed = envelope::seal(
        &serde_json::to_vec(&request)?,
        identity.device.as_str(),
        Purpose::Renewal,
        &identity.keys()?.report,
    )?;
    let client = web_api::of_collector(identity)?.build()?;
    let url = identity.url(RENEW_PATH)?;
    let response: RenewResponse =
        web_api::answer(client.post(url).body(sealed)).await.context("the certificate was not renewed")?;
    accept(identity, response, key.key)
}

/// Another CA would be another collector: that needs a person and a new enrolment.
fn accept(identity: &Identity, response: RenewResponse, tls_key: String) -> Result<Identity> {
    if crate::tls::certificate(&response.ca)? != crate::tls::certificate(&identity.ca)? {
        bail!("field ca of the answer: another CA than the one this computer enrolled with");
    }
    let renewed = Identity { certificate: response.certificate, tls_key, ..identity.clone() };
    crate::tls::mqtt(&renewed).context("the new certificate cannot be used")?;
    Ok(renewed)
}
