use super::{
    Rule, RuleInfo, Subject,
    evidence::{Amount, NearLimit},
};
use crate::inventory::counting::{System, View, systems};

/// The servers of a system use most of their CPUs.
pub struct CpuNearLimit;

impl Rule for CpuNearLimit {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "system.cpu-near-limit",
            title_vi: "CPU máy chủ của hệ thống gần quá tải",
            title_en: "CPUs of the system near their limit",
            legal_basis_vi: "Cột Hiệu năng máy chủ CPU của Phụ lục về hạ tầng/mô hình kèm Công văn 2551/TCTTKĐA ngày 01/4/2024; Tiêu chí 10 Công văn 708/BTTTT-CATTT, câu hỏi III.12",
            legal_basis_en: "Column for CPU of servers of the infrastructure appendix to official letter 2551/TCTTKĐA of 1 April 2024; criterion 10 of official letter 708/BTTTT-CATTT, question III.12",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let systems = systems(view.inventory);
        systems.iter().filter_map(|s| Some(Subject::system(s.name, evidence(s, view)?))).collect()
    }
}

fn evidence(system: &System<'_>, view: View<'_>) -> Option<NearLimit> {
    let limit_permille = view.thresholds.system_near_limit_permille;
    let used_permille = system.processor_load_permille().filter(|used| *used > u64::from(limit_permille))?;
    let (processors_in_use, processors) = system.processors()?;
    let known = system.servers.iter().filter(|d| d.processor_p95_permille.is_some());
    Some(NearLimit {
        used_permille,
        limit_permille,
        amount: Amount::Processors { processors_in_use, processors },
        servers: known.map(|d| d.device.clone()).collect(),
    })
}
