//! The numbers and dates behind a finding. Flat objects of JSON: shown as `name: value`, and unchanged as
//! long as the facts are, so that an open flag is not rewritten every day.

use crate::inventory::Line;
use jiff::{Timestamp, civil::Date};
use kiemke_schemas::section::antivirus::{Product, ProductState};
use serde::Serialize;
use std::net::IpAddr;

macro_rules! evidence {
    ($($kind:ident),+ $(,)?) => {
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Evidence { $($kind($kind)),+ }
        $(impl From<$kind> for Evidence {
            fn from(evidence: $kind) -> Self {
                Self::$kind(evidence)
            }
        })+
    };
}

evidence!(
    Lines,
    LineDown,
    NoLineKnown,
    NoProtection,
    ProtectionOff,
    SignaturesOld,
    SupportEnded,
    DiskFull,
    NotChecked,
    Silence,
    Unmanaged,
    Shortage,
    Missing,
    NearLimit,
    Unprotected,
    ShareLow,
);

/// The lines known, declared and observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lines {
    pub lines: Vec<LineEvidence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineEvidence {
    pub isp: String,
    pub asn: Option<u32>,
    pub infrastructure_group: String,
    pub bandwidth_bps: Option<u64>,
    pub first_seen_at: Option<Timestamp>,
}

impl Lines {
    pub fn of(lines: &[Line]) -> Self {
        let evidence = |line: &Line| LineEvidence {
            isp: line.isp.clone(),
            asn: line.asn,
            infrastructure_group: line.infrastructure_group.clone(),
            bandwidth_bps: line.bandwidth_bps,
            first_seen_at: line.first_seen_at,
        };
        Self { lines: lines.iter().map(evidence).collect() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineDown {
    pub lines_down: Vec<DownEvidence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DownEvidence {
    pub router: IpAddr,
    pub interface: String,
    pub label: Option<String>,
    pub down_since: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoLineKnown {
    /// Devices that reported in this time and could not tell.
    pub devices: Vec<String>,
    pub limit_days: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoProtection {
    pub host_name: Option<String>,
    pub protection: ProtectionRead,
}

/// What the probe read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtectionRead {
    NoProductListed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProtectionOff {
    pub host_name: Option<String>,
    pub products: Vec<ProductEvidence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductEvidence {
    pub name: String,
    pub state: ProductState,
}

impl From<&Product> for ProductEvidence {
    fn from(product: &Product) -> Self {
        Self { name: product.name.clone(), state: product.state }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignaturesOld {
    pub host_name: Option<String>,
    pub product: String,
    /// `None` where the product only says that they are out of date.
    pub signatures_updated_at: Option<Timestamp>,
    pub limit_days: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SupportEnded {
    pub host_name: Option<String>,
    pub system_name: String,
    /// The row of the lifecycle table.
    pub lifecycle: Option<String>,
    pub support_ended_on: Date,
    /// Of a declared paid extension that has run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension_ended_on: Option<Date>,
    /// Whether the hardware can run the successor; `None`: not known.
    pub successor_runs: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiskFull {
    pub host_name: Option<String>,
    pub mount_point: String,
    pub used_permille: u32,
    pub limit_permille: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    pub host_name: Option<String>,
    /// Of the check that is no longer valid, if there was one.
    pub last_checked_on: Option<Date>,
    pub valid_until: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silence {
    pub host_name: Option<String>,
    pub last_seen_at: Option<Timestamp>,
    pub enrolled_at: Timestamp,
    pub limit_days: u32,
}

/// Computers on the office network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmanaged {
    pub computers_without_agent: Vec<NeighbourEvidence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeighbourEvidence {
    pub address: IpAddr,
    pub mac: String,
    pub vendor: Option<String>,
    pub name: Option<String>,
    pub confidence_permille: u32,
}

/// Fewer things than people who need them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shortage {
    pub present: u64,
    pub needed: u64,
    pub short_by: u64,
    /// When and by whom the number of people was declared.
    pub declared_on: Date,
    pub declared_by: String,
}

/// None of a thing that a unit with one-stop desks needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    pub one_stop_desks: u64,
    pub present: u64,
    pub declared_on: Date,
    pub declared_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearLimit {
    pub used_permille: u64,
    pub limit_permille: u32,
    /// Whole CPUs or bytes.
    #[serde(flatten)]
    pub amount: Amount,
    /// Device ids of the servers behind the figures.
    pub servers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    Processors { processors_in_use: u64, processors: u64 },
    Storage { used_bytes: u64, total_bytes: u64 },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unprotected {
    pub servers: Vec<UnprotectedServer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnprotectedServer {
    pub device: String,
    pub host_name: Option<String>,
    /// `endpoint.no-protection` or `endpoint.protection-off`.
    pub rule: &'static str,
}

/// Of what is proposed, in whole đồng.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShareLow {
    pub security_dong: u64,
    pub proposal_dong: u64,
    pub share_permille: u32,
    pub limit_permille: u32,
}
