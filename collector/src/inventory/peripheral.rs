use super::device::SecurityCheck;
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{Connection, Kind, Peripheral};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// One agent's view of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeripheralSighting {
    pub device: String,
    /// See [`identity_of`].
    pub identity: String,
    pub peripheral: Peripheral,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// One physical thing, however many agents see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeripheralFacts {
    pub identity: String,
    pub kind: Kind,
    pub connection: Connection,
    pub name: String,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub address: Option<IpAddr>,
    /// Devices that see it, the one it was seen on last first.
    pub devices: Vec<String>,
    pub present: bool,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub check: Option<SecurityCheck>,
}
