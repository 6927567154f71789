use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Storage {
    pub disks: Vec<Disk>,
    pub file_systems: Vec<FileSystem>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Disk {
    /// `sda`, `\\.\PHYSICALDRIVE0`.
    pub name: String,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub kind: Option<DiskKind>,
    /// `sata`, `nvme`, `usb`, `virtio`, …
    pub bus: Option<String>,
    pub size_bytes: Option<u64>,
    pub removable: Option<bool>,
    pub health: Option<DiskHealth>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiskKind {
    Ssd,
    Hdd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiskHealth {
    Good,
    Failing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileSystem {
    pub mount_point: String,
    #[serde(default)]
    pub device: Option<String>,
    /// `ext4`, `NTFS`, …
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub total_bytes: Option<u64>,
    #[serde(default)]
    pub used_bytes: Option<u64>,
    /// On a disk of this machine: not removable, not a network share, not an image.
    pub fixed: bool,
    #[serde(default)]
    pub read_only: Option<bool>,
    /// BitLocker, LUKS, …
    #[serde(default)]
    pub encrypted: Option<bool>,
}
