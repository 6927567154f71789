//! The network appendix: one row a system of a unit.

use super::{
    Cell, cell_of, equipment,
    layout::Row,
    names::Names,
    proposal, reason, systems,
    text::{self, MISSING, NO_LINE},
};
use crate::inventory::{
    DeviceFacts, Line, Provenance,
    counting::{self, System, UnitLines, View, lines_of_system},
};
use std::collections::BTreeSet;

/// The rows of one unit's systems, numbered from `first`. `below_root`: the unit is named beside the system.
pub fn rows(first: usize, view: View<'_>, below_root: bool) -> Vec<Row> {
    let mut found: Vec<System> = counting::systems(view.inventory);
    let order = systems::sort(found.iter().map(|system| system.name));
    found.sort_by_key(|system| order.iter().position(|name| *name == system.name));
    let rows = found.iter().enumerate().map(|(at, system)| row(first + at, system, view, below_root));
    rows.collect()
}

fn row(number: usize, system: &System, view: View<'_>, below_root: bool) -> Row {
    let declarations = &view.inventory.declarations;
    let declared = |field: &str| cell_of::declared(declarations, system.name, field);
    let lines = lines_of_system(system.name, view);
    let mut cells = vec![
        Cell::fixed(number.to_string()),
        name_cell(system.name, view, below_root),
        internet(&lines),
        bandwidth(&lines),
        peak(system),
        declared("internet.connected-systems"),
        declared("internet.purpose"),
        declared("cernet"),
        declared("vdxp.connected-systems"),
        declared("vdxp.purpose"),
        declared("ndxp.connected-systems"),
        declared("ndxp.purpose"),
        declared("other.connected-systems"),
        declared("other.purpose"),
    ];
    cells.extend(proposal::cells(declarations, system.name, "proposal.", &[]));
    let unit = view.inventory.unit.code.clone();
    let names = Names::behind(&cells, view.inventory);
    Row { unit, system: Some(system.name.to_owned()), emphasis: false, cells, names }
}

pub(super) fn name_cell(system: &str, view: View<'_>, below_root: bool) -> Cell {
    let mut lines = vec![system.to_owned()];
    if below_root {
        lines.push(format!("({})", view.inventory.unit.full_name));
    }
    Cell::new(lines, Vec::new())
}

/// Criterion 15 of 708/BTTTT-CATTT: two lines of ISPs on different domestic infrastructure.
fn internet(lines: &UnitLines) -> Cell {
    if !lines.known {
        return Cell::missing(reason::LINES);
    }
    let groups: BTreeSet<&str> = lines.lines.iter().map(|line| line.infrastructure_group.as_str()).collect();
    let answer = if groups.len() >= 2 { "Đảm bảo" } else { "Chưa đảm bảo" };
    let names: Vec<&str> = lines.lines.iter().map(|line| line.isp.as_str()).collect();
    let named = if names.is_empty() { NO_LINE.to_owned() } else { names.join(" + ") };
    let mut provenance: Vec<Provenance> =
        lines.lines.iter().flat_map(|line| line.provenance.clone()).collect();
    provenance.push(Provenance::Computed { rule: reason::GUARANTEE.to_owned() });
    Cell::new(vec![format!("{answer} ({named})")], provenance)
}

/// `VNPT 100 Mbps/ FPT 100 Mbps`
fn bandwidth(lines: &UnitLines) -> Cell {
    if !lines.known || lines.lines.is_empty() {
        return Cell::missing(reason::LINES);
    }
    let text = |line: &Line| match line.bandwidth_bps {
        Some(bps) => format!("{} {}", line.isp, text::bandwidth(Some(bps))),
        None => format!("{} ({MISSING})", line.isp),
    };
    let texts: Vec<String> = lines.lines.iter().map(text).collect();
    Cell::new(vec![texts.join("/ ")], lines.lines.iter().map(equipment::bandwidth_source).collect())
}

/// `1000 kết nối/ 80 Mb`: each the largest of one server.
fn peak(system: &System) -> Cell {
    if system.servers.is_empty() {
        return Cell::missing(reason::SERVERS);
    }
    let (connections, throughput) = (system.connections_max(), system.throughput_max_bps());
    if connections.is_none() && throughput.is_none() {
        return Cell::missing(reason::LOAD);
    }
    let unknown = || format!("({MISSING})");
    let connections = connections.map_or_else(unknown, |number| number.to_string());
    let throughput = throughput.map_or_else(unknown, text::throughput);
    let told = |server: &DeviceFacts| server.connections_max.is_some() || server.throughput_max_bps.is_some();
    Cell::new(
        vec![format!("{connections} kết nối/ {throughput}")],
        vec![observed(system, told), Provenance::Computed { rule: reason::LARGEST_SERVER.to_owned() }],
    )
}

/// The servers that told something, and those that did not.
pub(super) fn observed(system: &System, told: impl Fn(&DeviceFacts) -> bool) -> Provenance {
    let (told, silent): (Vec<&DeviceFacts>, Vec<&DeviceFacts>) =
        system.servers.iter().copied().partition(|server| told(server));
    let unknown = system.unknown_servers.iter().map(|name| (*name).to_owned());
    Provenance::Observed {
        as_of: told.iter().filter_map(|server| server.last_report_at).min(),
        subjects: told.into_iter().map(|server| server.device.clone()).collect(),
        left_out: silent.into_iter().map(|server| server.device.clone()).chain(unknown).collect(),
        checks: None,
    }
}
