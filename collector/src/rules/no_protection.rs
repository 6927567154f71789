use super::{
    Rule, RuleInfo, Subject,
    evidence::{NoProtection as Evidence, ProtectionRead},
};
use crate::inventory::{DeviceFacts, Protection, counting::View};

/// The probe worked and found no product.
pub struct NoProtection;

pub const ID: &str = "endpoint.no-protection";

impl Rule for NoProtection {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: ID,
            title_vi: "Chưa cài phần mềm diệt virus",
            title_en: "No antivirus software",
            legal_basis_vi: "Tiêu chí 13 Công văn 708/BTTTT-CATTT (toàn bộ máy chủ, máy trạm được cài sản phẩm phòng, chống mã độc và quản lý tập trung); câu hỏi III.15 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 13 of official letter 708/BTTTT-CATTT (anti-malware installed on every server and workstation and centrally managed); question III.15 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let devices = view.inventory.devices.iter().filter(|d| applies(d));
        let read = ProtectionRead::NoProductListed;
        let evidence = |d: &DeviceFacts| Evidence { host_name: d.host_name.clone(), protection: read };
        devices.map(|d| Subject::device(&d.device, evidence(d))).collect()
    }
}

pub fn applies(device: &DeviceFacts) -> bool {
    device.protection == Protection::Absent
}
