use super::{
    Rule, RuleInfo, Subject,
    evidence::{DownEvidence, LineDown as Evidence},
};
use crate::inventory::counting::{View, device_counts};
use jiff::SignedDuration;
use std::{collections::BTreeMap, net::IpAddr};

/// A known line has been down for some time.
pub struct LineDown;

impl Rule for LineDown {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "internet.line-down",
            title_vi: "Đường truyền Internet mất kết nối",
            title_en: "Internet line down",
            legal_basis_vi: "Tiêu chí 15 Công văn 708/BTTTT-CATTT (duy trì kết nối dự phòng); câu hỏi III.12 và III.17 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 15 of official letter 708/BTTTT-CATTT (a spare connection is kept up); questions III.12 and III.17 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let limit = SignedDuration::from_mins(i64::from(view.thresholds.line_down_minutes));
        let mut down: BTreeMap<(IpAddr, &str), DownEvidence> = BTreeMap::new();
        let devices = view.inventory.devices.iter().filter(|d| device_counts(d, view));
        for line in devices.flat_map(|d| &d.lines_down) {
            let evidence = DownEvidence {
                router: line.router,
                interface: line.interface.clone(),
                label: line.label.clone(),
                down_since: line.since,
            };
            let known = down.entry((line.router, &line.interface)).or_insert(evidence);
            known.down_since = known.down_since.min(line.since);
        }
        down.retain(|_, line| view.now.duration_since(line.down_since) >= limit);
        if down.is_empty() {
            return Vec::new();
        }
        vec![Subject::unit(Evidence { lines_down: down.into_values().collect() })]
    }
}
