//! Letting a device in: a token, a key that is really held, and what tells this machine from others.

use super::{
    authority::{Authority, IssuedCertificate},
    fingerprint::{self, Likeness},
    refusal::Refusal,
    token::Presented,
};
use crate::{
    inventory::{device::DeviceState, unit::Level},
    store::{
        Store, WriteTransaction, actor,
        devices::DeviceRow,
        enrolments::NewDevice,
        time,
        tokens::{EnrolmentToken, TokenState},
    },
};
use data_encoding::BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId,
    enrolment::{CoveredUnit, EnrolRequest, MachineFingerprint, UnitLevel, proof_text},
};
use std::net::IpAddr;

pub struct Enrolled {
    pub row: DeviceRow,
    pub certificate: IssuedCertificate,
    /// The device whose history goes on as this one; it may not talk any more.
    pub replaced: Option<DeviceRow>,
}

pub async fn enrol(
    store: &Store,
    authority: &Authority,
    request: &EnrolRequest,
    peer: Option<IpAddr>,
    now: Timestamp,
) -> Result<Enrolled, Refusal> {
    let token = token(store, &request.token, now).await?;
    let asked = match &request.unit {
        Some(unit) => Some(unit.clone()),
        None => assigned(&token, request, peer)?,
    };
    let unit = unit(store, &token, asked.as_deref(), now).await?;
    let key = report_key(request)?;
    let device = DeviceId::of_key(key.as_bytes());
    let certificate =
        authority.issue_device(&device, &request.certificate_request, now).map_err(|error| {
            Refusal::field("certificate-request", "certificate_request", format!("{error:#}"))
        })?;
    let mut tx = store.begin().await?;
    let replaced = match tx.find_device(device.as_str()).await? {
        Some(known) => {
            check_known(&known, &request.machine)?;
            tx.replace_certificate(device.as_str(), &certificate).await?;
            None
        }
        None => {
            if !tx.use_token(&token.id).await? {
                return Err(token_refusal(TokenState::UsedUp));
            }
            insert(&mut tx, &device, &key, &unit, &token, request, &certificate, now).await?
        }
    };
    let row = tx.device(device.as_str()).await?;
    tx.commit().await?;
    Ok(Enrolled { row, certificate, replaced })
}

/// Where a device may enrol with this token.
pub async fn covered_units(store: &Store, text: &str, now: Timestamp) -> Result<Vec<CoveredUnit>, Refusal> {
    let token = token(store, text, now).await?;
    let units = store.subtree(&token.unit, time::local_date(now)).await?;
    let level = |level| match level {
        Level::Province => UnitLevel::Province,
        Level::Department => UnitLevel::Department,
        Level::District => UnitLevel::District,
        Level::Commune => UnitLevel::Commune,
    };
    let covered = units.into_iter().map(|unit| CoveredUnit {
        level: level(unit.level),
        code: unit.code,
        parent: unit.parent,
        full_name: unit.full_name,
    });
    Ok(covered.collect())
}

async fn token(store: &Store, text: &str, now: Timestamp) -> Result<EnrolmentToken, Refusal> {
    let unknown = || Refusal::forbidden("token-unknown", "field token: no such token");
    let presented = Presented::parse(text).ok_or_else(unknown)?;
    let token = store.token(presented.id).await?.ok_or_else(unknown)?;
    if !presented.fits(&token.secret_hash) {
        return Err(unknown());
    }
    match token.state(now) {
        // Whether a use is left is decided when one is taken: a device that enrols again needs none.
        TokenState::Valid | TokenState::UsedUp => Ok(token),
        other => Err(token_refusal(other)),
    }
}

fn token_refusal(state: TokenState) -> Refusal {
    match state {
        TokenState::Revoked => Refusal::forbidden("token-revoked", "field token: revoked"),
        TokenState::Expired => Refusal::forbidden("token-expired", "field token: expired"),
        TokenState::UsedUp | TokenState::Valid => {
            Refusal::forbidden("token-used-up", "field token: no use left")
        }
    }
}

/// By the rules of the token. The computer's own addresses count, and the one its request comes from.
fn assigned(
    token: &EnrolmentToken,
    request: &EnrolRequest,
    peer: Option<IpAddr>,
) -> Result<Option<String>, Refusal> {
    let host_name = &request.machine.host_name;
    let addresses: Vec<IpAddr> = request.addresses.iter().copied().chain(peer).collect();
    if let Some(rule) = token.assignment.rule_for(host_name, &addresses) {
        tracing::info!(%rule, host_name, "a rule of the token gives the unit");
        return Ok(Some(rule.unit.clone()));
    }
    if !token.assignment.strict {
        return Ok(None);
    }
    let told: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    let message = format!(
        "field unit: no rule of the token fits {host_name} ({}); name the unit with --unit",
        told.join(", ")
    );
    Err(Refusal::forbidden("unit-not-assigned", message))
}

