use super::{Rule, RuleInfo, Subject, evidence::DiskFull};
use crate::inventory::{DeviceFacts, counting::View};

/// A fixed file system is nearly full.
pub struct DiskNearlyFull;

impl Rule for DiskNearlyFull {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "endpoint.disk-nearly-full",
            title_vi: "Ổ đĩa gần đầy",
            title_en: "Disk nearly full",
            legal_basis_vi: "Câu hỏi II.13 Công văn 2551/TCTTKĐA ngày 01/4/2024 (thiết bị phục vụ số hóa, thiết bị lưu trữ); Tiêu chí 10 Công văn 708/BTTTT-CATTT (giám sát CPU, RAM, Storage), câu hỏi III.12",
            legal_basis_en: "Question II.13 of official letter 2551/TCTTKĐA of 1 April 2024 (equipment for digitisation, storage); criterion 10 of official letter 708/BTTTT-CATTT (monitoring of CPU, RAM and storage), question III.12",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let devices = view.inventory.devices.iter();
        devices.filter_map(|d| Some(Subject::device(&d.device, evidence(d, view)?))).collect()
    }
}

fn evidence(device: &DeviceFacts, view: View<'_>) -> Option<DiskFull> {
    let limit_permille = view.thresholds.disk_full_permille;
    let fullest = device.fullest_file_system.as_ref().filter(|fs| fs.used_permille > limit_permille)?;
    Some(DiskFull {
        host_name: device.host_name.clone(),
        mount_point: fullest.mount_point.clone(),
        used_permille: fullest.used_permille,
        limit_permille,
    })
}
