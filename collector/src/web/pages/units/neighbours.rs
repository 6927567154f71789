//! What else was seen on the unit's networks.

use crate::{
    inventory::{NeighbourFacts, counting::View},
    rules::unmanaged::is_unmanaged_computer,
    web::{format, i18n::Lang},
};

pub struct NeighbourView {
    pub address: String,
    pub text: String,
    pub seen: String,
}

pub struct NeighboursView {
    pub unmanaged: Vec<NeighbourView>,
    /// Without computers that report themselves.
    pub others: Vec<NeighbourView>,
    pub threshold: String,
}

impl NeighboursView {
    /// `None` where nobody switched it on.
    pub fn of(l: Lang, view: View<'_>) -> Option<Self> {
        let all = &view.inventory.neighbours;
        let strangers = all.iter().filter(|one| !one.managed);
        let (unmanaged, others): (Vec<_>, Vec<_>) =
            strangers.partition(|one| is_unmanaged_computer(one, view));
        let shown = |found: Vec<&NeighbourFacts>| found.into_iter().map(|one| shown(l, one)).collect();
        (!all.is_empty()).then(|| Self {
            unmanaged: shown(unmanaged),
            others: shown(others),
            threshold: format::permille(view.thresholds.unmanaged_confidence_permille),
        })
    }
}

fn shown(l: Lang, one: &NeighbourFacts) -> NeighbourView {
    let sighting = &one.sighting;
    let kind = serde_json::to_value(sighting.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("unknown");
    let parts = [
        sighting.name.clone(),
        sighting.vendor.clone(),
        Some(sighting.mac.clone()),
        Some(format!(
            "{} ({})",
            l.or_code("neighbour-", kind),
            format::permille(sighting.confidence_permille)
        )),
    ];
    NeighbourView {
        address: sighting.address.to_string(),
        text: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        seen: format::time(sighting.last_seen_at),
    }
}
