use super::{Rule, RuleInfo, Subject, evidence::SignaturesOld as Evidence};
use crate::inventory::{
    DeviceFacts, Protection,
    counting::{View, days_before},
};
use jiff::Timestamp;
use kiemke_schemas::{
    SectionName,
    section::antivirus::{Product, ProductState, SignatureState},
};

/// Protection is on with signatures older than a week.
pub struct SignaturesOld;

impl Rule for SignaturesOld {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "endpoint.signatures-old",
            title_vi: "Mẫu nhận diện virus đã cũ",
            title_en: "Antivirus signatures out of date",
            legal_basis_vi: "Tiêu chí 13 Công văn 708/BTTTT-CATTT (phòng, chống mã độc trên toàn bộ máy chủ, máy trạm); câu hỏi III.15 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 13 of official letter 708/BTTTT-CATTT (protection against malware on every server and workstation); question III.15 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let devices = view.inventory.devices.iter();
        devices.filter_map(|d| Some(Subject::device(&d.device, evidence(d, view)?))).collect()
    }
}

/// One active product with fresh signatures, or with signatures nobody knows, is enough for no flag.
fn evidence(device: &DeviceFacts, view: View<'_>) -> Option<Evidence> {
    let Protection::Installed { products, observed_at } = &device.protection else { return None };
    let oldest = days_before(known_at(device, *observed_at, view), view.thresholds.signatures_old_days);
    let active: Vec<&Product> = products.iter().filter(|p| p.state == ProductState::On).collect();
    let newest = active.iter().max_by_key(|p| p.signatures.updated_at)?;
    active.iter().all(|p| is_old(p, oldest)).then(|| Evidence {
        host_name: device.host_name.clone(),
        product: newest.name.clone(),
        signatures_updated_at: newest.signatures.updated_at,
        limit_days: view.thresholds.signatures_old_days,
    })
}

fn is_old(product: &Product, oldest: Timestamp) -> bool {
    match product.signatures.updated_at {
        Some(updated_at) => updated_at < oldest,
        None => product.signatures.state == SignatureState::Old,
    }
}

/// Until when the state is known: to a device's last sign of life unless its probe fails. A computer that
/// was switched off for a week may be up to date a minute after its start.
fn known_at(device: &DeviceFacts, observed_at: Timestamp, view: View<'_>) -> Timestamp {
    let probe_fails = device.problems.iter().any(|p| p.section == SectionName::Antivirus);
    let alive = device.last_seen_at.filter(|_| !probe_fails);
    alive.map_or(observed_at, |seen| seen.max(observed_at)).min(view.now)
}
