use super::{Rule, RuleInfo, Subject, evidence::Silence};
use crate::inventory::{
    DeviceFacts,
    counting::View,
    device::{DeviceState, Origin},
};

/// An agent gave no sign of life for some days.
pub struct Silent;

impl Rule for Silent {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "endpoint.silent",
            title_vi: "Máy không gửi báo cáo",
            title_en: "Silent computer",
            legal_basis_vi: "Tiêu chí 10 Công văn 708/BTTTT-CATTT (giám sát trạng thái hoạt động của toàn bộ thiết bị, máy chủ); câu hỏi III.12 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 10 of official letter 708/BTTTT-CATTT (the state of all devices and servers is monitored); question III.12 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let devices = view.inventory.devices.iter();
        devices.filter_map(|d| Some(Subject::device(&d.device, evidence(d, view)?))).collect()
    }
}

/// A suspended device is silent because somebody wanted it so.
fn evidence(device: &DeviceFacts, view: View<'_>) -> Option<Silence> {
    let expected = device.origin == Origin::Observed && device.state == DeviceState::Active;
    let heard_at = device.last_seen_at.max(device.last_report_at);
    let silent = heard_at.unwrap_or(device.enrolled_at) < view.days_ago(view.thresholds.silent_days);
    (expected && silent).then(|| Silence {
        host_name: device.host_name.clone(),
        last_seen_at: heard_at,
        enrolled_at: device.enrolled_at,
        limit_days: view.thresholds.silent_days,
    })
}
