use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Links {
    pub public_addresses: Vec<PublicAddress>,
    /// Lines read from a router.
    pub lines: Vec<RouterLine>,
}

/// The address the Internet sees when this machine uses one of its default routes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicAddress {
    pub address: IpAddr,
    /// The URL that told it.
    pub told_by: String,
    #[serde(default)]
    pub interface: Option<String>,
    #[serde(default)]
    pub gateway: Option<IpAddr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RouterLine {
    /// Address of the router that was asked.
    pub router: IpAddr,
    /// ifName, or the name the router gives.
    pub interface: String,
    #[serde(default)]
    pub label: Option<String>,
    pub state: LineState,
    /// Whether it is an Internet line that the unit uses: a spare is none. `None` below the threshold of
    /// confidence: a person decides.
    #[serde(default)]
    pub internet: Option<bool>,
    pub confidence_permille: u32,
    /// What speaks for and against it, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<LineSign>,
    #[serde(default)]
    pub speed_bps: Option<u64>,
    #[serde(default)]
    pub address: Option<IpAddr>,
    #[serde(default)]
    pub peak_bps: Option<u64>,
    #[serde(default)]
    pub changed_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    Up,
    Down,
    /// Administratively down: a spare.
    Spare,
    Unknown,
}

/// Why an interface of a router was taken for an Internet line, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineSign {
    DefaultRoute,
    PublicAddress,
    /// A shared address of a provider (100.64.0.0/10).
    CarrierAddress,
    /// The operator's own label says so.
    Label,
    /// PPP, xDSL or mobile by type or name.
    AccessType,
    Name,
    WeakName,
    /// Label or name of an inside network.
    InsideName,
    /// Management, synchronisation between two routers.
    ServiceName,
    /// In use, and nothing else is known of it.
    Traffic,
}
