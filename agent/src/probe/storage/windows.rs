#[cfg(windows)]
use crate::probe::Root;
use crate::{
    parse::records::Record,
    probe::{
        placeholder,
        windows::{DriveKind, RawDisk, Source, Volume, or_absent, or_problem},
    },
};
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::storage::{Disk, DiskHealth, DiskKind, FileSystem, Storage},
};

#[cfg(windows)]
pub fn read(_: &Root) -> Section<Storage> {
    of(&crate::probe::windows::System)
}

const BITLOCKER: &str = r"root\cimv2\Security\MicrosoftVolumeEncryption";
const ENCRYPTABLE: &str = "SELECT DriveLetter, ProtectionStatus FROM Win32_EncryptableVolume";

pub fn of(source: &dyn Source) -> Section<Storage> {
    let mut problems = Vec::new();
    let raw = or_problem(source.disks(), &mut problems);
    let volumes = or_problem(source.volumes(), &mut problems);
    if raw.is_none() && volumes.is_none() {
        return Section { value: None, problems };
    }
    if raw.as_ref().is_some_and(Vec::is_empty) {
        problems.push(Problem::new(ProblemKind::Absent, r"\\.\PhysicalDrive", "no disk answers"));
    }
    let disks: Vec<Disk> = raw.unwrap_or_default().iter().filter_map(disk).collect();
    let volumes = volumes.unwrap_or_default();
    let asked = volumes.iter().any(|volume| volume.kind == DriveKind::Fixed);
    // Editions without BitLocker have no such namespace.
    let encrypted =
        if asked { or_absent(source.wmi(BITLOCKER, ENCRYPTABLE), &mut problems) } else { Vec::new() };
    let file_systems = volumes
        .into_iter()
        .filter_map(|volume| file_system(volume, &disks, &encrypted, &mut problems))
        .collect();
    Section { value: Some(Storage { disks, file_systems }), problems }
}

/// An empty card slot has no size; optical drives are no disks.
fn disk(raw: &RawDisk) -> Option<Disk> {
    let told = Descriptor::read(&raw.descriptor);
    const DISK: u8 = 0;
    if told.device_type != DISK || (raw.size_bytes.is_none() && told.removable == Some(true)) {
        return None;
    }
    Some(Disk {
        name: name(raw.number),
        kind: kind(told.bus, raw.seek_penalty),
        model: told.model,
        serial: told.serial,
        bus: told.bus.map(str::to_owned),
        size_bytes: raw.size_bytes,
        removable: if told.bus == Some("usb") { Some(true) } else { told.removable },
        health: health(raw),
    })
}

/// The threshold of ATA's SMART, or the warnings of NVMe.
fn health(raw: &RawDisk) -> Option<DiskHealth> {
    let failing = nvme_warns(&raw.nvme_health).or(raw.failure_predicted)?;
    Some(if failing { DiskHealth::Failing } else { DiskHealth::Good })
}

/// STORAGE_PROTOCOL_DATA_DESCRIPTOR: version, size, a head that says where the log lies from its own start and how
/// long it is. The log's first byte has a bit for each warning.
fn nvme_warns(answer: &[u8]) -> Option<bool> {
    const HEAD: usize = 8;
    let number = |at: usize| Some(u32::from_le_bytes(answer.get(at..at + 4)?.try_into().ok()?) as usize);
    let (offset, length) = (number(HEAD + 16)?, number(HEAD + 20)?);
    let log = answer.get(HEAD.checked_add(offset)?..)?.get(..length)?;
    log.first().map(|warnings| *warnings != 0)
}

fn name(number: u32) -> String {
    format!(r"\\.\PHYSICALDRIVE{number}")
}

/// Hypervisors answer for what their disk stands on, or make it up.
fn kind(bus: Option<&str>, seek_penalty: Option<bool>) -> Option<DiskKind> {
    match (bus, seek_penalty) {
        (Some("virtual"), _) => None,
        (Some("nvme"), _) | (_, Some(false)) => Some(DiskKind::Ssd),
        (_, Some(true)) => Some(DiskKind::Hdd),
        _ => None,
    }
}

/// STORAGE_DEVICE_DESCRIPTOR: a head with offsets of texts behind it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Descriptor {
    device_type: u8,
    removable: Option<bool>,
    model: Option<String>,
    serial: Option<String>,
    bus: Option<&'static str>,
}

