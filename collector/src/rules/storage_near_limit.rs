use super::{
    Rule, RuleInfo, Subject,
    evidence::{Amount, NearLimit},
};
use crate::inventory::counting::{System, View, systems};

/// The servers of a system use most of their storage.
pub struct StorageNearLimit;

impl Rule for StorageNearLimit {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "system.storage-near-limit",
            title_vi: "Dung lượng lưu trữ của hệ thống gần hết",
            title_en: "Storage of the system near its limit",
            legal_basis_vi: "Cột Hiệu năng lưu trữ của Phụ lục về hạ tầng/mô hình kèm Công văn 2551/TCTTKĐA ngày 01/4/2024; Tiêu chí 10 Công văn 708/BTTTT-CATTT, câu hỏi III.12",
            legal_basis_en: "Column for storage of the infrastructure appendix to official letter 2551/TCTTKĐA of 1 April 2024; criterion 10 of official letter 708/BTTTT-CATTT, question III.12",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let systems = systems(view.inventory);
        systems.iter().filter_map(|s| Some(Subject::system(s.name, evidence(s, view)?))).collect()
    }
}

fn evidence(system: &System<'_>, view: View<'_>) -> Option<NearLimit> {
    let limit_permille = view.thresholds.system_near_limit_permille;
    let (used_bytes, total_bytes) = system.storage().filter(|(_, total)| *total > 0)?;
    let permille = (u128::from(used_bytes) * 1000).div_ceil(u128::from(total_bytes));
    let used_permille = u64::try_from(permille).ok().filter(|used| *used > u64::from(limit_permille))?;
    let known = system.servers.iter().filter(|d| d.storage_used_bytes.is_some());
    Some(NearLimit {
        used_permille,
        limit_permille,
        amount: Amount::Storage { used_bytes, total_bytes },
        servers: known.map(|d| d.device.clone()).collect(),
    })
}
