use super::{Rule, RuleInfo, Subject, evidence::Shortage};
use crate::inventory::counting::{View, computers};

/// Fewer computers than official staff.
pub struct ComputersShort;

impl Rule for ComputersShort {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "equipment.computers-short",
            title_vi: "Thiếu máy tính cho cán bộ chính thức",
            title_en: "Fewer computers than official staff",
            legal_basis_vi: "Phụ lục về trang, thiết bị đầu cuối và câu hỏi II.13 kèm Công văn 2551/TCTTKĐA ngày 01/4/2024; Quyết định 50/2017/QĐ-TTg (01 máy tính cho mỗi cán bộ, công chức, viên chức)",
            legal_basis_en: "Equipment appendix and question II.13 of official letter 2551/TCTTKĐA of 1 April 2024; Decision 50/2017/QĐ-TTg (one computer for each official)",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        Shortage::of(&computers(view), "staff.official", view).map(Subject::unit).into_iter().collect()
    }
}