impl Descriptor {
    fn read(bytes: &[u8]) -> Self {
        let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let text = |at: usize| {
            let start = number(at).filter(|offset| *offset > 0)? as usize;
            let rest = bytes.get(start..)?;
            let text = String::from_utf8_lossy(rest.split(|byte| *byte == 0).next()?).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        Self {
            device_type: bytes.get(8).copied().unwrap_or_default(),
            removable: bytes.get(10).map(|byte| *byte != 0),
            model: model(text(12), text(16)),
            serial: text(24).as_deref().and_then(serial),
            bus: number(28).and_then(bus),
        }
    }
}

/// `ATA` and `NVMe` are transports.
fn model(vendor: Option<String>, product: Option<String>) -> Option<String> {
    let product = product.and_then(|text| placeholder::meaningful(&text))?;
    let maker = vendor.filter(|vendor| !matches!(vendor.to_ascii_lowercase().as_str(), "ata" | "nvme"));
    let maker = maker.filter(|maker| !product.starts_with(maker.as_str()));
    Some(maker.map_or(product.clone(), |maker| format!("{maker} {product}")))
}

/// Old ATA drivers give the twenty letters as forty hexadecimal digits, each pair of letters swapped.
fn serial(text: &str) -> Option<String> {
    const HEX_LETTERS: usize = 40;
    let hex = text.len() == HEX_LETTERS && text.bytes().all(|b| b.is_ascii_hexdigit());
    let letters = || {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
        let swapped: Vec<u8> = bytes.chunks_exact(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        String::from_utf8(swapped).ok().filter(|text| text.bytes().all(|b| matches!(b, b' '..=b'~')))
    };
    let decoded = if hex { letters() } else { None };
    placeholder::serial(decoded.as_deref().unwrap_or(text).trim_end_matches('.'))
}

/// STORAGE_BUS_TYPE
fn bus(number: u32) -> Option<&'static str> {
    Some(match number {
        1 => "scsi",
        2 | 3 => "ata",
        4 => "ieee1394",
        6 => "fibre-channel",
        7 => "usb",
        8 => "raid",
        9 => "iscsi",
        10 => "sas",
        11 => "sata",
        12 => "sd",
        13 => "mmc",
        14 | 15 => "virtual",
        16 => "spaces",
        17 => "nvme",
        _ => return None,
    })
}

/// `None` for shares, optical drives and empty slots.
fn file_system(
    volume: Volume,
    disks: &[Disk],
    encrypted: &[Record],
    problems: &mut Vec<Problem>,
) -> Option<FileSystem> {
    if !matches!(volume.kind, DriveKind::Fixed | DriveKind::Removable)
        || (volume.kind == DriveKind::Removable && volume.total_bytes.is_none())
    {
        return None;
    }
    let encrypted = or_problem(encryption(&volume, encrypted), problems).flatten();
    // A disk in a box on USB calls its volumes fixed.
    let on = volume.disk.and_then(|number| disks.iter().find(|disk| disk.name == name(number)));
    let external = on.is_some_and(|disk| disk.removable == Some(true));
    Some(FileSystem {
        device: volume.device,
        kind: volume.file_system.filter(|name| !name.is_empty()),
        total_bytes: volume.total_bytes,
        used_bytes: volume
            .total_bytes
            .zip(volume.free_bytes)
            .and_then(|(total, free)| total.checked_sub(free)),
        fixed: volume.kind == DriveKind::Fixed && !external,
        read_only: volume.read_only,
        encrypted,
        mount_point: volume.mount_point,
    })
}

/// Protection off is 0, on 1; a locked volume cannot tell (2), and is encrypted.
fn encryption(volume: &Volume, records: &[Record]) -> Result<Option<bool>, Problem> {
    let letter = volume.mount_point.trim_end_matches('\\');
    let known = records
        .iter()
        .find(|record| record.get("DriveLetter").is_some_and(|known| known.eq_ignore_ascii_case(letter)));
    let Some(record) = known else { return Ok(None) };
    let status = record
        .number("ProtectionStatus")
        .map_err(|error| Problem::new(ProblemKind::Failed, "Win32_EncryptableVolume", error.to_string()))?;
    Ok(status.map(|status| status != 0))
}

#[cfg(test)]
mod tests;
