use super::{
    Rule, RuleInfo, Subject,
    evidence::{NeighbourEvidence, Unmanaged as Evidence},
};
use crate::inventory::{NeighbourFacts, counting::View};
use kiemke_schemas::section::neighbour::NeighbourKind;

/// A computer seen on the office network has no agent. Phones, printers, routers and what is not surely a
/// computer raise nothing.
pub struct Unmanaged;

impl Rule for Unmanaged {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "endpoint.unmanaged",
            title_vi: "Máy tính trên mạng chưa cài phần mềm kiểm kê",
            title_en: "Computer on the network without an agent",
            legal_basis_vi: "Tiêu chí 13 Công văn 708/BTTTT-CATTT (toàn bộ máy chủ, máy trạm được quản lý tập trung); câu hỏi III.12 và III.15 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 13 of official letter 708/BTTTT-CATTT (every server and workstation is centrally managed); questions III.12 and III.15 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let computers: Vec<NeighbourEvidence> = view
            .inventory
            .neighbours
            .iter()
            .filter(|one| is_unmanaged_computer(one, view))
            .map(|one| NeighbourEvidence {
                address: one.sighting.address,
                mac: one.sighting.mac.clone(),
                vendor: one.sighting.vendor.clone(),
                name: one.sighting.name.clone(),
                confidence_permille: one.sighting.confidence_permille,
            })
            .collect();
        if computers.is_empty() {
            return Vec::new();
        }
        vec![Subject::unit(Evidence { computers_without_agent: computers })]
    }
}

pub fn is_unmanaged_computer(one: &NeighbourFacts, view: View<'_>) -> bool {
    let sighting = &one.sighting;
    !one.managed
        && sighting.kind == NeighbourKind::Computer
        && sighting.confidence_permille >= view.thresholds.unmanaged_confidence_permille
        && sighting.last_seen_at >= view.days_ago(view.thresholds.unmanaged_seen_days)
}
