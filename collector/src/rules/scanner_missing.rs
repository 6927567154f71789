use super::{Rule, RuleInfo, Subject, evidence::Missing};
use crate::inventory::counting::{Class, View};

/// No scanner at a unit with a one-stop desk.
pub struct ScannerMissing;

impl Rule for ScannerMissing {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "equipment.scanner-missing",
            title_vi: "Bộ phận một cửa chưa có máy quét",
            title_en: "No scanner at the one-stop desk",
            legal_basis_vi: "Mục 3 Phụ lục Công văn 488/BTTTT-CĐSQG ngày 15/02/2023 (trang thiết bị Bộ phận một cửa: máy scan, ...); câu hỏi II.13 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Item 3 of the appendix to official letter 488/BTTTT-CĐSQG of 15 February 2023 (equipment of the one-stop desks: scanners, …); question II.13 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        Missing::of(Class::Scanners, view).map(Subject::unit).into_iter().collect()
    }
}
