mod answers;
mod encryption;
mod health;

pub use answers::Answers;

use super::mounts::{self, Mount, Place};
use crate::probe::{
    Root, placeholder,
    root::{self},
};
use kiemke_schemas::{
    Problem, Section,
    section::storage::{Disk, DiskKind, FileSystem, Storage},
};

const SECTOR: u64 = 512;
const BLOCK: &str = "/sys/block";

pub fn read(root: &Root) -> Section<Storage> {
    let mut problems = Vec::new();
    let mut disks = disks(root).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    health::add(root, disks.as_deref_mut().unwrap_or_default(), &mut problems);
    let file_systems = file_systems(root, &mut problems).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    if disks.is_none() && file_systems.is_none() {
        return Section { value: None, problems };
    }
    let value = Storage { disks: disks.unwrap_or_default(), file_systems: file_systems.unwrap_or_default() };
    Section { value: Some(value), problems }
}

fn disks(root: &Root) -> Result<Option<Vec<Disk>>, Problem> {
    let names = root.names(BLOCK)?;
    Ok(Some(names.into_iter().filter_map(|name| disk(root, name)).collect()))
}

/// `None` for what is no disk: loop, RAM, mapped and network devices, optical drives, empty card slots.
fn disk(root: &Root, name: String) -> Option<Disk> {
    const NO_DISK: &[&str] =
        &["loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd", "drbd", "rbd", "mtdblock"];
    let at = format!("{BLOCK}/{name}");
    let sectors = root.attribute(&format!("{at}/size")).and_then(|text| text.parse::<u64>().ok());
    let partition_of_mmc = name.contains("boot") || name.contains("rpmb");
    if NO_DISK.iter().any(|prefix| name.starts_with(prefix)) || partition_of_mmc || sectors == Some(0) {
        return None;
    }
    let bus = bus(&name, &root.link_target(&at).unwrap_or_default());
    Some(Disk {
        model: model(root, &at),
        serial: serial(root, &at),
        kind: kind(root, &at, bus),
        bus: bus.map(str::to_owned),
        size_bytes: sectors.map(|sectors| sectors * SECTOR),
        removable: removable(root, &at, bus),
        health: None,
        name,
    })
}

fn model(root: &Root, at: &str) -> Option<String> {
    let model =
        root.attribute(&format!("{at}/device/model")).and_then(|text| placeholder::meaningful(&text))?;
    let vendor = root.attribute(&format!("{at}/device/vendor"));
    // `ATA` is the transport; virtio gives a number.
    let vendor =
        vendor.filter(|vendor| vendor != "ATA" && !vendor.starts_with("0x") && !model.starts_with(vendor));
    Some(vendor.map_or(model.clone(), |vendor| format!("{vendor} {model}")))
}

/// NVMe and virtio have a file; SCSI and SATA disks carry it in the unit serial number page (VPD 80h).
fn serial(root: &Root, at: &str) -> Option<String> {
    let file =
        root.attribute(&format!("{at}/device/serial")).or_else(|| root.attribute(&format!("{at}/serial")));
    let page = || {
        let page = root.bytes(&format!("{at}/device/vpd_pg80")).ok()?;
        let text = page.get(4..)?.to_vec();
        Some(String::from_utf8_lossy(&text).into_owned())
    };
    file.or_else(page).and_then(|text| placeholder::serial(&text))
}

/// From the name and the path of the device that sysfs links to.
fn bus(name: &str, link: &str) -> Option<&'static str> {
    const BY_PATH: &[(&str, &str)] = &[
        ("/usb", "usb"),
        ("/ata", "sata"),
        ("/virtio", "virtio"),
        ("/nvme", "nvme"),
        ("vmbus", "vmbus"),
        ("/host", "scsi"),
    ];
    const BY_NAME: &[(&str, &str)] = &[("nvme", "nvme"), ("vd", "virtio"), ("xvd", "xen"), ("mmcblk", "mmc")];
    let of_name = BY_NAME.iter().find(|(prefix, _)| name.starts_with(prefix));
    let of_path = BY_PATH.iter().find(|(part, _)| link.contains(part));
    of_name.or(of_path).map(|(_, bus)| *bus)
}

/// A virtual disk calls itself rotational whatever it stands on.
fn kind(root: &Root, at: &str, bus: Option<&str>) -> Option<DiskKind> {
    if matches!(bus, Some("virtio" | "xen" | "vmbus")) {
        return None;
    }
    match root.attribute(&format!("{at}/queue/rotational"))?.as_str() {
        "0" => Some(DiskKind::Ssd),
        "1" => Some(DiskKind::Hdd),
        _ => None,
    }
}

/// External USB disks do not call themselves removable, but they are.
fn removable(root: &Root, at: &str, bus: Option<&str>) -> Option<bool> {
    let flag = root.attribute(&format!("{at}/removable")).map(|text| text == "1");
    if bus == Some("usb") { Some(true) } else { flag }
}

fn file_systems(root: &Root, problems: &mut Vec<Problem>) -> Result<Option<Vec<FileSystem>>, Problem> {
    let mounts = mounts::parse(&root.text("/proc/self/mountinfo")?);
    let with_data = mounts.into_iter().filter(|mount| mounts::place(mount).is_some()).collect();
    let mut found: Vec<_> =
        mounts::distinct(with_data).into_iter().map(|mount| file_system(root, mount, problems)).collect();
    found.sort_by(|a, b| a.mount_point.cmp(&b.mount_point));
    Ok(Some(found))
}

/// The size of a network share is not asked for: a dead server would block.
fn file_system(root: &Root, mount: Mount, problems: &mut Vec<Problem>) -> FileSystem {
    let on_disk = mounts::place(&mount) == Some(Place::Disk);
    let usage = on_disk.then(|| usage(root, &mount.mount_point)).transpose().unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    FileSystem {
        fixed: on_disk && !on_removable_disk(root, &mount.number),
        encrypted: on_disk.then(|| encryption::is_encrypted(root, &mount.number, &mount.source)).flatten(),
        device: Some(mount.source),
        kind: Some(mount.kind),
        total_bytes: usage.map(|(total, _)| total),
        used_bytes: usage.map(|(_, used)| used),
        read_only: Some(mount.read_only),
        mount_point: mount.mount_point,
    }
}

/// Total and used bytes; total without what is reserved for root, so that "full" means full for people.
fn usage(root: &Root, mount_point: &str) -> Result<(u64, u64), Problem> {
    let place = root.path(mount_point);
    let stat = rustix::fs::statvfs(&place).map_err(|error| root::problem(mount_point, &error.into()))?;
    let used = stat.f_blocks.saturating_sub(stat.f_bfree);
    Ok(((used + stat.f_bavail) * stat.f_frsize, used * stat.f_frsize))
}

/// `/sys/dev/block/8:17` links to the partition inside its disk.
fn on_removable_disk(root: &Root, number: &str) -> bool {
    let at = format!("/sys/dev/block/{number}");
    let link = root.link_target(&at).unwrap_or_default();
    let flag = |path: String| root.attribute(&path).is_some_and(|text| text == "1");
    link.contains("/usb") || flag(format!("{at}/removable")) || flag(format!("{at}/../removable"))
}

#[cfg(test)]
mod tests;
