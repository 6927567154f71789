//! The Internet lines of a unit or a system as a picture.

use crate::{
    inventory::{
        Line, Provenance,
        counting::{UnitLines, View, lines_of_system, lines_of_unit, systems},
    },
    web::{
        error::WebError,
        format::{self, When},
        i18n::Lang,
        viewer::Viewer,
    },
};
use jiff::{ToSpan, civil::Date};
use std::collections::{BTreeSet, HashMap};

const DAYS: i64 = 30;

pub struct LineView {
    pub isp: String,
    pub network: String,
    pub bandwidth: String,
    /// One a day, oldest first: a CSS class.
    pub days: Vec<&'static str>,
    pub told: String,
    pub seen: Option<When>,
}

pub struct LineGroup {
    /// `None`: the unit itself.
    pub system: Option<String>,
    pub lines: Vec<LineView>,
    pub known: bool,
}

/// By network the days on which it was seen.
type SeenOn = HashMap<u32, BTreeSet<Date>>;

pub async fn groups(viewer: &Viewer, view: View<'_>) -> Result<Vec<LineGroup>, WebError> {
    let first = viewer.today().checked_sub(DAYS.days())?;
    let seen = viewer.store().line_days(&view.inventory.unit.code, first).await?;
    let mut groups = vec![group(viewer, None, &lines_of_unit(view), &seen)];
    for system in systems(view.inventory) {
        let lines = lines_of_system(system.name, view);
        groups.push(group(viewer, Some(system.name.to_string()), &lines, &seen));
    }
    Ok(groups)
}

fn group(viewer: &Viewer, system: Option<String>, lines: &UnitLines, seen: &SeenOn) -> LineGroup {
    let shown = lines.lines.iter().map(|line| shown(viewer, line, seen)).collect();
    LineGroup { system, lines: shown, known: lines.known }
}

fn shown(viewer: &Viewer, line: &Line, seen: &SeenOn) -> LineView {
    let l = viewer.l();
    let seen_on = line.asn.and_then(|asn| seen.get(&asn));
    LineView {
        isp: line.isp.clone(),
        network: line.asn.map_or_else(String::new, |asn| format!("AS{asn} · {}", line.infrastructure_group)),
        bandwidth: line.bandwidth_bps.map_or_else(|| l.t("bandwidth-missing"), format::bits_per_second),
        days: days(line, seen_on, viewer.today()),
        told: told(l, &line.provenance),
        seen: When::maybe(l, line.last_seen_at, viewer.now),
    }
}

/// A day on which it was seen is green, a day of which nothing is known grey; a declared line that nobody saw
/// is hatched.
fn days(line: &Line, seen_on: Option<&BTreeSet<Date>>, today: Date) -> Vec<&'static str> {
    let (Some(first), Some(last)) = (line.first_seen_at, line.last_seen_at) else {
        return vec!["declared"; DAYS as usize];
    };
    let ends = [format::today(first), format::today(last)];
    let days = (0..DAYS).rev().filter_map(|back| today.checked_sub(back.days()).ok());
    days.map(|day| {
        let seen = ends.contains(&day) || seen_on.is_some_and(|seen_on| seen_on.contains(&day));
        if seen { "up" } else { "" }
    })
    .collect()
}

fn told(l: Lang, provenance: &[Provenance]) -> String {
    let parts = provenance.iter().filter_map(|one| match one {
        Provenance::Observed { subjects, .. } => Some(l.n("told-by-devices", subjects.len())),
        Provenance::Declared { by, on } => {
            Some(l.args("told-by-person", [("by", by.as_str().into()), ("on", format::date(*on).into())]))
        }
        Provenance::Computed { .. } | Provenance::Missing { .. } => None,
    });
    parts.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_without_a_sight_is_grey() {
        let at = |text: &str| Some(text.parse().unwrap());
        let line = Line {
            isp: "VNPT".into(),
            asn: Some(45899),
            infrastructure_group: "VNPT".into(),
            bandwidth_bps: None,
            first_seen_at: at("2024-03-01T05:00:00Z"),
            last_seen_at: at("2024-03-06T05:00:00Z"),
            provenance: Vec::new(),
        };
        let seen = BTreeSet::from([date(2024, 3, 3)]);
        let days = days(&line, Some(&seen), date(2024, 3, 7));
        assert_eq!(days[days.len() - 8..], ["", "up", "", "up", "", "", "up", ""]);
        assert_eq!(days.len(), 30);
        let declared = Line { first_seen_at: None, last_seen_at: None, ..line };
        assert_eq!(super::days(&declared, None, date(2024, 3, 7)), ["declared"; 30]);
    }
}
