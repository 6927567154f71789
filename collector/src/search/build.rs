//! Documents of a unit, from what is known of it.

use super::{
    document::{Document, Isp, ProtectionStatus, Thing, UnitName},
    kind::Kind,
};
use crate::{
    inventory::{DeviceFacts, Line, PeripheralFacts, Protection, Unit, UnitInventory},
    settings::Thresholds,
    text::tokens,
};
use jiff::Timestamp;
use kiemke_schemas::section::{
    network::{Interface, Medium, Network},
    software::{PackageSource, Software},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Applications beyond this are not searched: what a computer lists then is a distribution.
const MAX_APPLICATIONS: usize = 200;

pub struct UnitSource<'a> {
    /// Root first, the unit itself last.
    pub units: &'a [Unit],
    pub inventory: &'a UnitInventory,
    /// Its Internet lines, after declared and observed ones were brought together.
    pub lines: &'a [Line],
    pub flags: &'a [OpenFlag],
    /// By device id; a device without an entry is found by its facts alone.
    pub details: &'a BTreeMap<String, DeviceDetails>,
    pub thresholds: &'a Thresholds,
    pub now: Timestamp,
}

pub struct OpenFlag {
    pub rule: String,
    pub device: Option<String>,
}

/// Sections with more than the facts carry.
#[derive(Default, Serialize, Deserialize)]
pub struct DeviceDetails {
    pub network: Option<Network>,
    pub software: Option<Software>,
}

/// Everything that can be found of the unit itself: for [`super::SearchIndex::replace_unit`].
pub fn documents(source: &UnitSource<'_>) -> Vec<Document> {
    let names = unit_names(source.units);
    let by_device = ByDevice::of(source);
    let mut documents = vec![unit_document(source, &names, &by_device)];
    let (devices, things) = (&source.inventory.devices, &source.inventory.peripherals);
    documents.extend(devices.iter().map(|facts| device_document(source, &names, &by_device, facts)));
    documents.extend(things.iter().map(|thing| peripheral_document(&names, &by_device, thing)));
    let lines = source.lines.iter().enumerate();
    documents.extend(lines.map(|(number, line)| line_document(source, &names, number + 1, line)));
    for document in &mut documents {
        document.synonyms = vec![document.kind.name().to_owned(), document.kind.other_names().to_owned()];
    }
    documents
}

/// What hangs on each device: a unit may have thousands of each.
struct ByDevice<'a> {
    hosts: HashMap<&'a str, &'a str>,
    things: HashMap<&'a str, Vec<&'a PeripheralFacts>>,
    /// Those of the unit itself have no device.
    flags: HashMap<Option<&'a str>, BTreeSet<&'a str>>,
}

impl<'a> ByDevice<'a> {
    fn of(source: &UnitSource<'a>) -> Self {
        let mut things = HashMap::<&str, Vec<&PeripheralFacts>>::new();
        for thing in &source.inventory.peripherals {
            for device in &thing.devices {
                things.entry(device).or_default().push(thing);
            }
        }
        let mut flags = HashMap::<Option<&str>, BTreeSet<&str>>::new();
        for flag in source.flags {
            flags.entry(flag.device.as_deref()).or_default().insert(&flag.rule);
        }
        let host = |facts: &'a DeviceFacts| Some((facts.device.as_str(), facts.host_name.as_deref()?));
        Self { hosts: source.inventory.devices.iter().filter_map(host).collect(), things, flags }
    }

    /// Of the device, or of the unit itself.
    fn flags(&self, device: Option<&str>) -> Vec<String> {
        self.flags.get(&device).into_iter().flatten().map(|rule| (*rule).to_owned()).collect()
    }
}

fn unit_names(units: &[Unit]) -> Vec<UnitName> {
    let name = |unit: &Unit| UnitName {
        code: unit.code.clone(),
        name: unit.name.clone(),
        full_name: unit.full_name.clone(),
    };
    units.iter().map(name).collect()
}

