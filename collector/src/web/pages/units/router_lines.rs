//! What routers tell of their ways out, with those that a person has to decide on.

use crate::{
    inventory::counting::{View, router_lines},
    web::{
        format,
        i18n::Lang,
        tone::{Tone, Toned},
    },
};
use kiemke_schemas::section::link::{LineState, RouterLine};

pub struct RouterLineView {
    pub name: String,
    pub state: Toned,
    pub told: String,
    /// Below the threshold of confidence.
    pub ask: bool,
}

pub fn views(l: Lang, view: View<'_>) -> Vec<RouterLineView> {
    router_lines(view).into_iter().map(|read| shown(l, read.line)).collect()
}

fn shown(l: Lang, line: &RouterLine) -> RouterLineView {
    let (tone, key) = match line.state {
        LineState::Up => (Tone::Green, "router-line-up"),
        LineState::Down => (Tone::Red, "router-line-down"),
        LineState::Spare => (Tone::Grey, "router-line-spare"),
        LineState::Unknown => (Tone::Grey, "router-line-unknown"),
    };
    let ask = line.internet.is_none();
    let told = [
        Some(line.router.to_string()),
        line.address.map(|address| address.to_string()),
        line.speed_bps.map(format::bits_per_second),
        line.peak_bps.map(|peak| l.with("router-line-peak", "rate", format::bits_per_second(peak))),
        ask.then(|| l.with("router-line-confidence", "share", format::permille(line.confidence_permille))),
    ];
    RouterLineView {
        name: line
            .label
            .as_ref()
            .map_or_else(|| line.interface.clone(), |label| format!("{label} ({})", line.interface)),
        state: Toned::new(if ask { Tone::Grey } else { tone }, l.t(key)),
        told: told.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        ask,
    }
}
