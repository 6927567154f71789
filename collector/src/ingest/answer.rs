//! Commands to a device, sealed by the collector's key.

use super::{prepare::PreparedReport, rejection::Rejection};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId,
    command::{Body, Command},
    envelope::{self, Purpose},
};

/// The signer's name on commands: agents know the one key they got at enrolment.
const SIGNER: &str = "collector";

pub fn seal(
    device: &DeviceId,
    body: Body,
    key: &SigningKey,
    at: Timestamp,
) -> Result<Vec<u8>, envelope::EnvelopeError> {
    seal_command(&Command { device: device.clone(), counter: 0, issued_at: at, expires_at: None, body }, key)
}

pub fn seal_command(command: &Command, key: &SigningKey) -> Result<Vec<u8>, envelope::EnvelopeError> {
    let json = serde_json::to_vec(command)
        .map_err(|error| envelope::EnvelopeError::Compression(std::io::Error::other(error)))?;
    envelope::seal(&json, SIGNER, Purpose::Command, key)
}

/// The answer to a report, for when it is stored.
pub(super) fn stored(report: &PreparedReport, key: &SigningKey) -> Result<Vec<u8>, Rejection> {
    let body = Body::Stored { boot: report.stamp.boot, sequence: report.stamp.sequence };
    seal(&report.device, body, key, report.received_at)
        .map_err(|error| Rejection::new("internal", error.to_string()))
}
