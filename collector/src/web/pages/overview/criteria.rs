//! The criteria of the heat table: what makes a cell red, amber, green or grey.

use super::known::UnitKnown;
use crate::web::{
    format,
    i18n::Lang,
    tone::{Tone, Toned},
};

pub struct Criterion {
    pub key: &'static str,
    pub rules: &'static [&'static str],
    judge: fn(&UnitKnown, Lang) -> (Tone, String),
}

pub const LINE_RULES: [&str; 4] =
    ["internet.single-line", "internet.same-isp-group", "internet.line-down", "internet.unknown"];
const PROTECTION_RULES: [&str; 3] =
    ["endpoint.no-protection", "endpoint.protection-off", "endpoint.signatures-old"];
const EQUIPMENT_RULES: [&str; 4] = [
    "equipment.computers-short",
    "equipment.scanner-missing",
    "equipment.reader-missing",
    "equipment.tokens-short",
];

pub const ALL: [Criterion; 7] = [
    Criterion { key: "internet", rules: &LINE_RULES, judge: internet },
    Criterion { key: "protection", rules: &PROTECTION_RULES, judge: protection },
    Criterion { key: "os", rules: &["endpoint.os-unsupported"], judge: system },
    Criterion { key: "checked", rules: &["endpoint.not-checked"], judge: checked },
    Criterion { key: "disk", rules: &["endpoint.disk-nearly-full"], judge: disk },
    Criterion { key: "contact", rules: &["endpoint.silent"], judge: contact },
    Criterion { key: "equipment", rules: &EQUIPMENT_RULES, judge: equipment },
];

impl Criterion {
    pub fn judge(&self, known: &UnitKnown, l: Lang) -> Toned {
        let (tone, text) = (self.judge)(known, l);
        Toned::new(tone, text)
    }

    pub fn severity(&self, known: &UnitKnown) -> (Tone, i64) {
        ((self.judge)(known, Lang::En).0, self.rules.iter().map(|rule| known.flags(rule)).sum())
    }
}

fn no_data(l: Lang) -> (Tone, String) {
    (Tone::Grey, l.t("cell-no-data"))
}

/// Of a single unit its fault by name; of several units how many are well.
fn internet(known: &UnitKnown, l: Lang) -> (Tone, String) {
    if known.units_with_lines == 0 {
        return no_data(l);
    }
    let failing = known.units_without_two_lines();
    if known.units_with_data > 1 {
        let good = format!(
            "{}/{}",
            format::number(known.units_with_lines - failing),
            format::number(known.units_with_data)
        );
        let tone = if failing > 0 { Tone::Red } else { Tone::Green };
        return (tone, l.args("cell-internet-units", [("good", good.into())]));
    }
    if known.flags("internet.single-line") > 0 {
        (Tone::Red, l.t("cell-internet-single"))
    } else if known.flags("internet.same-isp-group") > 0 {
        (Tone::Red, l.t("cell-internet-same-group"))
    } else if known.flags("internet.line-down") > 0 {
        (Tone::Amber, l.t("cell-internet-down"))
    } else {
        (Tone::Green, l.t("cell-internet-good"))
    }
}

fn protection(known: &UnitKnown, l: Lang) -> (Tone, String) {
    let all = known.devices();
    if all == 0 || known.protection_known() == 0 {
        return no_data(l);
    }
    let bad = known.flags("endpoint.no-protection") + known.flags("endpoint.protection-off");
    let tone = match (bad, known.flags("endpoint.signatures-old") + known.protection_unknown) {
        (0, 0) => Tone::Green,
        (0, _) => Tone::Amber,
        _ => Tone::Red,
    };
    (tone, share(known.protection_known() - bad, all))
}

fn share(good: i64, all: i64) -> String {
    format!("{}/{}", format::number(good.max(0)), format::number(all))
}

fn per_device(known: &UnitKnown, l: Lang, rule: &str, bad: Tone) -> (Tone, String) {
    let all = known.devices();
    if all == 0 {
        return no_data(l);
    }
    let flagged = known.flags(rule);
    (if flagged == 0 { Tone::Green } else { bad }, share(all - flagged, all))
}

fn system(known: &UnitKnown, l: Lang) -> (Tone, String) {
    per_device(known, l, "endpoint.os-unsupported", Tone::Red)
}

fn checked(known: &UnitKnown, l: Lang) -> (Tone, String) {
    per_device(known, l, "endpoint.not-checked", Tone::Amber)
}

fn disk(known: &UnitKnown, l: Lang) -> (Tone, String) {
    per_device(known, l, "endpoint.disk-nearly-full", Tone::Amber)
}

fn contact(known: &UnitKnown, l: Lang) -> (Tone, String) {
    let all = known.devices();
    if all == 0 {
        return no_data(l);
    }
    (if known.alive == all { Tone::Green } else { Tone::Amber }, share(known.alive, all))
}

fn equipment(known: &UnitKnown, l: Lang) -> (Tone, String) {
    if known.units_declaring == 0 {
        return no_data(l);
    }
    match EQUIPMENT_RULES.iter().map(|rule| known.flags(rule)).sum() {
        0 => (Tone::Green, l.t("cell-enough")),
        missing => (Tone::Red, l.n("cell-short", missing)),
    }
}
