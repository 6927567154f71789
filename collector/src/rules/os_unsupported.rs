use super::{Rule, RuleInfo, Subject, evidence::SupportEnded};
use crate::inventory::{DeviceFacts, counting::View, support_extension::extended_until};

/// Security support ended before today. A paid extension counts only where it is declared.
pub struct OsUnsupported;

impl Rule for OsUnsupported {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "endpoint.os-unsupported",
            title_vi: "Hệ điều hành hết hỗ trợ bảo mật",
            title_en: "Operating system without security support",
            legal_basis_vi: "Câu hỏi III.15 và III.21 Công văn 2551/TCTTKĐA ngày 01/4/2024 (phòng chống mã độc; kiểm tra, đánh giá an toàn thông tin định kỳ theo Công văn 652/BTTTT-CATTT ngày 28/02/2023)",
            legal_basis_en: "Questions III.15 and III.21 of official letter 2551/TCTTKĐA of 1 April 2024 (protection against malware; periodic security assessment under official letter 652/BTTTT-CATTT of 28 February 2023)",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let devices = view.inventory.devices.iter();
        devices.filter_map(|d| Some(Subject::device(&d.device, evidence(d, view)?))).collect()
    }
}

fn evidence(device: &DeviceFacts, view: View<'_>) -> Option<SupportEnded> {
    let system = device.operating_system.as_ref()?;
    let ended_on = system.support_ends_on.filter(|end| *end < view.today())?;
    let extension_ended_on = extended_until(view.inventory, device);
    if extension_ended_on.is_some_and(|end| end >= view.today()) {
        return None;
    }
    Some(SupportEnded {
        host_name: device.host_name.clone(),
        system_name: system.full_name.clone(),
        lifecycle: system.lifecycle.clone(),
        support_ended_on: ended_on,
        extension_ended_on,
        successor_runs: system.successor_runs,
    })
}
