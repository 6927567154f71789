use super::{Rule, RuleInfo, Subject, evidence::Shortage};
use crate::inventory::counting::{Class, View, peripherals};

/// Fewer USB tokens than professional staff.
pub struct TokensShort;

impl Rule for TokensShort {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "equipment.tokens-short",
            title_vi: "Thiếu USB Token ký số cho cán bộ nghiệp vụ",
            title_en: "Fewer USB tokens than professional staff",
            legal_basis_vi: "Cột Số lượng USB Token kí số của Phụ lục về trang, thiết bị đầu cuối và câu hỏi II.13 (chữ ký số) kèm Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Column for USB tokens of the equipment appendix and question II.13 (digital signatures) of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let tokens = peripherals(Class::Tokens, view);
        Shortage::of(&tokens, "staff.professional", view).map(Subject::unit).into_iter().collect()
    }
}
