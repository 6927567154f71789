//! The table of units × criteria.

use super::{criteria, known::UnitKnown};
use crate::{
    inventory::Unit,
    web::{
        format,
        i18n::Lang,
        tone::{Tone, Toned},
        tree::UnitTree,
        viewer::Viewer,
    },
};
use std::collections::HashMap;

pub struct HeatRow {
    pub name: String,
    pub href: String,
    /// The chosen unit itself, without what is below it.
    pub own: bool,
    pub computers: Option<String>,
    /// Machines that the criteria count beside the computers.
    pub beside: Option<String>,
    pub cells: Vec<HeatCell>,
    pub has_data: bool,
    code: String,
    count: i64,
    severity: Vec<(Tone, i64)>,
}

pub struct HeatCell {
    pub toned: Toned,
    pub href: Option<String>,
}

type ByUnit = HashMap<String, UnitKnown>;

/// The chosen unit by itself, then each unit directly below it with all that is below that.
pub fn rows(
    viewer: &Viewer,
    tree: &UnitTree,
    own: &ByUnit,
    sums: &ByUnit,
    chosen: Option<&str>,
) -> Vec<HeatRow> {
    let mut rows = Vec::new();
    if let Some(unit) = chosen.and_then(|code| tree.get(code)) {
        let known = own.get(&unit.code);
        if known.is_some() || !tree.has_children(&unit.code) {
            rows.push(row(viewer, unit, known, true, false));
        }
    }
    for unit in tree.children(chosen) {
        rows.push(row(viewer, unit, sums.get(&unit.code), false, tree.has_children(&unit.code)));
    }
    rows
}

/// Everything in the chosen unit and below, or everything the reader may see.
pub fn whole(own: &ByUnit, sums: &ByUnit, chosen: Option<&str>, tree: &UnitTree) -> UnitKnown {
    if let Some(code) = chosen {
        return sums.get(code).cloned().unwrap_or_default();
    }
    let mut whole = UnitKnown::default();
    own.iter().filter(|(code, _)| tree.get(code).is_some()).for_each(|(_, known)| whole += known);
    whole
}

fn row(viewer: &Viewer, unit: &Unit, known: Option<&UnitKnown>, own: bool, below: bool) -> HeatRow {
    let nothing = UnitKnown::default();
    let has_data = known.is_some();
    let known = known.unwrap_or(&nothing);
    let code = &unit.code;
    let l = viewer.l();
    let cells = criteria::ALL.iter().map(|criterion| {
        let flagged = criterion.rules.iter().any(|rule| known.flags(rule) > 0);
        let toned = criterion.judge(known, l);
        let rule =
            criterion.rules.first().and_then(|rule| rule.split_once('.')).map_or("", |(group, _)| group);
        let rules = if criterion.rules.len() == 1 { criterion.rules[0] } else { rule };
        let exact = if own { "&only=1" } else { "" };
        let href = flagged.then(|| format!("/flags?unit={code}&rule={rules}{exact}"));
        HeatCell { toned, href: href.or_else(|| has_data.then(|| format!("/units/{code}"))) }
    });
    HeatRow {
        name: unit.full_name.clone(),
        href: if below { format!("/?unit={code}") } else { format!("/units/{code}") },
        own,
        computers: (known.computers > 0).then(|| format::number(known.computers)),
        beside: beside(l, known),
        cells: cells.collect(),
        has_data,
        code: code.clone(),
        count: known.computers,
        severity: criteria::ALL.iter().map(|criterion| criterion.severity(known)).collect(),
    }
}

fn beside(l: Lang, known: &UnitKnown) -> Option<String> {
    let groups = [("heat-servers", known.servers), ("heat-unknown-kind", known.of_unknown_kind)];
    let told = groups.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| format!("+ {}", l.n(key, n)));
    Some(told.collect::<Vec<_>>().join(" ")).filter(|told| !told.is_empty())
}

/// By which column, and whether the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    key: Option<&'static str>,
    ascending: bool,
}

impl Order {
    pub fn parse(sort: Option<&str>, dir: Option<&str>) -> Self {
        let keys = ["unit", "computers"].into_iter().chain(criteria::ALL.iter().map(|c| c.key));
        let key = sort.and_then(|sort| keys.into_iter().find(|key| *key == sort));
        Self { key, ascending: dir != Some("desc") }
    }

    pub fn parameters(self) -> Option<(&'static str, &'static str)> {
        Some((self.key?, if self.ascending { "asc" } else { "desc" }))
    }

    /// What a click on the column's head asks for: the worst first, then the other way round.
    pub fn toggled(self, key: &'static str) -> Self {
        let first_ascending = key == "unit";
        let ascending = if self.key == Some(key) { !self.ascending } else { first_ascending };
        Self { key: Some(key), ascending }
    }

    pub fn aria(self, key: &str) -> Option<&'static str> {
        (self.key == Some(key)).then_some(if self.ascending { "ascending" } else { "descending" })
    }

    pub fn apply(self, rows: &mut [HeatRow]) {
        let Some(key) = self.key else { return };
        let column = criteria::ALL.iter().position(|criterion| criterion.key == key);
        rows.sort_by(|a, b| {
            let by_key = match column {
                Some(column) => a.severity[column].cmp(&b.severity[column]),
                None if key == "computers" => a.count.cmp(&b.count),
                None => a.code.cmp(&b.code),
            };
            if self.ascending { by_key } else { by_key.reverse() }
        });
    }
}
