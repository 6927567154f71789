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
        // What is not known of the others is not good.
        let open = known.units_with_lines < known.units_with_data || known.flags("internet.line-down") > 0;
        let tone = match (failing, open) {
            (0, false) => Tone::Green,
            (0, true) => Tone::Amber,
            _ => Tone::Red,
        };
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

/// What could not be asked raises no flag, and is not met all the same.
fn per_device(known: &UnitKnown, l: Lang, asked: i64, rule: &str, bad: Tone) -> (Tone, String) {
    let all = known.devices();
    if asked == 0 {
        return no_data(l);
    }
    let flagged = known.flags(rule);
    let tone = match (flagged, all - asked) {
        (0, 0) => Tone::Green,
        (0, _) => Tone::Amber,
        _ => bad,
    };
    (tone, share(asked - flagged, all))
}

fn system(known: &UnitKnown, l: Lang) -> (Tone, String) {
    per_device(known, l, known.system_known, "endpoint.os-unsupported", Tone::Red)
}

fn checked(known: &UnitKnown, l: Lang) -> (Tone, String) {
    per_device(known, l, known.devices(), "endpoint.not-checked", Tone::Amber)
}

fn disk(known: &UnitKnown, l: Lang) -> (Tone, String) {
    per_device(known, l, known.disk_known, "endpoint.disk-nearly-full", Tone::Amber)
}

fn contact(known: &UnitKnown, l: Lang) -> (Tone, String) {
    let all = known.devices();
    if all == 0 {
        return no_data(l);
    }
    (if known.alive == all { Tone::Green } else { Tone::Amber }, share(known.alive, all))
}

fn equipment(known: &UnitKnown, l: Lang) -> (Tone, String) {
    let missing = EQUIPMENT_RULES.iter().map(|rule| known.flags(rule)).sum();
    if known.units_compared == 0 && missing == 0 {
        return no_data(l);
    }
    match missing {
        0 if known.units_compared < known.units_with_data => {
            let (n, all) = (format::number(known.units_compared), format::number(known.units_with_data));
            (Tone::Amber, l.args("cell-enough-of", [("n", n.into()), ("all", all.into())]))
        }
        0 if known.units_half_compared > 0 => (Tone::Amber, l.t("cell-enough-known")),
        0 => (Tone::Green, l.t("cell-enough")),
        missing => (Tone::Red, l.n("cell-short", missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(judge: fn(&UnitKnown, Lang) -> (Tone, String), known: &UnitKnown) -> (Tone, String) {
        judge(known, Lang::Vi)
    }

    #[test]
    fn units_of_which_nothing_is_known_make_no_green_cell() {
        let all = UnitKnown { units_with_data: 10, units_with_lines: 10, ..UnitKnown::default() };
        assert_eq!(told(internet, &all), (Tone::Green, "10/10 đơn vị".into()));
        let some = UnitKnown { units_with_lines: 1, ..all.clone() };
        assert_eq!(told(internet, &some), (Tone::Amber, "1/10 đơn vị".into()));
        let mut down = all.clone();
        down.flags.insert("internet.line-down".into(), (1, 0));
        assert_eq!(told(internet, &down), (Tone::Amber, "10/10 đơn vị".into()));
        let failing = UnitKnown { units_failing_lines: 2, ..some };
        assert_eq!(told(internet, &failing).0, Tone::Red);
        let compared = UnitKnown { units_declaring: 10, units_compared: 1, ..all };
        assert_eq!(told(equipment, &compared), (Tone::Amber, "đủ (1/10 đơn vị)".into()));
    }

    #[test]
    fn a_declaration_that_nothing_can_be_compared_with_is_not_enough() {
        let one = UnitKnown { units_with_data: 1, units_declaring: 1, ..UnitKnown::default() };
        assert_eq!(told(equipment, &one), (Tone::Grey, "Chưa có số liệu".into()));
        let half = UnitKnown { units_compared: 1, units_half_compared: 1, ..one.clone() };
        assert_eq!(told(equipment, &half), (Tone::Amber, "Đủ phần đã biết".into()));
        let whole = UnitKnown { units_compared: 1, ..one };
        assert_eq!(told(equipment, &whole), (Tone::Green, "Đủ".into()));
    }

    #[test]
    fn what_could_not_be_asked_is_not_met() {
        let judges = [system, disk];
        let flags = ["endpoint.os-unsupported", "endpoint.disk-nearly-full"];
        for (judge, (rule, bad)) in judges.into_iter().zip(flags.into_iter().zip([Tone::Red, Tone::Amber])) {
            let nothing = UnitKnown { computers: 3, ..UnitKnown::default() };
            assert_eq!(told(judge, &nothing), (Tone::Grey, "Chưa có số liệu".into()));
            let mut two = UnitKnown { system_known: 2, disk_known: 2, ..nothing.clone() };
            assert_eq!(told(judge, &two), (Tone::Amber, "2/3".into()));
            two.flags.insert(rule.into(), (1, 0));
            assert_eq!(told(judge, &two), (bad, "1/3".into()));
            let all = UnitKnown { system_known: 3, disk_known: 3, ..nothing };
            assert_eq!(told(judge, &all), (Tone::Green, "3/3".into()));
        }
    }
}
