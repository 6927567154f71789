use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Hardware {
    pub maker: Option<String>,
    pub model: Option<String>,
    /// Placeholders (`System Serial Number`, `To be filled by O.E.M.`) are left out by the agent.
    pub serial: Option<String>,
    /// SMBIOS UUID, lower case with dashes.
    pub uuid: Option<String>,
    pub chassis: Option<Chassis>,
    /// The hypervisor, where the machine is virtual.
    pub virtual_machine: Option<String>,
    pub board: Option<Board>,
    pub firmware: Option<Firmware>,
    pub processors: Vec<Processor>,
    pub memory: Option<Memory>,
    pub monitors: Vec<Monitor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Chassis {
    Desktop,
    AllInOne,
    Laptop,
    Tablet,
    Server,
    Other,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Board {
    pub maker: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Firmware {
    pub vendor: Option<String>,
    pub version: Option<String>,
    pub date: Option<String>,
}

/// One package (socket).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Processor {
    pub maker: Option<String>,
    pub model: Option<String>,
    pub cores: Option<u32>,
    pub threads: Option<u32>,
    pub max_mhz: Option<u32>,
    /// Names of the instruction sets that decide on the next operating system (`sse4_2`, `avx2`, …).
    pub features: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Memory {
    pub total_bytes: Option<u64>,
    pub slots: Option<u32>,
    pub free_slots: Option<u32>,
    pub modules: Vec<MemoryModule>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MemoryModule {
    pub slot: Option<String>,
    pub size_bytes: Option<u64>,
    /// `DDR4`, …
    pub kind: Option<String>,
    pub speed_mts: Option<u32>,
    pub maker: Option<String>,
    pub serial: Option<String>,
    pub part_number: Option<String>,
}

/// Never a key: serials of monitors repeat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Monitor {
    pub maker: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    /// Of the visible picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_mm: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_mm: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_in_year: Option<i16>,
}
