use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What else answers on the agent's own networks. Sent only where the collector switched it on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Neighbours {
    /// Networks whose every address was asked: `192.168.1.0/24`.
    pub swept: Vec<String>,
    pub neighbours: Vec<Neighbour>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Neighbour {
    pub address: IpAddr,
    /// Lower case with colons.
    pub mac: String,
    pub interface: String,
    /// Who the address block of the MAC belongs to; `None` for a block not listed and for addresses that a
    /// device made up itself.
    #[serde(default)]
    pub vendor: Option<String>,
    /// What it calls itself, where it says so.
    #[serde(default)]
    pub name: Option<String>,
    pub kind: NeighbourKind,
    /// That it is of this kind.
    pub confidence_permille: u32,
    pub found_by: FoundBy,
    /// News once a day as long as it stays.
    pub last_seen_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NeighbourKind {
    Computer,
    Phone,
    Printer,
    Router,
    Other,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// The operating system's table of neighbours.
    Table,
    Sweep,
    Mdns,
}
