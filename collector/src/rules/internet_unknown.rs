use super::{Rule, RuleInfo, Subject, evidence::NoLineKnown};
use crate::inventory::{
    DeviceFacts,
    counting::{View, computers::office, numbered},
};

/// Devices report, but nothing about lines was observed or declared for some days.
pub struct InternetUnknown;

impl Rule for InternetUnknown {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "internet.unknown",
            title_vi: "Chưa rõ đường truyền Internet",
            title_en: "Internet lines not known",
            legal_basis_vi: "Cột Đường truyền, Băng thông của Phụ lục về trang, thiết bị đầu cuối kèm Công văn 2551/TCTTKĐA ngày 01/4/2024; Công văn 4709/CV-TCTTKĐA ngày 10/6/2024 (rà soát hạ tầng đường truyền của cả 3 cấp)",
            legal_basis_en: "Columns for lines and bandwidth of the equipment appendix to official letter 2551/TCTTKĐA of 1 April 2024; official letter 4709/CV-TCTTKĐA of 10 June 2024 (review of lines at all three levels)",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let since = view.days_ago(view.thresholds.internet_unknown_days);
        let reporting: Vec<&DeviceFacts> = office(view)
            .into_iter()
            .filter(|d| d.last_report_at.is_some())
            .filter(|d| d.last_seen_at.max(d.last_report_at) >= Some(since))
            .collect();
        let declared = !numbered(view.inventory, "", "line.").is_empty();
        let observed = reporting.iter().any(|d| {
            let no_way_out = d.lines_known && d.lines.is_empty();
            no_way_out || d.lines.iter().any(|line| line.last_seen_at >= since)
        });
        // A unit whose first device came yesterday has not been silent about its lines for a week.
        let long_enough = reporting.iter().any(|d| d.enrolled_at <= since);
        if declared || observed || !long_enough {
            return Vec::new();
        }
        vec![Subject::unit(NoLineKnown {
            devices: reporting.iter().map(|d| d.device.clone()).collect(),
            limit_days: view.thresholds.internet_unknown_days,
        })]
    }
}
