//! The sections of a device as pairs and small tables.

use crate::{
    inventory::{
        DeviceFacts,
        derive::{Sections, StoredSection},
    },
    web::{
        format::{self, When},
        i18n::{Lang, code},
        tone::{Tone, Toned},
        viewer::Viewer,
    },
};
use kiemke_schemas::{
    SectionName,
    section::{
        antivirus::{Antivirus, Product},
        hardware::Hardware,
        network::Network,
        operating_system::OperatingSystem,
        software::Software,
        storage::{DiskHealth, Storage},
    },
};

pub struct Pair {
    pub label: String,
    pub value: Option<String>,
    pub mono: bool,
}

impl Pair {
    pub fn new(l: Lang, key: &str, value: Option<String>) -> Self {
        Self { label: l.t(key), value, mono: false }
    }

    /// Nothing at all where there is no value: for what most devices lack.
    pub fn maybe(l: Lang, key: &str, value: Option<String>) -> Option<Self> {
        value.map(|value| Self::new(l, key, Some(value)))
    }

    pub fn code(self) -> Self {
        Self { mono: true, ..self }
    }
}

pub struct SectionView {
    pub id: &'static str,
    pub title: String,
    pub as_of: When,
    pub known: bool,
    pub pairs: Vec<Pair>,
    pub tables: Vec<TableView>,
    /// Long tables start folded.
    pub folded: bool,
}

pub struct TableView {
    pub title: String,
    pub heads: Vec<Head>,
    pub rows: Vec<Vec<CellView>>,
}

pub struct Head {
    pub text: String,
    pub numeric: bool,
}

pub enum CellView {
    Text(String),
    Number(String),
    Tone(Toned),
}

impl CellView {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) | Self::Number(text) if text.is_empty())
    }
}

const MILLIMETRES_PER_INCH: f64 = 25.4;

type Content = (Vec<Pair>, Vec<TableView>);

const SHOWN: [SectionName; 6] = [
    SectionName::Antivirus,
    SectionName::OperatingSystem,
    SectionName::Hardware,
    SectionName::Storage,
    SectionName::Network,
    SectionName::Software,
];

pub fn views(
    viewer: &Viewer,
    stored: &[StoredSection],
    decoded: &Sections,
    facts: &DeviceFacts,
) -> Vec<SectionView> {
    let l = viewer.l();
    let shown = SHOWN.iter().filter_map(|name| {
        let section = stored.iter().find(|section| section.name == *name)?;
        let content = match name {
            SectionName::Antivirus => decoded.antivirus.value().map(|value| antivirus(viewer, value)),
            SectionName::OperatingSystem => {
                decoded.operating_system.value().map(|value| operating_system(viewer, value, facts))
            }
            SectionName::Hardware => decoded.hardware.value().map(|value| hardware(l, value)),
            SectionName::Storage => decoded.storage.value().map(|value| storage(l, value)),
            SectionName::Network => decoded.network.value().map(|value| network(l, value)),
            SectionName::Software => decoded.software.value().map(|value| software(l, value)),
            _ => None,
        };
        let known = content.is_some();
        let (pairs, tables) = content.unwrap_or_default();
        Some(SectionView {
            id: name.as_str(),
            title: l.t(&format!("section-{name}")),
            as_of: When::new(l, section.received_at, viewer.now),
            known,
            pairs,
            tables,
            folded: *name == SectionName::Software,
        })
    });
    shown.collect()
}

fn text(value: Option<&str>) -> CellView {
    CellView::Text(value.unwrap_or_default().to_owned())
}

/// Without the columns that nothing stands in. Where there are no rows, the page says so.
fn table(l: Lang, title: &str, heads: &[&str], rows: Vec<Vec<CellView>>) -> Vec<TableView> {
    let filled = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()));
    let filled: Vec<bool> = (0..heads.len()).map(filled).collect();
    let numeric = |at: usize| {
        let cells = rows.first().and_then(|row| row.get(at));
        matches!(cells, Some(CellView::Number(_)))
    };
    let shown = heads.iter().enumerate().filter(|(at, _)| filled[*at]);
    let heads = shown.map(|(at, key)| Head { text: l.t(key), numeric: numeric(at) }).collect();
    let cut = |row: Vec<CellView>| row.into_iter().zip(&filled).filter(|(_, filled)| **filled);
    let rows = rows.into_iter().map(|row| cut(row).map(|(cell, _)| cell).collect()).collect();
    vec![TableView { title: l.t(title), heads, rows }]
}

