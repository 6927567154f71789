use super::View;
use crate::inventory::DeviceFacts;
use kiemke_schemas::section::link::RouterLine;
use std::{collections::BTreeMap, net::IpAddr};

/// What a router tells of one of its lines, and who read it.
#[derive(Debug, Clone, Copy)]
pub struct ReadLine<'a> {
    pub line: &'a RouterLine,
    pub reader: &'a DeviceFacts,
}

/// One a router and interface, as the device that was heard of last reads it: what an agent read before it was
/// switched off or relieved holds no longer.
pub fn router_lines<'a>(view: View<'a>) -> Vec<ReadLine<'a>> {
    let mut readers: Vec<&DeviceFacts> = view.inventory.devices.iter().collect();
    readers.sort_by_key(|device| (device.last_seen_at.max(device.last_report_at), &device.device));
    let mut latest: BTreeMap<(IpAddr, &str), ReadLine<'a>> = BTreeMap::new();
    for reader in readers {
        for line in &reader.router_lines {
            latest.insert((line.router, &line.interface), ReadLine { line, reader });
        }
    }
    latest.into_values().collect()
}