async fn unit(
    store: &Store,
    token: &EnrolmentToken,
    asked: Option<&str>,
    now: Timestamp,
) -> Result<String, Refusal> {
    let code = asked.unwrap_or(&token.unit);
    let on = time::local_date(now);
    if store.unit(code, on).await?.is_none() {
        return Err(Refusal::field("unit-unknown", "unit", format!("there is no unit {code}")));
    }
    if !store.is_at_or_below(code, &token.unit, on).await? {
        let message = format!("field unit: {code} does not lie at or below unit {} of the token", token.unit);
        return Err(Refusal::forbidden("unit-outside-token", message));
    }
    Ok(code.to_owned())
}

fn report_key(request: &EnrolRequest) -> Result<VerifyingKey, Refusal> {
    let bad = |message: &str| Refusal::field("report-key", "report_key", message);
    let bytes = BASE64.decode(request.report_key.as_bytes()).map_err(|_| bad("not base64"))?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| bad("not 32 bytes"))?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| bad("no Ed25519 key"))?;
    if key.is_weak() {
        return Err(bad("a weak Ed25519 key"));
    }
    let text = proof_text(&request.token, &request.certificate_request);
    BASE64
        .decode(request.proof.as_bytes())
        .ok()
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .and_then(|signature| key.verify_strict(&text, &signature).ok())
        .ok_or_else(|| Refusal::field("proof", "proof", "the signature does not fit report_key"))?;
    Ok(key)
}

/// A device that enrols again with the key it has: its answer was lost, or its certificate ran out.
fn check_known(known: &DeviceRow, machine: &MachineFingerprint) -> Result<(), Refusal> {
    match known.state()? {
        DeviceState::Active => {}
        state => {
            let message = format!("device {} is {}", known.id, state.as_str());
            return Err(Refusal::forbidden("device-not-active", message));
        }
    }
    let enrolled: MachineFingerprint = fingerprint_of(known)?;
    if fingerprint::compare(&enrolled, machine) == Likeness::Other {
        let message =
            format!("device {} was enrolled by another machine: make new keys and enrol anew", known.id);
        return Err(Refusal::conflict("identity-cloned", message));
    }
    Ok(())
}

pub fn fingerprint_of(row: &DeviceRow) -> anyhow::Result<MachineFingerprint> {
    Ok(row.fingerprint.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
}

#[expect(clippy::too_many_arguments, reason = "one row is made of all of them")]
async fn insert(
    tx: &mut WriteTransaction,
    device: &DeviceId,
    key: &VerifyingKey,
    unit: &str,
    token: &EnrolmentToken,
    request: &EnrolRequest,
    certificate: &IssuedCertificate,
    now: Timestamp,
) -> Result<Option<DeviceRow>, Refusal> {
    let (replaced, doubtful) = predecessor(tx, unit, &request.machine).await?;
    tx.insert_device(&NewDevice {
        id: device.as_str(),
        unit,
        report_key: key.as_bytes(),
        certificate,
        machine: &request.machine,
        continues: replaced.as_ref().map(|old| old.id.as_str()),
        token: &token.id,
        at: now,
    })
    .await?;
    if let Some(old) = &replaced {
        tx.continue_device(&old.id, device.as_str(), actor::ENROLMENT, now).await?;
    }
    if let Some(old) = doubtful {
        let detail = serde_json::json!({"like": old.id, "why": "board and UUID agree, adapters do not"});
        tx.device_act(device.as_str(), "continuation-doubtful", &detail, actor::ENROLMENT, now).await?;
    }
    tx.enqueue_device(device.as_str(), now).await?;
    tx.enqueue_unit(unit, now).await?;
    Ok(replaced)
}

/// The one device of the unit that runs on this machine, and one that only might.
async fn predecessor(
    tx: &mut WriteTransaction,
    unit: &str,
    machine: &MachineFingerprint,
) -> Result<(Option<DeviceRow>, Option<DeviceRow>), Refusal> {
    let Some(board) = fingerprint::board_key(machine) else { return Ok((None, None)) };
    let (mut same, mut doubtful) = (Vec::new(), None);
    for row in tx.live_devices(unit, &board).await? {
        match fingerprint::compare(&fingerprint_of(&row)?, machine) {
            // Two at once are two machines with one number.
            Likeness::Same if row.connected != 0 => doubtful = Some(row),
            Likeness::Same => same.push(row),
            Likeness::Doubtful => doubtful = Some(row),
            Likeness::Other | Likeness::Unknown => {}
        }
    }
    if same.len() > 1 {
        return Ok((None, same.pop()));
    }
    Ok((same.pop(), doubtful))
}
