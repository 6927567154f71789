//! Disks and file systems.

#[cfg(target_os = "linux")]
mod linux;
pub mod mounts;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "linux")]
pub use linux::Answers;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Root;
use kiemke_schemas::{
    Section,
    section::storage::{FileSystem, Storage},
};

pub fn read(root: &Root) -> Section<Storage> {
    platform::read(root)
}

/// Less than this share of a file system is no news: an idle hour must not make a report.
const STEADY_SHARE: u64 = 100;

/// Keeps the last reported use of a file system while it moves by less than 1 %.
pub fn steady(last: &Storage, mut new: Storage) -> Storage {
    for now in &mut new.file_systems {
        let before = last.file_systems.iter().find(|before| same_file_system(before, now));
        if let Some(before) = before
            && let (Some(used), Some(then), Some(total)) =
                (now.used_bytes, before.used_bytes, now.total_bytes)
            && used.abs_diff(then) < total / STEADY_SHARE
        {
            now.used_bytes = before.used_bytes;
        }
    }
    new
}

fn same_file_system(a: &FileSystem, b: &FileSystem) -> bool {
    a.mount_point == b.mount_point && a.device == b.device && a.total_bytes == b.total_bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(bytes: u64) -> Storage {
        let root = FileSystem {
            mount_point: "/".into(),
            device: Some("/dev/sda1".into()),
            kind: None,
            total_bytes: Some(1000),
            used_bytes: Some(bytes),
            fixed: true,
            read_only: None,
            encrypted: None,
        };
        Storage { disks: Vec::new(), file_systems: vec![root] }
    }

    #[test]
    fn small_movements_keep_the_last_value_and_larger_ones_do_not() {
        assert_eq!(steady(&used(500), used(509)), used(500));
        assert_eq!(steady(&used(500), used(491)), used(500));
        assert_eq!(steady(&used(500), used(510)), used(510));
        assert_eq!(steady(&Storage::default(), used(510)), used(510));
    }
}
