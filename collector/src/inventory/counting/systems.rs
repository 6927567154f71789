use crate::inventory::{DeviceFacts, UnitInventory};
use crate::text::fold;
use std::collections::HashMap;

/// A system of a unit with its servers: declared as `server.1`, `server.2`, … by host name or device id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System<'a> {
    pub name: &'a str,
    /// In the order of the declaration, each once.
    pub servers: Vec<&'a DeviceFacts>,
    /// Declared servers that no device of the unit answers to.
    pub unknown_servers: Vec<&'a str>,
}

/// Every declared system, in the order of names.
pub fn systems(inventory: &UnitInventory) -> Vec<System<'_>> {
    let mut names = inventory.declarations.systems().peekable();
    if names.peek().is_none() {
        return Vec::new();
    }
    let directory = Directory::of(inventory);
    names.map(|name| system(inventory, name, &directory)).collect()
}

/// The servers of one system, in the order of the declaration.
pub fn servers<'a>(inventory: &'a UnitInventory, name: &'a str) -> Vec<&'a DeviceFacts> {
    if !inventory.declarations.0.contains_key(name) {
        return Vec::new();
    }
    system(inventory, name, &Directory::of(inventory)).servers
}

fn system<'a>(inventory: &'a UnitInventory, name: &'a str, directory: &Directory<'a>) -> System<'a> {
    let mut system = System { name, servers: Vec::new(), unknown_servers: Vec::new() };
    for (_, declared) in numbered(inventory, name, "server.") {
        match directory.named(&declared.value) {
            Some(server) if system.servers.iter().any(|known| known.device == server.device) => {}
            Some(server) => system.servers.push(server),
            None => system.unknown_servers.push(declared.value.as_str()),
        }
    }
    system
}

/// The devices of a unit by id and by host name.
pub struct Directory<'a> {
    by_id: HashMap<&'a str, &'a DeviceFacts>,
    by_host: HashMap<String, &'a DeviceFacts>,
}

impl<'a> Directory<'a> {
    /// Two devices of one name: the one heard of last.
    pub fn of(inventory: &'a UnitInventory) -> Self {
        let mut by_host = HashMap::<String, &DeviceFacts>::new();
        for device in &inventory.devices {
            let Some(host) = &device.host_name else { continue };
            let known = by_host.entry(fold(host)).or_insert(device);
            if device.last_seen_at >= known.last_seen_at {
                *known = device;
            }
        }
        let by_id = inventory.devices.iter().map(|device| (device.device.as_str(), device)).collect();
        Self { by_id, by_host }
    }

    /// By device id, else by host name.
    pub fn named(&self, name: &str) -> Option<&'a DeviceFacts> {
        let name = name.trim();
        self.by_id.get(name).or_else(|| self.by_host.get(&fold(name))).copied()
    }
}

/// The declared fields `<prefix><number>` of a system (empty name: of the unit itself), by number.
pub fn numbered<'a>(
    inventory: &'a UnitInventory,
    system: &str,
    prefix: &str,
) -> Vec<(u32, &'a crate::inventory::Declared)> {
    let fields = inventory.declarations.0.get(system);
    let mut found: Vec<_> = fields
        .into_iter()
        .flatten()
        .filter_map(|(field, declared)| Some((field.strip_prefix(prefix)?.parse().ok()?, declared)))
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found
}

/// Figures of a system over its servers that reported them; `None` where none did.
impl System<'_> {
    /// CPUs in use and all CPUs.
    pub fn processors(&self) -> Option<(u64, u64)> {
        self.sum(|d| Some((u64::from(d.processors_in_use?), u64::from(d.processors?))))
    }

    /// All CPUs, whether or not their load is known.
    pub fn processors_total(&self) -> Option<u64> {
        self.servers.iter().filter_map(|d| d.processors).map(u64::from).reduce(u64::saturating_add)
    }

    /// Bytes used and all bytes.
    pub fn storage(&self) -> Option<(u64, u64)> {
        self.sum(|d| d.storage_used_bytes.zip(d.storage_total_bytes))
    }

    /// 95th percentile of the load of all CPUs together, in permille.
    pub fn processor_load_permille(&self) -> Option<u64> {
        let weighted = |d: &DeviceFacts| {
            let processors = u64::from(d.processors?);
            Some((processors * u64::from(d.processor_p95_permille?), processors))
        };
        self.sum(weighted).filter(|(_, all)| *all > 0).map(|(load, all)| load.div_ceil(all))
    }

    /// Highest number of established connections: the largest of one server.
    pub fn connections_max(&self) -> Option<u64> {
        self.servers.iter().filter_map(|d| d.connections_max).max()
    }

    pub fn throughput_max_bps(&self) -> Option<u64> {
        self.servers.iter().filter_map(|d| d.throughput_max_bps).max()
    }

    fn sum(&self, pick: impl Fn(&DeviceFacts) -> Option<(u64, u64)>) -> Option<(u64, u64)> {
        let add = |a: (u64, u64), b: (u64, u64)| (a.0.saturating_add(b.0), a.1.saturating_add(b.1));
        self.servers.iter().filter_map(|server| pick(server)).reduce(add)
    }
}
