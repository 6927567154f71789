//! The one rule about money: procurement works out the share, since a unit's inventory does not know what
//! is proposed.

use super::{Finding, RuleInfo, evidence::ShareLow};

pub const INFO: RuleInfo = RuleInfo {
    id: "budget.security-share-low",
    title_vi: "Tỷ lệ kinh phí an toàn thông tin dưới mức tối thiểu",
    title_en: "Security share of the proposed budget too low",
    legal_basis_vi: "Chỉ thị số 14/CT-TTg ngày 07/6/2019 của Thủ tướng Chính phủ (kinh phí cho sản phẩm, dịch vụ an toàn thông tin mạng đạt tối thiểu 10 %)",
    legal_basis_en: "Directive 14/CT-TTg of the Prime Minister of 7 June 2019 (at least 10 % of the budget for security products and services)",
};

pub fn finding(unit: &str, evidence: ShareLow) -> Finding {
    Finding { rule: INFO.id, unit: unit.to_owned(), device: None, system: None, evidence: evidence.into() }
}
