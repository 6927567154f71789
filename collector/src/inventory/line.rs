use super::Provenance;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// One device saw the Internet through this network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSighting {
    pub asn: u32,
    /// Brand, e.g. `VNPT`; the AS name where the table has no brand.
    pub isp: String,
    /// Equal values share domestic infrastructure.
    pub infrastructure_group: String,
    pub address: IpAddr,
    pub told_by: String,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// An Internet line of a unit or a system, after declared and observed ones are brought together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub isp: String,
    pub asn: Option<u32>,
    pub infrastructure_group: String,
    /// Declared, bits per second.
    pub bandwidth_bps: Option<u64>,
    pub first_seen_at: Option<Timestamp>,
    pub last_seen_at: Option<Timestamp>,
    pub provenance: Vec<Provenance>,
}

/// A line that a router says is down, as one device read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDown {
    pub router: IpAddr,
    pub interface: String,
    pub label: Option<String>,
    /// By the collector's clock.
    pub since: Timestamp,
}
