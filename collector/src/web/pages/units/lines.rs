//! The Internet lines of a unit or a system as a picture.

use crate::{
    inventory::{
        Line, Provenance,
        counting::{UnitLines, View, lines_of_system, lines_of_unit, systems},
    },
    web::{
        format::{self, When},
        i18n::Lang,
        viewer::Viewer,
    },
};
use jiff::{SignedDuration, Timestamp};

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

pub fn groups(viewer: &Viewer, view: View<'_>) -> Vec<LineGroup> {
    let mut groups = vec![group(viewer, None, &lines_of_unit(view))];
    for system in systems(view.inventory) {
        let lines = lines_of_system(system.name, view);
        groups.push(group(viewer, Some(system.name.to_string()), &lines));
    }
    groups
}

fn group(viewer: &Viewer, system: Option<String>, lines: &UnitLines) -> LineGroup {
    let shown = lines.lines.iter().map(|line| shown(viewer, line)).collect();
    LineGroup { system, lines: shown, known: lines.known }
}

fn shown(viewer: &Viewer, line: &Line) -> LineView {
    let l = viewer.l();
    LineView {
        isp: line.isp.clone(),
        network: line.asn.map_or_else(String::new, |asn| format!("AS{asn} · {}", line.infrastructure_group)),
        bandwidth: line.bandwidth_bps.map_or_else(|| l.t("bandwidth-missing"), format::bits_per_second),
        days: (0..DAYS).rev().map(|back| day(line, viewer.now, back)).collect(),
        told: told(l, &line.provenance),
        seen: When::maybe(l, line.last_seen_at, viewer.now),
    }
}

/// Seen on every day between first and last sight; a declared line that nobody saw is hatched.
fn day(line: &Line, now: Timestamp, back: i64) -> &'static str {
    let day = now - SignedDuration::from_hours(24 * back);
    let (Some(first), Some(last)) = (line.first_seen_at, line.last_seen_at) else { return "declared" };
    let (first, last, day) = (format::today(first), format::today(last), format::today(day));
    if first <= day && day <= last { "up" } else { "" }
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