fn antivirus(viewer: &Viewer, value: &Antivirus) -> Content {
    let l = viewer.l();
    let row = |product: &Product| {
        let name = [Some(product.name.as_str()), product.version.as_deref()];
        let state = code(product.state);
        let tone = match state.as_str() {
            "on" => Tone::Green,
            // One that gives way to another product is as it should be.
            "unknown" | "passive" => Tone::Grey,
            _ => Tone::Red,
        };
        let signatures = product.signatures.updated_at.map_or_else(
            || l.or_code("signatures-", &code(product.signatures.state)),
            |at| format!("{} ({})", format::time(at), format::ago(l, at, viewer.now)),
        );
        vec![
            CellView::Text(name.into_iter().flatten().collect::<Vec<_>>().join(" ")),
            CellView::Tone(Toned::new(tone, l.or_code("product-", &state))),
            CellView::Text(signatures),
            text(Some(&product.source)),
        ]
    };
    let rows = value.products.iter().map(row).collect();
    let heads = ["product", "state", "signatures", "told-by"];
    let none = value.products.is_empty().then(|| l.t("protection-none"));
    let tables = if none.is_some() { Vec::new() } else { table(l, "products", &heads, rows) };
    let firewall = value.firewall.iter().map(|profile| {
        let state = profile.enabled.map_or_else(|| l.t("unknown"), |on| l.t(if on { "on" } else { "off" }));
        format!("{}: {state}", l.or_code("firewall-", &profile.profile))
    });
    let firewall = firewall.collect::<Vec<_>>().join(" · ");
    let pairs = [
        Pair::maybe(l, "products", none),
        Pair::maybe(l, "firewall", (!firewall.is_empty()).then_some(firewall)),
    ];
    (pairs.into_iter().flatten().collect(), tables)
}

fn operating_system(viewer: &Viewer, value: &OperatingSystem, facts: &DeviceFacts) -> Content {
    let l = viewer.l();
    let lifecycle = facts.operating_system.as_ref().and_then(|os| {
        let end = os.support_ends_on?;
        Some(format!("{} ({})", format::date(end), os.lifecycle.as_deref()?))
    });
    let pairs = [
        Pair::maybe(l, "os-name", Some(value.full_name.clone())),
        Pair::maybe(l, "os-version", value.version.clone()),
        Pair::maybe(l, "os-edition", value.edition.clone()),
        Pair::maybe(l, "os-build", value.build.clone()),
        Pair::maybe(l, "os-kernel", value.kernel.clone()),
        Pair::maybe(l, "os-architecture", value.architecture.clone()),
        Some(Pair::new(l, "os-support", lifecycle)),
        Pair::maybe(l, "os-domain", value.domain.clone()),
        Pair::maybe(l, "os-installed", value.installed_on.map(format::date)),
        Pair::maybe(l, "os-booted", value.booted_at.map(format::time)),
        Pair::maybe(l, "os-time-zone", value.time_zone.clone()),
    ];
    (pairs.into_iter().flatten().collect(), Vec::new())
}

fn hardware(l: Lang, value: &Hardware) -> Content {
    let join = |parts: [Option<&str>; 2]| {
        let text = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    };
    let board = value.board.as_ref().and_then(|board| join([board.maker.as_deref(), board.model.as_deref()]));
    let firmware = value.firmware.as_ref().and_then(|f| join([f.version.as_deref(), f.date.as_deref()]));
    let memory = value.memory.as_ref();
    let pairs = [
        Pair::maybe(l, "chassis", value.chassis.map(|chassis| l.or_code("chassis-", &code(chassis)))),
        Pair::maybe(l, "uuid", value.uuid.clone()).map(Pair::code),
        Pair::maybe(l, "virtual-machine", value.virtual_machine.clone()),
        Pair::maybe(l, "board", board),
        Pair::maybe(l, "firmware", firmware),
        Pair::maybe(l, "memory", memory.and_then(|memory| memory.total_bytes).map(format::bytes)),
    ];
    let mut tables = processors(l, value);
    tables.extend(memory_modules(l, value));
    let monitors = value.monitors.iter().map(|monitor| {
        let name = join([monitor.maker.as_deref(), monitor.model.as_deref()]);
        vec![
            text(name.as_deref()),
            text(monitor.serial.as_deref()),
            CellView::Text(monitor.width_mm.zip(monitor.height_mm).map_or_else(String::new, picture)),
            CellView::Number(monitor.made_in_year.map_or_else(String::new, |year| year.to_string())),
        ]
    });
    tables.extend(table(l, "monitors", &["model", "serial", "picture", "made-in"], monitors.collect()));
    (pairs.into_iter().flatten().collect(), tables)
}

/// `527 × 296 mm (23,8″)`
fn picture((width, height): (u32, u32)) -> String {
    let diagonal = f64::from(width).hypot(f64::from(height)) / MILLIMETRES_PER_INCH;
    format!("{width} × {height} mm ({}″)", format!("{diagonal:.1}").replace('.', ","))
}

fn processors(l: Lang, value: &Hardware) -> Vec<TableView> {
    let number = |value: Option<u32>| {
        CellView::Number(value.map_or_else(String::new, |value| format::number(value.into())))
    };
    let rows = value.processors.iter().map(|cpu| {
        vec![text(cpu.model.as_deref()), number(cpu.cores), number(cpu.threads), number(cpu.max_mhz)]
    });
    table(l, "processors", &["model", "cores", "threads", "mhz"], rows.collect())
}

