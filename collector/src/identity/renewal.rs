//! A new certificate for a device that signs its request with its report key: works after the old
//! certificate ran out too.

use super::{
    authority::{Authority, IssuedCertificate},
    directory::Directory,
    refusal::Refusal,
};
use crate::store::{Store, devices::DeviceRow};
use ed25519_dalek::VerifyingKey;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    enrolment::RenewRequest,
    envelope::{Purpose, Unverified},
};

/// A sealed request that was caught on its way is of no use later.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

pub async fn renew(
    store: &Store,
    authority: &Authority,
    directory: &Directory,
    body: &[u8],
    now: Timestamp,
) -> Result<(DeviceRow, IssuedCertificate), Refusal> {
    let bad = |error: String| Refusal::field("envelope", "body", error);
    let unknown = || Refusal::forbidden("device-unknown", "no such device may talk to this collector");
    let envelope = Unverified::parse(body).map_err(|error| bad(error.to_string()))?;
    let device = envelope.device().map_err(|error| bad(error.to_string()))?;
    let member = directory.get(&device).filter(|member| member.may_talk()).ok_or_else(unknown)?;
    let key = VerifyingKey::from_bytes(&member.key).map_err(|error| bad(error.to_string()))?;
    let json = envelope.open(Purpose::Renewal, &key).map_err(|error| bad(error.to_string()))?;
    let request: RenewRequest = serde_json::from_slice(&json).map_err(|error| bad(error.to_string()))?;
    if request.device != device {
        return Err(Refusal::field("device", "device", "is not the device that signed"));
    }
    let age = now.duration_since(request.asked_at);
    if age.abs() > FRESH {
        let message =
            format!("field asked_at: {} is more than a day from {now}: set the clock", request.asked_at);
        return Err(Refusal::forbidden("renewal-stale", message));
    }
    let certificate =
        authority.issue_device(&device, &request.certificate_request, now).map_err(|error| {
            Refusal::field("certificate-request", "certificate_request", format!("{error:#}"))
        })?;
    let mut tx = store.begin().await?;
    tx.replace_certificate(device.as_str(), &certificate).await?;
    let row = tx.device(device.as_str()).await?;
    tx.commit().await?;
    Ok((row, certificate))
}
