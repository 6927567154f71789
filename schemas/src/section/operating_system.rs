use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperatingSystem {
    pub family: Family,
    /// Without the version: `Windows 10 Pro`, `Debian GNU/Linux`.
    pub name: String,
    /// As the maker counts: `22H2`, `12.11`.
    #[serde(default)]
    pub version: Option<String>,
    /// The whole name as shown to a person: `Debian GNU/Linux 12 (bookworm)`.
    pub full_name: String,
    /// Windows: `Professional`, `EnterpriseS`, … (registry EditionID).
    #[serde(default)]
    pub edition: Option<String>,
    /// Windows: `10.0.19045.4651`.
    #[serde(default)]
    pub build: Option<String>,
    #[serde(default)]
    pub kernel: Option<String>,
    /// `x86_64`, `x86`, `aarch64`, …
    #[serde(default)]
    pub architecture: Option<String>,
    /// A server edition or a server installation; decides with the chassis whether the device is a server.
    #[serde(default)]
    pub server: Option<bool>,
    pub host_name: String,
    /// DNS or Active Directory domain.
    #[serde(default)]
    pub domain: Option<String>,
    /// `/etc/machine-id` or MachineGuid. Two computers from one disk image share it.
    #[serde(default)]
    pub machine_id: Option<String>,
    #[serde(default)]
    pub installed_on: Option<Date>,
    #[serde(default)]
    pub booted_at: Option<Timestamp>,
    #[serde(default)]
    pub time_zone: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    Windows,
    Linux,
    Macos,
    Other,
}