fn memory_modules(l: Lang, value: &Hardware) -> Vec<TableView> {
    let rows = value.memory.iter().flat_map(|memory| &memory.modules).map(|module| {
        vec![
            text(module.slot.as_deref()),
            CellView::Number(module.size_bytes.map_or_else(String::new, format::bytes)),
            text(module.kind.as_deref()),
            text(module.serial.as_deref()),
        ]
    });
    table(l, "memory-modules", &["slot", "size", "kind", "serial"], rows.collect())
}

fn storage(l: Lang, value: &Storage) -> Content {
    let systems = value.file_systems.iter().filter(|system| system.fixed).map(|system| {
        let share = match (system.used_bytes, system.total_bytes) {
            (Some(used), Some(total)) if total > 0 => {
                let permille = u32::try_from(u128::from(used) * 1000 / u128::from(total)).unwrap_or(u32::MAX);
                let tone = if permille > 900 { Tone::Amber } else { Tone::Green };
                CellView::Tone(Toned::new(tone, format::permille(permille)))
            }
            _ => text(Some(&l.t("unknown"))),
        };
        vec![
            text(Some(&system.mount_point)),
            text(system.kind.as_deref()),
            CellView::Number(system.used_bytes.map_or_else(String::new, format::storage)),
            CellView::Number(system.total_bytes.map_or_else(String::new, format::storage)),
            share,
            encryption(l, system.encrypted),
        ]
    });
    let disks = value.disks.iter().map(|disk| {
        vec![
            text(disk.model.as_deref().or(Some(&disk.name))),
            text(disk.serial.as_deref()),
            CellView::Text(disk.kind.map_or_else(String::new, |kind| code(kind).to_uppercase())),
            CellView::Number(disk.size_bytes.map_or_else(String::new, format::storage)),
            health(l, disk.health),
        ]
    });
    let heads = ["mount-point", "kind", "used", "total", "share", "encryption"];
    let mut tables = table(l, "file-systems", &heads, systems.collect());
    tables.extend(table(l, "disks", &["model", "serial", "kind", "size", "health"], disks.collect()));
    (Vec::new(), tables)
}

fn health(l: Lang, health: Option<DiskHealth>) -> CellView {
    CellView::Tone(match health {
        Some(DiskHealth::Good) => Toned::new(Tone::Green, l.t("health-good")),
        Some(DiskHealth::Failing) => Toned::new(Tone::Red, l.t("health-failing")),
        None => Toned::new(Tone::Grey, l.t("unknown")),
    })
}

/// Nothing obliges an office to encrypt: without it is no alarm.
fn encryption(l: Lang, encrypted: Option<bool>) -> CellView {
    CellView::Tone(match encrypted {
        Some(true) => Toned::new(Tone::Green, l.t("encrypted-yes")),
        Some(false) => Toned::new(Tone::Grey, l.t("encrypted-no")),
        None => Toned::new(Tone::Grey, l.t("unknown")),
    })
}

fn network(l: Lang, value: &Network) -> Content {
    let gateways = value
        .default_routes
        .iter()
        .filter_map(|route| route.gateway.map(|gateway| format!("{gateway} ({})", route.interface)));
    let gateways = gateways.collect::<Vec<_>>().join(" · ");
    let servers = value.dns_servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" · ");
    let pairs = [
        Pair::maybe(l, "gateways", (!gateways.is_empty()).then_some(gateways)),
        Pair::maybe(l, "dns-servers", (!servers.is_empty()).then_some(servers)),
        Pair::maybe(l, "proxy", value.proxy.clone()),
    ];
    let rows = value.interfaces.iter().map(|interface| {
        vec![
            text(Some(&interface.name)),
            CellView::Text(l.or_code("medium-", &code(interface.medium))),
            CellView::Text(interface.addresses.join(", ")),
            text(interface.mac.as_deref()),
            CellView::Number(interface.speed_bps.map_or_else(String::new, format::bits_per_second)),
        ]
    });
    let heads = ["interface", "medium", "addresses", "mac", "speed"];
    (pairs.into_iter().flatten().collect(), table(l, "interfaces", &heads, rows.collect()))
}

fn software(l: Lang, value: &Software) -> Content {
    let pairs = [
        Some(Pair::new(l, "packages", Some(format::count(value.packages.len())))),
        Pair::maybe(l, "last-patched", value.last_patched_on.map(format::date)),
    ];
    let mut packages: Vec<_> = value.packages.iter().collect();
    packages.sort_unstable_by_key(|package| (&package.name, &package.version, &package.architecture));
    let rows = packages.into_iter().map(|package| {
        vec![
            text(Some(&package.name)),
            text(package.version.as_deref()),
            text(package.publisher.as_deref()),
            CellView::Text(package.installed_on.map_or_else(String::new, format::date)),
        ]
    });
    let heads = ["package", "os-version", "publisher", "installed-on"];
    (pairs.into_iter().flatten().collect(), table(l, "packages", &heads, rows.collect()))
}
