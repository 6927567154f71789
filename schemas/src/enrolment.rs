//! The HTTPS API of enrolment: `POST /api/v1/enrol`, `POST /api/v1/enrol/units`, `POST /api/v1/renew`,
//! `GET /api/v1/echo`.

use crate::DeviceId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

pub const ENROL_PATH: &str = "/api/v1/enrol";
pub const COVERED_UNITS_PATH: &str = "/api/v1/enrol/units";
pub const RENEW_PATH: &str = "/api/v1/renew";
pub const ECHO_PATH: &str = "/api/v1/echo";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnrolRequest {
    /// `<secret>.<SHA-256 of the CA certificate's DER, lower-case hex>`.
    pub token: String,
    /// Code of the unit; the token's own unit where it is left out. Must lie at or below the token's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// PKCS#10 request of the TLS key, PEM. Its subject is ignored.
    pub certificate_request: String,
    /// Ed25519 public key that will sign the reports, base64.
    pub report_key: String,
    /// Ed25519 signature by the report key over [`proof_text`], base64: the key is really held.
    pub proof: String,
    pub machine: MachineFingerprint,
    /// Of the computer's real adapters: a token may lead computers to their units by subnet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
}

/// What tells machines apart; two computers from one disk image differ in it, a reinstalled one does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MachineFingerprint {
    pub host_name: String,
    pub board_serial: Option<String>,
    pub system_uuid: Option<String>,
    pub machine_id: Option<String>,
    /// Of real adapters, lower case with colons, sorted.
    pub macs: Vec<String>,
}

/// What `proof` signs.
pub fn proof_text(token: &str, certificate_request: &str) -> Vec<u8> {
    format!("kiemke enrol v1\n{token}\n{certificate_request}").into_bytes()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnrolResponse {
    pub device: DeviceId,
    pub unit: String,
    /// Client certificate with CN = device, PEM.
    pub certificate: String,
    /// The collector's CA, PEM.
    pub ca: String,
    /// Ed25519 public key that signs commands, base64.
    pub collector_key: String,
    /// `None`: the host of the URL that was used to enrol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mqtt_host: Option<String>,
    pub mqtt_port: u16,
    pub report_interval_seconds: u32,
    /// Ed25519 public key that signs releases of the agent, base64. An agent never takes another one from a
    /// collector until it enrols anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_key: Option<String>,
}

/// Which units a device may enrol into with a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoveredUnitsRequest {
    pub token: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoveredUnitsResponse {
    /// The token's own unit and all below it today, each before those below it.
    pub units: Vec<CoveredUnit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoveredUnit {
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub level: UnitLevel,
    /// `Phường Bến Nghé`
    pub full_name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitLevel {
    Province,
    Department,
    District,
    Commune,
}

/// Sealed by the report key with [`crate::envelope::Purpose::Renewal`] and sent as the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RenewRequest {
    pub device: DeviceId,
    pub certificate_request: String,
    pub asked_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RenewResponse {
    pub certificate: String,
    pub ca: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EchoResponse {
    /// The address the request came from.
    pub address: IpAddr,
}

/// The body of every answer that is not 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiError {
    pub error: ApiErrorDetail,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiErrorDetail {
    /// Stable, kebab-case: `token-unknown`, `token-expired`, `token-used-up`, `unit-unknown`, `unit-outside-token`, …
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}