fn unit_document(source: &UnitSource<'_>, names: &[UnitName], by_device: &ByDevice<'_>) -> Document {
    let unit = &source.inventory.unit;
    let key = format!("unit:{}", unit.code);
    let mut document =
        Document::new(key, Kind::Unit, unit.code.clone(), names.to_vec(), unit.full_name.clone());
    document.facts = vec![unit.code.clone()];
    document.text.extend(source.inventory.declarations.systems().map(str::to_owned));
    document.isps = isps(source.lines.iter().map(|line| (line.isp.as_str(), line.asn)));
    document.flags = by_device.flags(None);
    document
}

fn device_document(
    source: &UnitSource<'_>,
    names: &[UnitName],
    by_device: &ByDevice<'_>,
    facts: &DeviceFacts,
) -> Document {
    let key = format!("device:{}", facts.device);
    let title = facts.host_name.clone().unwrap_or_else(|| facts.device.clone());
    let mut document = Document::new(key, facts.kind.into(), facts.device.clone(), names.to_vec(), title);
    let things = by_device.things.get(facts.device.as_str());
    let details = source.details.get(&facts.device);
    let addresses = details.map(addresses).unwrap_or_default();
    document.facts = device_facts(facts);
    document.facts.extend(addresses.first().cloned());
    document.things = things.into_iter().flatten().map(|thing| thing_of(thing)).collect();
    document.text = device_text(facts);
    document.text.extend(addresses.into_iter().skip(1));
    document.text.extend(details.map(details_text).unwrap_or_default());
    document.names = [&facts.host_name, &facts.serial].into_iter().flatten().cloned().collect();
    document.systems = system_names(facts);
    let old_after = source.thresholds.signatures_old_days;
    document.protection = Some(ProtectionStatus::of(&facts.protection, source.now, old_after));
    document.isps = isps(facts.lines.iter().map(|line| (line.isp.as_str(), Some(line.asn))));
    document.flags = by_device.flags(Some(&facts.device));
    document.serials = facts.serial.clone().into_iter().collect();
    document.device = Some(facts.device.clone());
    document
}

fn device_facts(facts: &DeviceFacts) -> Vec<String> {
    let (maker, model) = (facts.maker.as_deref(), facts.model.as_deref());
    // `HP` made an `HP ProDesk 400 G7`.
    let maker = maker.filter(|maker| !model.is_some_and(|model| model.starts_with(maker)));
    let hardware = maker.into_iter().chain(model).collect::<Vec<_>>().join(" ");
    [Some(hardware), facts.serial.clone()].into_iter().flatten().filter(|fact| !fact.is_empty()).collect()
}

fn device_text(facts: &DeviceFacts) -> Vec<String> {
    let mut text: Vec<String> = facts.processor.clone().into_iter().collect();
    if let Some(system) = &facts.operating_system {
        let parts = [Some(&system.full_name), system.version.as_ref(), system.build.as_ref()];
        text.push(parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" "));
    }
    if let Protection::Installed { products, .. } = &facts.protection {
        text.extend(products.iter().map(|product| product.name.clone()));
    }
    text.extend(facts.lines.iter().map(|line| format!("{} AS{} {}", line.isp, line.asn, line.address)));
    text.push(facts.device.clone());
    text.retain(|part| !part.is_empty());
    text
}

/// The name in the table of supported systems counts best: names with build numbers are all different.
fn system_names(facts: &DeviceFacts) -> Vec<String> {
    let system = facts.operating_system.as_ref();
    let names = system.map(|system| [system.lifecycle.clone(), Some(system.full_name.clone())]);
    names.into_iter().flatten().flatten().collect()
}

fn interfaces(details: &DeviceDetails) -> impl Iterator<Item = &Interface> {
    let all = details.network.iter().flat_map(|network| &network.interfaces);
    all.filter(|interface| !matches!(interface.medium, Medium::Loopback | Medium::Virtual))
}

fn addresses(details: &DeviceDetails) -> Vec<String> {
    let without_prefix = |address: &String| address.split('/').next().unwrap_or_default().to_owned();
    let all = interfaces(details).flat_map(|interface| &interface.addresses).map(without_prefix);
    let (version_6, mut addresses): (Vec<_>, Vec<_>) = all.partition(|address| address.contains(':'));
    addresses.extend(version_6);
    addresses
}

