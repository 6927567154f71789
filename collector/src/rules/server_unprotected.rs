use super::{
    Rule, RuleInfo, Subject,
    evidence::{Unprotected, UnprotectedServer},
    no_protection, protection_off,
};
use crate::inventory::{
    DeviceFacts,
    counting::{System, View, systems},
};

/// A server of a system has no protection, or none that is on.
pub struct ServerUnprotected;

impl Rule for ServerUnprotected {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "system.server-unprotected",
            title_vi: "Máy chủ của hệ thống chưa được bảo vệ",
            title_en: "A server of the system is unprotected",
            legal_basis_vi: "Tiêu chí 13 Công văn 708/BTTTT-CATTT (toàn bộ máy chủ được cài sản phẩm phòng, chống mã độc); câu hỏi III.15 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 13 of official letter 708/BTTTT-CATTT (anti-malware installed on every server); question III.15 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let systems = systems(view.inventory);
        systems.iter().filter_map(|s| Some(Subject::system(s.name, evidence(s)?))).collect()
    }
}

fn evidence(system: &System<'_>) -> Option<Unprotected> {
    let servers: Vec<_> = system
        .servers
        .iter()
        .filter_map(|d| {
            let rule = flagged_by(d)?;
            Some(UnprotectedServer { device: d.device.clone(), host_name: d.host_name.clone(), rule })
        })
        .collect();
    (!servers.is_empty()).then_some(Unprotected { servers })
}

fn flagged_by(server: &DeviceFacts) -> Option<&'static str> {
    if no_protection::applies(server) {
        return Some(no_protection::ID);
    }
    protection_off::switched_off(server).map(|_| protection_off::ID)
}
