use super::{disks, last_problem, narrow, wide};
use crate::probe::windows::{DriveKind, Volume};
use kiemke_schemas::Problem;
use std::ptr;
use windows_sys::Win32::Storage::FileSystem::{
    GetDiskFreeSpaceExW, GetDriveTypeW, GetLogicalDriveStringsW, GetVolumeInformationW,
    GetVolumeNameForVolumeMountPointW,
};

const READ_ONLY: u32 = 0x0008_0000;

pub fn read() -> Result<Vec<Volume>, Problem> {
    let mut buffer = [0_u16; 512];
    // SAFETY: the length is the buffer's.
    let length = unsafe { GetLogicalDriveStringsW(buffer.len() as u32, buffer.as_mut_ptr()) } as usize;
    if length == 0 || length > buffer.len() {
        return Err(last_problem("GetLogicalDriveStrings"));
    }
    let drives = buffer[..length].split(|unit| *unit == 0).filter(|drive| !drive.is_empty());
    Ok(drives.map(|drive| volume(String::from_utf16_lossy(drive))).collect())
}

/// A share's size is not asked for: a dead server would block. An empty drive has no size.
fn volume(mount_point: String) -> Volume {
    let path = wide(&mount_point);
    let kind = kind(&path);
    let mut volume = Volume {
        mount_point,
        device: None,
        kind,
        disk: None,
        file_system: None,
        total_bytes: None,
        free_bytes: None,
        read_only: None,
    };
    if matches!(kind, DriveKind::Fixed | DriveKind::Removable) {
        volume.device = device(&path);
        volume.disk = disks::of_volume(&volume.mount_point);
        (volume.file_system, volume.read_only) = file_system(&path).unzip();
        (volume.total_bytes, volume.free_bytes) = space(&path).unzip();
    }
    volume
}

fn kind(path: &[u16]) -> DriveKind {
    // SAFETY: `path` ends in a zero, here and below.
    match unsafe { GetDriveTypeW(path.as_ptr()) } {
        2 => DriveKind::Removable,
        3 => DriveKind::Fixed,
        4 => DriveKind::Network,
        5 => DriveKind::Optical,
        _ => DriveKind::Other,
    }
}

fn device(path: &[u16]) -> Option<String> {
    let mut name = [0_u16; 64];
    // SAFETY: the length is the buffer's.
    let done =
        unsafe { GetVolumeNameForVolumeMountPointW(path.as_ptr(), name.as_mut_ptr(), name.len() as u32) };
    (done != 0).then(|| narrow(&name))
}

fn file_system(path: &[u16]) -> Option<(String, bool)> {
    let (mut name, mut flags) = ([0_u16; 64], 0);
    // SAFETY: the length is the buffer's; what is not asked for is null.
    let done = unsafe {
        GetVolumeInformationW(
            path.as_ptr(),
            ptr::null_mut(),
            0,
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut flags,
            name.as_mut_ptr(),
            name.len() as u32,
        )
    };
    (done != 0).then(|| (narrow(&name), flags & READ_ONLY != 0))
}

/// Total and free.
fn space(path: &[u16]) -> Option<(u64, u64)> {
    let (mut total, mut free) = (0, 0);
    // SAFETY: two places for a number each.
    let done = unsafe { GetDiskFreeSpaceExW(path.as_ptr(), ptr::null_mut(), &raw mut total, &raw mut free) };
    (done != 0 && total > 0).then_some((total, free))
}
