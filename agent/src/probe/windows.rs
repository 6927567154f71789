//! What Windows can be asked. A trait, so that recordings stand in for a machine: the probes' Windows parts
//! are plain functions of a source and are tested wherever they compile.

pub mod cores;
#[cfg(test)]
pub mod recording;
#[cfg(windows)]
mod system;
#[cfg(windows)]
pub use system::System;

use crate::parse::{
    records::Record,
    registry::{Key, Registry},
};
use kiemke_schemas::{Problem, ProblemKind};
use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

pub const MACHINE: &str = "HKEY_LOCAL_MACHINE";
pub const USERS: &str = "HKEY_USERS";

/// The values of one key. That it is absent is no problem; other failures go to `problems`.
pub fn values(source: &dyn Source, key: &str, problems: &mut Vec<Problem>) -> Key {
    let found = or_absent(source.registry(key, 0), problems);
    found.keys.into_values().next().unwrap_or_default()
}

/// Nothing where there is nothing; other failures go to `problems`.
pub fn or_absent<T: Default>(answer: Result<T, Problem>, problems: &mut Vec<Problem>) -> T {
    answer.unwrap_or_else(|problem| {
        if problem.kind != ProblemKind::Absent {
            problems.push(problem);
        }
        T::default()
    })
}

/// The value, or what kept it from being read.
pub fn or_problem<T>(answer: Result<T, Problem>, problems: &mut Vec<Problem>) -> Option<T> {
    answer.map_err(|problem| problems.push(problem)).ok()
}

/// Keys of the people whose settings are loaded, one each.
pub fn people(source: &dyn Source) -> Vec<String> {
    let accounts = source.subkeys(USERS).unwrap_or_default();
    let person = |name: &String| name.starts_with("S-1-5-21-") && !name.ends_with("_Classes");
    accounts.into_iter().filter(person).map(|account| format!("{USERS}\\{account}")).collect()
}

pub trait Source {
    /// The key `HKEY_…\…` with its values and so many levels of keys below it, as 64-bit programs see it.
    fn registry(&self, key: &str, levels: u8) -> Result<Registry, Problem>;
    /// Names of the keys below a key.
    fn subkeys(&self, key: &str) -> Result<Vec<String>, Problem>;
    fn wmi(&self, namespace: &str, query: &str) -> Result<Vec<Record>, Problem>;
    /// What the service control manager says of a service.
    fn service(&self, name: &str) -> Result<ServiceState, Problem>;
    fn version(&self) -> Result<Version, Problem>;
    /// Name and DNS domain.
    fn host_name(&self) -> Result<(String, Option<String>), Problem>;
    fn uptime(&self) -> Duration;
    /// The SMBIOS structure table.
    fn smbios(&self) -> Result<Vec<u8>, Problem>;
    fn processors(&self) -> Result<Processors, Problem>;
    fn memory(&self) -> Result<Memory, Problem>;
    fn volumes(&self) -> Result<Vec<Volume>, Problem>;
    fn disks(&self) -> Result<Vec<RawDisk>, Problem>;
    fn adapters(&self) -> Result<Vec<Adapter>, Problem>;
    fn default_routes(&self) -> Result<Vec<Route>, Problem>;
    fn neighbours(&self, family: Family) -> Result<Vec<NeighbourRow>, Problem>;
    /// Asks by ARP who has the address; `None` where nobody answers.
    fn ask_by_arp(&self, own: Ipv4Addr, host: Ipv4Addr) -> Result<Option<Vec<u8>>, Problem>;
    /// Instance ids of the devices of one enumerator (`USB`) that are plugged in now.
    fn plugged(&self, enumerator: &str) -> Result<Vec<String>, Problem>;
    fn processor_time(&self) -> Result<ProcessorTime, Problem>;
    /// Established TCP connections.
    fn connections(&self) -> Result<u64, Problem>;
    /// Readers of smart cards, as PC/SC names them.
    fn card_readers(&self) -> Result<Vec<CardReader>, Problem>;
    /// Names of the files of a folder.
    fn files(&self, folder: &str) -> Result<Vec<String>, Problem>;
    /// A small file.
    fn file(&self, path: &str) -> Result<Vec<u8>, Problem>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceState {
    Absent,
    Stopped,
    Running,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub build: u32,
    pub service_pack: u16,
    /// 1: workstation, 2: domain controller, 3: server.
    pub product_type: u8,
    pub architecture: Option<&'static str>,
}

/// Logical processors of each core, cores of each package; what CPUID says of the instruction sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Processors {
    /// Cores and threads of each package.
    pub packages: Vec<(u32, u32)>,
    pub features: Vec<String>,
    pub hypervisor: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    pub total_bytes: u64,
    pub available_bytes: u64,
    /// By the firmware; more than what the operating system may use.
    pub installed_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveKind {
    Fixed,
    Removable,
    Network,
    Optical,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// `C:\`
    pub mount_point: String,
    /// `\\?\Volume{…}\`
    pub device: Option<String>,
    pub kind: DriveKind,
    /// Number of the disk it lies on, where it is one.
    pub disk: Option<u32>,
    pub file_system: Option<String>,
    pub total_bytes: Option<u64>,
    pub free_bytes: Option<u64>,
    pub read_only: Option<bool>,
}

/// Answers of a disk's driver, undecoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawDisk {
    pub number: u32,
    /// STORAGE_DEVICE_DESCRIPTOR
    pub descriptor: Vec<u8>,
    /// DEVICE_SEEK_PENALTY_DESCRIPTOR
    pub seek_penalty: Option<bool>,
    pub size_bytes: Option<u64>,
    /// By SMART.
    pub failure_predicted: Option<bool>,
    /// STORAGE_PROTOCOL_DATA_DESCRIPTOR with the health log of NVMe
    pub nvme_health: Vec<u8>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adapter {
    pub index: u32,
    pub name: String,
    pub description: Option<String>,
    /// IANA's ifType.
    pub kind: u32,
    pub mac: Vec<u8>,
    pub permanent_mac: Vec<u8>,
    /// A real device with its own connector.
    pub hardware: bool,
    /// NDIS_PHYSICAL_MEDIUM
    pub physical_medium: i32,
    pub up: bool,
    pub speed_bps: Option<u64>,
    pub addresses: Vec<Address>,
    pub dns_servers: Vec<IpAddr>,
    pub metric_4: u32,
    pub metric_6: u32,
    pub octets: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    pub address: IpAddr,
    pub prefix: u8,
    /// A privacy address of IPv6, or one still being checked: no fact about a machine.
    pub passing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub interface: u32,
    pub gateway: Option<IpAddr>,
    pub metric: u32,
    pub version_6: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardReader {
    pub name: String,
    /// `USB\VID_…\…`; Windows tells it from version 8 on.
    pub instance: Option<String>,
    /// Answer to reset of the card inside; empty where there is none.
    pub atr: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Inet,
    Inet6,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourRow {
    pub interface: u32,
    pub address: IpAddr,
    pub mac: Vec<u8>,
    /// NL_NEIGHBOR_STATE
    pub state: i32,
}

/// In units of 100 ns, over all processors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProcessorTime {
    pub idle: u64,
    pub total: u64,
}
