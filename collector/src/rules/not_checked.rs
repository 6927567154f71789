use super::{Rule, RuleInfo, Subject, evidence::NotChecked as Evidence};
use crate::inventory::{
    DeviceFacts,
    counting::{View, checked},
};

/// No valid security check is recorded on a computer or server.
pub struct NotChecked;

impl Rule for NotChecked {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "endpoint.not-checked",
            title_vi: "Chưa kiểm tra an ninh, an toàn",
            title_en: "No security check",
            legal_basis_vi: "Cột Số lượng máy tính (đã kiểm tra an ninh an toàn) của Phụ lục về trang, thiết bị đầu cuối và câu hỏi III.21 kèm Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Column for computers (checked for security) of the equipment appendix and question III.21 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let devices = view.inventory.devices.iter();
        let unchecked = devices.filter(|d| !checked(d.check.as_ref(), view));
        unchecked.map(|d| Subject::device(&d.device, evidence(d))).collect()
    }
}

fn evidence(device: &DeviceFacts) -> Evidence {
    Evidence {
        host_name: device.host_name.clone(),
        last_checked_on: device.check.as_ref().map(|check| check.checked_on),
        valid_until: device.check.as_ref().and_then(|check| check.valid_until),
    }
}
