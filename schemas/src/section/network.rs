use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Network {
    pub interfaces: Vec<Interface>,
    pub default_routes: Vec<DefaultRoute>,
    pub dns_servers: Vec<IpAddr>,
    pub proxy: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interface {
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    /// Lower case with colons.
    #[serde(default)]
    pub mac: Option<String>,
    pub medium: Medium,
    #[serde(default)]
    pub up: Option<bool>,
    #[serde(default)]
    pub speed_bps: Option<u64>,
    /// `192.168.1.5/24`.
    #[serde(default)]
    pub addresses: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Medium {
    Cable,
    Wifi,
    Mobile,
    Loopback,
    Tunnel,
    /// Bridges, bonds and adapters of virtual machines and containers.
    Virtual,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DefaultRoute {
    pub interface: String,
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    #[serde(default)]
    pub metric: Option<u32>,
}
