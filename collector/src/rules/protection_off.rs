use super::{
    Rule, RuleInfo, Subject,
    evidence::{ProductEvidence, ProtectionOff as Evidence},
};
use crate::inventory::{DeviceFacts, Protection, counting::View};
use kiemke_schemas::section::antivirus::{Product, ProductState};

/// Products are installed and none is on.
pub struct ProtectionOff;

pub const ID: &str = "endpoint.protection-off";

impl Rule for ProtectionOff {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: ID,
            title_vi: "Phần mềm diệt virus không hoạt động",
            title_en: "Antivirus software not active",
            legal_basis_vi: "Tiêu chí 13 Công văn 708/BTTTT-CATTT (phòng, chống mã độc trên toàn bộ máy chủ, máy trạm); câu hỏi III.15 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 13 of official letter 708/BTTTT-CATTT (protection against malware on every server and workstation); question III.15 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let devices = view.inventory.devices.iter();
        let off = devices.filter_map(|d| {
            let products = switched_off(d)?.iter().map(ProductEvidence::from).collect();
            Some(Subject::device(&d.device, Evidence { host_name: d.host_name.clone(), products }))
        });
        off.collect()
    }
}

/// The products of a device on which every one is known not to protect: a product of unknown state may.
pub fn switched_off(device: &DeviceFacts) -> Option<&[Product]> {
    let Protection::Installed { products, .. } = &device.protection else { return None };
    let protects_perhaps = |p: &Product| matches!(p.state, ProductState::On | ProductState::Unknown);
    (!products.is_empty() && !products.iter().any(protects_perhaps)).then_some(products.as_slice())
}