fn details_text(details: &DeviceDetails) -> Vec<String> {
    let mut text: Vec<String> = interfaces(details).filter_map(|interface| interface.mac.clone()).collect();
    let packages = details.software.as_ref().map(|software| &software.packages);
    // Packages of a distribution are thousands of libraries; what Windows lists are applications.
    let applications =
        packages.into_iter().flatten().filter(|package| package.source == PackageSource::Registry);
    text.extend(applications.take(MAX_APPLICATIONS).map(|package| package.name.clone()));
    text
}

fn thing_of(thing: &PeripheralFacts) -> Thing {
    let parts = [Some(&thing.name), thing.serial.as_ref()];
    let name = parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    Thing { kind: thing.kind.into(), name }
}

fn peripheral_document(names: &[UnitName], by_device: &ByDevice<'_>, thing: &PeripheralFacts) -> Document {
    let kind = Kind::from(thing.kind);
    let key = format!("peripheral:{}", thing.identity);
    let mut document = Document::new(key, kind, thing.identity.clone(), names.to_vec(), thing.name.clone());
    let said = tokens(&thing.name);
    let unsaid = |text: &&String| tokens(text).iter().any(|word| !said.contains(word));
    let model = thing.model.as_ref().filter(unsaid).cloned();
    let address = thing.address.map(|address| address.to_string());
    document.facts = [model, thing.serial.clone(), address].into_iter().flatten().collect();
    document.text = thing.vendor.as_ref().filter(unsaid).cloned().into_iter().collect();
    let hosts = thing.devices.iter().filter_map(|device| by_device.hosts.get(device.as_str()));
    document.text.extend(hosts.map(|host| (*host).to_owned()));
    document.names = thing.serial.clone().into_iter().collect();
    document.serials = document.names.clone();
    document.device = thing.devices.first().cloned();
    document
}

fn line_document(source: &UnitSource<'_>, names: &[UnitName], number: usize, line: &Line) -> Document {
    let unit = &source.inventory.unit;
    let id = format!("{}:{number}", unit.code);
    let key = format!("line:{id}");
    let mut document = Document::new(key, Kind::Line, id, names.to_vec(), line.isp.clone());
    document.facts = line.bandwidth_bps.map(|bps| format!("{} Mbps", bps / 1_000_000)).into_iter().collect();
    document.text = vec![line.infrastructure_group.clone()];
    document.text.extend(line.asn.map(|asn| format!("AS{asn}")));
    document.isps = isps([(line.isp.as_str(), line.asn)].into_iter());
    document
}

