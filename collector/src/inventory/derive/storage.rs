use crate::inventory::device::FileSystemUse;
use kiemke_schemas::section::storage::{FileSystem, Storage};
use std::collections::BTreeSet;

/// Figures of the fixed file systems; `None` where no size is known.
#[derive(Debug, Default)]
pub(super) struct Use {
    pub total_bytes: Option<u64>,
    pub used_bytes: Option<u64>,
    pub fullest: Option<FileSystemUse>,
}

impl Use {
    pub(super) fn of(storage: Option<&Storage>) -> Self {
        let Some(storage) = storage else { return Self::default() };
        let sized = fixed(storage);
        let sum = |pick: fn(&(u64, u64, &FileSystem)) -> u64| {
            (!sized.is_empty()).then(|| sized.iter().map(pick).fold(0, u64::saturating_add))
        };
        Self {
            total_bytes: sum(|(total, ..)| *total),
            used_bytes: sum(|(_, used, _)| *used),
            fullest: sized
                .iter()
                .filter(|(.., fs)| fs.read_only != Some(true))
                .map(|(total, used, fs)| FileSystemUse {
                    mount_point: fs.mount_point.clone(),
                    used_permille: permille_up(*used, *total),
                })
                .max_by(|a, b| (a.used_permille, &b.mount_point).cmp(&(b.used_permille, &a.mount_point))),
        }
    }
}

/// (total, used, file system); a file system mounted twice counts once.
fn fixed(storage: &Storage) -> Vec<(u64, u64, &FileSystem)> {
    let mut devices = BTreeSet::new();
    storage
        .file_systems
        .iter()
        .filter(|fs| fs.fixed)
        .filter_map(|fs| Some((fs.total_bytes.filter(|total| *total > 0)?, fs.used_bytes?, fs)))
        .filter(|(_, _, fs)| fs.device.as_ref().is_none_or(|device| devices.insert(device.clone())))
        .collect()
}

/// Rounded up, so that a value above a limit of whole permille stays above it.
fn permille_up(part: u64, whole: u64) -> u32 {
    let permille = (u128::from(part) * 1000).div_ceil(u128::from(whole.max(1)));
    u32::try_from(permille).unwrap_or(u32::MAX)
}
