use super::{last_problem, wide};
use crate::probe::windows::RawDisk;
use kiemke_schemas::{Problem, ProblemKind};
use std::ptr;
use windows_sys::Win32::{
    Foundation::{CloseHandle, GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE},
    Storage::FileSystem::{CreateFileW, FILE_SHARE_READ, FILE_SHARE_WRITE, OPEN_EXISTING},
    System::{
        IO::DeviceIoControl,
        Ioctl::{
            IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, IOCTL_STORAGE_GET_DEVICE_NUMBER, IOCTL_STORAGE_PREDICT_FAILURE,
            IOCTL_STORAGE_QUERY_PROPERTY, PropertyStandardQuery, STORAGE_PROPERTY_ID, STORAGE_PROPERTY_QUERY,
            StorageDeviceProperty, StorageDeviceSeekPenaltyProperty,
        },
    },
};

/// Numbers have gaps where a disk was taken out.
const NUMBERS: u32 = 32;
const FILE_DEVICE_DISK: u32 = 7;
const SOURCE: &str = r"\\.\PhysicalDrive";

struct Open(HANDLE);

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: the handle came from CreateFileW and is closed once.
        unsafe { CloseHandle(self.0) };
    }
}

pub fn read() -> Result<Vec<RawDisk>, Problem> {
    let (mut disks, mut refused) = (Vec::new(), None);
    for number in 0..NUMBERS {
        match open(number, 0) {
            Ok(handle) => disks.push(disk(number, &handle)),
            Err(problem) if problem.kind == ProblemKind::Absent => {}
            Err(problem) => refused = Some(problem),
        }
    }
    match refused {
        Some(problem) if disks.is_empty() => Err(problem),
        _ => Ok(disks),
    }
}

fn open(number: u32, access: u32) -> Result<Open, Problem> {
    open_path(&format!("{SOURCE}{number}"), access)
}

fn open_path(name: &str, access: u32) -> Result<Open, Problem> {
    let path = wide(name);
    let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
    // SAFETY: the path ends in a zero; the other pointers may be null.
    let handle =
        unsafe { CreateFileW(path.as_ptr(), access, share, ptr::null(), OPEN_EXISTING, 0, ptr::null_mut()) };
    if handle == INVALID_HANDLE_VALUE { Err(last_problem(name)) } else { Ok(Open(handle)) }
}

fn disk(number: u32, handle: &Open) -> RawDisk {
    // Version, size, and the truth value.
    let seek_penalty = property(handle, StorageDeviceSeekPenaltyProperty);
    RawDisk {
        number,
        descriptor: property(handle, StorageDeviceProperty).unwrap_or_default(),
        seek_penalty: seek_penalty.and_then(|bytes| bytes.get(8).map(|byte| *byte != 0)),
        size_bytes: size(handle),
        failure_predicted: failure_predicted(number),
        nvme_health: nvme_health(number).unwrap_or_default(),
    }
}

fn control(handle: &Open, code: u32, input: &[u8], room: usize) -> Option<Vec<u8>> {
    // In units that keep the answer aligned.
    let (mut output, mut length) = (vec![0_u64; room.div_ceil(size_of::<u64>())], 0);
    // SAFETY: both lengths are not more than those of their buffers.
    let done = unsafe {
        DeviceIoControl(
            handle.0,
            code,
            input.as_ptr().cast(),
            input.len() as u32,
            output.as_mut_ptr().cast(),
            room as u32,
            &raw mut length,
            ptr::null_mut(),
        )
    };
    let bytes = || output.iter().flat_map(|word| word.to_ne_bytes()).take(length as usize).collect();
    (done != 0).then(bytes)
}

fn property(handle: &Open, id: STORAGE_PROPERTY_ID) -> Option<Vec<u8>> {
    let mut query = [0_u8; size_of::<STORAGE_PROPERTY_QUERY>()];
    query[..4].copy_from_slice(&id.to_ne_bytes());
    query[4..8].copy_from_slice(&PropertyStandardQuery.to_ne_bytes());
    control(handle, IOCTL_STORAGE_QUERY_PROPERTY, &query, 1024)
}

/// DISK_GEOMETRY_EX: 24 bytes of geometry, then the size.
fn size(handle: &Open) -> Option<u64> {
    let answer = control(handle, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, &[], 256)?;
    let bytes = answer.get(24..32)?.try_into().ok()?;
    Some(u64::from_ne_bytes(bytes)).filter(|size| *size > 0)
}

/// By SMART's own threshold. Only administrators may open a disk for it.
fn failure_predicted(number: u32) -> Option<bool> {
    let handle = open(number, GENERIC_READ | GENERIC_WRITE).ok()?;
    let answer = control(&handle, IOCTL_STORAGE_PREDICT_FAILURE, &[], 1024)?;
    let bytes = answer.get(..4)?.try_into().ok()?;
    Some(u32::from_ne_bytes(bytes) != 0)
}

/// STORAGE_PROPERTY_QUERY with STORAGE_PROTOCOL_SPECIFIC_DATA: page 2 of the log of an NVMe disk. Windows 10 and
/// later; others refuse it.
fn nvme_health(number: u32) -> Option<Vec<u8>> {
    const PROTOCOL_SPECIFIC: u32 = 50;
    const NVME: u32 = 3;
    const LOG_PAGE: u32 = 2;
    const HEALTH: u32 = 2;
    const HEAD: u32 = 40;
    const PAGE: u32 = 512;
    let words =
        [PROTOCOL_SPECIFIC, PropertyStandardQuery.cast_unsigned(), NVME, LOG_PAGE, HEALTH, 0, HEAD, PAGE];
    let mut query = [0_u8; 48 + PAGE as usize];
    for (place, word) in query.chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
    let handle = open(number, GENERIC_READ | GENERIC_WRITE).ok()?;
    control(&handle, IOCTL_STORAGE_QUERY_PROPERTY, &query, query.len())
}

/// STORAGE_DEVICE_NUMBER of `C:\`: kind of device, number. Volumes over several disks have none.
pub fn of_volume(mount_point: &str) -> Option<u32> {
    let handle = open_path(&format!(r"\\.\{}", mount_point.trim_end_matches('\\')), 0).ok()?;
    let answer = control(&handle, IOCTL_STORAGE_GET_DEVICE_NUMBER, &[], 16)?;
    let number = |at: usize| Some(u32::from_ne_bytes(answer.get(at..at + 4)?.try_into().ok()?));
    number(4).filter(|_| number(0) == Some(FILE_DEVICE_DISK))
}