fn isps<'a>(seen: impl Iterator<Item = (&'a str, Option<u32>)>) -> Vec<Isp> {
    let distinct: BTreeSet<(&str, Option<u32>)> = seen.collect();
    distinct.into_iter().map(|(name, asn)| Isp { name: name.to_owned(), asn }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        inventory::{
            device::OperatingSystemFacts,
            testing::{computer, now, peripheral, seeing, sighting, unit},
            unit::Level,
        },
        search::{Request, SearchIndex},
    };
    use kiemke_schemas::section::{operating_system::Family, peripheral::Kind as PeripheralKind};

    const VNPT: u32 = 45899;

    fn units() -> Vec<Unit> {
        let above = |code: &str, level, name: &str, full_name: &str| Unit {
            code: code.into(),
            parent: None,
            level,
            kind: String::new(),
            name: name.into(),
            full_name: full_name.into(),
        };
        vec![
            above("79", Level::Province, "Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
            above("760", Level::District, "1", "Quận 1"),
            unit().unit,
        ]
    }

    fn windows_7() -> OperatingSystemFacts {
        OperatingSystemFacts {
            family: Family::Windows,
            full_name: "Windows 7 Professional".into(),
            version: Some("SP1".into()),
            build: Some("6.1.7601".into()),
            support_ends_on: None,
            lifecycle: Some("Windows 7 SP1".into()),
            successor_runs: None,
        }
    }

    fn inventory() -> UnitInventory {
        let mut old = seeing(computer("old"), &[sighting(VNPT, 10, 0)]);
        old.operating_system = Some(windows_7());
        old.protection = Protection::Absent;
        old.serial = Some("GM08X2Y".into());
        let mut scanner = peripheral("usb:04a9:190f:KX20417", PeripheralKind::Multifunction, "new");
        scanner.name = "Canon MF244dw".into();
        scanner.serial = Some("KX20417".into());
        unit().with(old).with(computer("new")).with_peripheral(scanner).declaring("Một cửa", "line.1", "VNPT")
    }

    fn network() -> Network {
        serde_json::from_value(serde_json::json!({"interfaces": [
            {"name": "eth0", "medium": "cable", "mac": "fe:dc:ba:98:76:54", "addresses": ["10.79.3.21/24"]},
            {"name": "docker0", "medium": "virtual", "addresses": ["172.17.0.1/16"]}
        ]}))
        .unwrap()
    }

    fn software() -> Software {
        serde_json::from_value(serde_json::json!({"packages": [
            {"name": "UltraViewer", "source": "registry"}, {"name": "libssl3", "source": "dpkg"}
        ]}))
        .unwrap()
    }

    fn all_documents() -> Vec<Document> {
        let details = DeviceDetails { network: Some(network()), software: Some(software()) };
        let flag = |rule: &str, device: Option<&str>| OpenFlag {
            rule: rule.into(),
            device: device.map(str::to_owned),
        };
        let line = Line {
            isp: "VNPT".into(),
            asn: Some(VNPT),
            infrastructure_group: "vnpt".into(),
            bandwidth_bps: Some(150_000_000),
            first_seen_at: None,
            last_seen_at: None,
            provenance: Vec::new(),
        };
        documents(&UnitSource {
            units: &units(),
            inventory: &inventory(),
            lines: &[line],
            flags: &[flag("internet.single-line", None), flag("endpoint.no-protection", Some("old"))],
            details: &BTreeMap::from([("old".to_owned(), details)]),
            thresholds: &Thresholds::default(),
            now: now(),
        })
    }

    #[test]
    fn everything_of_a_unit_is_found_by_what_people_know_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let index = SearchIndex::open(dir.path()).unwrap();
        index.replace_unit("26743", &all_documents()).unwrap();
        index.commit("1").unwrap();
        let ids = |text: &str| {
            let answer =
                index.search(&Request { text: text.into(), limit: 10, ..Request::default() }).unwrap();
            assert_eq!(answer.forgiven, [], "{text}");
            answer.hits.into_iter().map(|hit| hit.id).collect::<Vec<_>>()
        };
        let scanner = "usb:04a9:190f:KX20417";
        for (query, expected) in [
            ("may quet phuong ben thanh", vec![scanner, "new"]),
            ("kind:scanner", vec![scanner]),
            ("kind:line", vec!["26743:1"]),
            ("kind:unit một cửa", vec!["26743"]),
            ("gm08", vec!["old"]),
            ("serial:KX20417", vec![scanner]),
            ("pc-old", vec!["old"]),
            ("fe:dc:ba:98:76:54", vec!["old"]),
            ("10.79.3.21", vec!["old"]),
            ("172.17.0.1", vec![]),
            ("ultraviewer", vec!["old"]),
            ("libssl3", vec![]),
            ("av:none", vec!["old"]),
            ("av:on", vec!["new"]),
            ("os:\"Windows 7\"", vec!["old"]),
            ("os:\"windows 7 sp1\"", vec!["old"]),
            ("isp:vnpt", vec!["old", "26743:1", "26743"]),
            ("flag:single-line", vec!["26743"]),
            ("flag:endpoint.no-protection", vec!["old"]),
            ("kaspersky", vec!["new"]),
            ("unit:760 kind:device", vec!["new", "old"]),
        ] {
            assert_eq!(ids(query), expected, "{query}");
        }
    }

    #[test]
    fn a_document_says_where_it_stands_and_what_it_hangs_on() {
        let documents = all_documents();
        let keys: Vec<&str> = documents.iter().map(|document| document.key.as_str()).collect();
        let expected =
            ["unit:26743", "device:old", "device:new", "peripheral:usb:04a9:190f:KX20417", "line:26743:1"];
        assert_eq!(keys, expected);
        assert_eq!(documents[3].unit_path(), "Phường Bến Thành, Quận 1, Thành phố Hồ Chí Minh");
        assert_eq!(documents[3].device.as_deref(), Some("new"));
        assert_eq!(documents[3].facts, ["KX20417"]);
    }
}
