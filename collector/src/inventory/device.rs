use super::{
    line::{LineDown, LineSighting},
    neighbour::NeighbourSighting,
};
use jiff::{Timestamp, civil::Date};
use kiemke_schemas::{
    Problem, SectionName,
    section::{antivirus::Product, link::RouterLine, operating_system::Family},
};
use serde::{Deserialize, Serialize};

/// What is known of one computer, derived from its sections; the input of every count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceFacts {
    /// Device id; [`DECLARED`] and a number for a computer entered by hand.
    pub device: String,
    pub unit: String,
    pub origin: Origin,
    /// Of one without an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredDevice>,
    pub state: DeviceState,
    pub host_name: Option<String>,
    pub kind: DeviceKind,
    pub maker: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub operating_system: Option<OperatingSystemFacts>,
    pub processor: Option<String>,
    /// All logical processors: what "tổng số CPU" counts.
    pub processors: Option<u32>,
    /// 95th percentile of load over the last 30 days, in whole processors, rounded up.
    pub processors_in_use: Option<u32>,
    /// The share behind it, before rounding.
    #[serde(default)]
    pub processor_p95_permille: Option<u32>,
    pub memory_bytes: Option<u64>,
    /// Of fixed file systems.
    pub storage_total_bytes: Option<u64>,
    pub storage_used_bytes: Option<u64>,
    pub fullest_file_system: Option<FileSystemUse>,
    pub protection: Protection,
    pub lines: Vec<LineSighting>,
    /// Whether the links section had a value: tells "no line seen" from "nothing known".
    pub lines_known: bool,
    /// What routers tell, spares and ports that a person has to decide on among them.
    #[serde(default)]
    pub router_lines: Vec<RouterLine>,
    /// Lines that a router calls down.
    #[serde(default)]
    pub lines_down: Vec<LineDown>,
    /// Highest number of established connections of the days kept.
    pub connections_max: Option<u64>,
    pub throughput_max_bps: Option<u64>,
    /// Whether the peripheral probe worked: tells 0 printers from "nothing known".
    pub peripherals_known: bool,
    pub problems: Vec<SectionProblem>,
    /// Where it stands: IPv4 networks of real adapters, at most a /24, that of the default route first.
    #[serde(default)]
    pub networks: Vec<String>,
    /// Of real adapters, lower case with colons.
    #[serde(default)]
    pub macs: Vec<String>,
    /// What else it sees on its networks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub neighbours: Vec<NeighbourSighting>,
    pub check: Option<SecurityCheck>,
    pub enrolled_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
    pub last_report_at: Option<Timestamp>,
    /// Agent clock minus collector clock at the last report.
    pub clock_skew_seconds: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    Observed,
    /// Entered by a person: no agent.
    Declared,
}

/// How the ids of devices begin that have no agent.
pub const DECLARED: &str = "declared:";

/// What a person says of a computer without an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredDevice {
    pub kind: DeviceKind,
    pub maker: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub declared_by: String,
    pub declared_on: Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceState {
    Active,
    Suspended,
    Revoked,
    Retired,
}

impl DeviceState {
    /// A revoked or retired identity never comes back: the computer enrols anew.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Active => next != Self::Active,
            Self::Suspended => next != Self::Suspended,
            Self::Revoked => next == Self::Retired,
            Self::Retired => false,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Retired => "retired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Revoked, Self::Retired].into_iter().find(|s| s.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    Workstation,
    Laptop,
    Server,
    Unknown,
}

impl DeviceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workstation => "workstation",
            Self::Laptop => "laptop",
            Self::Server => "server",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Workstation, Self::Laptop, Self::Server, Self::Unknown]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatingSystemFacts {
    pub family: Family,
    pub full_name: String,
    pub version: Option<String>,
    pub build: Option<String>,
    /// End of security support without paid extension; `None` where the cycle is not in the table.
    pub support_ends_on: Option<Date>,
    /// The table row that said so, e.g. `Windows 10 22H2`.
    pub lifecycle: Option<String>,
    /// Whether the hardware can run the successor; decides between an upgrade and a new computer.
    pub successor_runs: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSystemUse {
    pub mount_point: String,
    pub used_permille: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Protection {
    /// The probe failed, or no antivirus section came yet.
    Unknown,
    /// The probe worked and found no product.
    Absent,
    /// At least one product is installed. `observed_at` dates the states.
    Installed { products: Vec<Product>, observed_at: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionProblem {
    pub section: SectionName,
    #[serde(flatten)]
    pub problem: Problem,
}

impl Protection {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Absent => "absent",
            Self::Installed { .. } => "installed",
        }
    }
}

/// The act of an inspector, recorded on a device or a peripheral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityCheck {
    pub checked_on: Date,
    pub checked_by: String,
    pub document: Option<String>,
    pub valid_until: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::DeviceState::{self, Active, Retired, Revoked, Suspended};

    #[test]
    fn what_is_revoked_or_retired_never_comes_back() {
        let all = [Active, Suspended, Revoked, Retired];
        let next =
            |state: DeviceState| all.into_iter().filter(|next| state.may_become(*next)).collect::<Vec<_>>();
        assert_eq!(next(Active), [Suspended, Revoked, Retired]);
        assert_eq!(next(Suspended), [Active, Revoked, Retired]);
        assert_eq!(next(Revoked), [Retired]);
        assert_eq!(next(Retired), []);
    }
}
