//! Inventories for tests.

use super::{
    Declarations, Declared, DeviceFacts, DeviceKind, PeripheralFacts, Protection, Unit, UnitInventory,
    device::{DeclaredDevice, DeviceState, Origin, SecurityCheck},
    line::LineSighting,
    neighbour::NeighbourSighting,
    unit::Level,
};
use crate::reference::isps;
use jiff::{SignedDuration, Timestamp, civil::date};
use kiemke_schemas::section::{
    antivirus::{Product, ProductState, SignatureState, Signatures},
    neighbour::{FoundBy, Neighbour, NeighbourKind},
    peripheral::{Connection, Kind},
};

pub const UNIT: &str = "26743";

pub fn now() -> Timestamp {
    "2026-11-20T03:00:00Z".parse().unwrap()
}

pub fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

pub fn unit() -> UnitInventory {
    UnitInventory {
        unit: Unit {
            code: UNIT.into(),
            parent: Some("760".into()),
            level: Level::Commune,
            kind: "phường".into(),
            name: "Bến Thành".into(),
            full_name: "Phường Bến Thành".into(),
        },
        devices: Vec::new(),
        peripherals: Vec::new(),
        neighbours: Vec::new(),
        declarations: Declarations::default(),
    }
}

impl UnitInventory {
    pub fn with(mut self, device: DeviceFacts) -> Self {
        self.devices.push(device);
        self
    }

    pub fn with_peripheral(mut self, peripheral: PeripheralFacts) -> Self {
        self.peripherals.push(peripheral);
        self
    }

    /// `system` is empty for the unit itself.
    pub fn declaring(mut self, system: &str, field: &str, value: &str) -> Self {
        let declared =
            Declared { value: value.into(), declared_by: "an".into(), declared_on: date(2026, 11, 2) };
        self.declarations.0.entry(system.into()).or_default().insert(field.into(), declared);
        self
    }
}

pub fn check() -> SecurityCheck {
    SecurityCheck {
        checked_on: date(2026, 10, 1),
        checked_by: "Công an Quận 1".into(),
        document: Some("12/BB".into()),
        valid_until: None,
    }
}

pub fn product(state: ProductState) -> Product {
    Product {
        name: "Kaspersky".into(),
        vendor: None,
        version: None,
        state,
        signatures: Signatures {
            state: SignatureState::Current,
            updated_at: Some(days_ago(1)),
            ..Signatures::default()
        },
        source: "SecurityCenter2".into(),
    }
}

pub fn installed(products: Vec<Product>) -> Protection {
    Protection::Installed { products, observed_at: days_ago(0) }
}

/// A healthy, checked workstation that reported just now and knows nothing of lines.
pub fn computer(id: &str) -> DeviceFacts {
    DeviceFacts {
        device: id.into(),
        unit: UNIT.into(),
        origin: Origin::Observed,
        declared: None,
        state: DeviceState::Active,
        host_name: Some(format!("PC-{}", id.to_uppercase())),
        kind: DeviceKind::Workstation,
        maker: None,
        model: None,
        serial: None,
        operating_system: None,
        processor: None,
        processors: Some(4),
        processors_in_use: None,
        processor_p95_permille: None,
        memory_bytes: None,
        storage_total_bytes: None,
        storage_used_bytes: None,
        fullest_file_system: None,
        protection: installed(vec![product(ProductState::On)]),
        lines: Vec::new(),
        lines_known: false,
        router_lines: Vec::new(),
        lines_down: Vec::new(),
        connections_max: None,
        throughput_max_bps: None,
        peripherals_known: true,
        problems: Vec::new(),
        networks: Vec::new(),
        macs: Vec::new(),
        neighbours: Vec::new(),
        check: Some(check()),
        enrolled_at: days_ago(40),
        last_seen_at: Some(now()),
        last_report_at: Some(now()),
        clock_skew_seconds: Some(0),
    }
}

/// What the block of its MAC tells, seen a day ago.
pub fn neighbour(mac: &str, address: &str) -> NeighbourSighting {
    let told = Neighbour {
        address: address.parse().unwrap(),
        mac: mac.into(),
        interface: "eth0".into(),
        vendor: None,
        name: None,
        kind: NeighbourKind::Unknown,
        confidence_permille: 0,
        found_by: FoundBy::Sweep,
        last_seen_at: days_ago(1),
    };
    NeighbourSighting::of(&told, days_ago(1))
}

/// Entered by hand long ago; nothing was ever heard of it.
pub fn declared(id: &str) -> DeviceFacts {
    DeviceFacts {
        origin: Origin::Declared,
        declared: Some(DeclaredDevice {
            kind: DeviceKind::Workstation,
            maker: None,
            model: None,
            serial: None,
            declared_by: "an".into(),
            declared_on: date(2026, 6, 1),
        }),
        protection: Protection::Unknown,
        peripherals_known: false,
        check: None,
        enrolled_at: days_ago(400),
        last_seen_at: None,
        last_report_at: None,
        ..computer(id)
    }
}

pub fn server(id: &str) -> DeviceFacts {
    DeviceFacts { kind: DeviceKind::Server, ..computer(id) }
}

/// A network as the reference table knows it, seen first and last so many days ago.
pub fn sighting(asn: u32, first_days: i64, last_days: i64) -> LineSighting {
    let network = isps().network(asn).unwrap();
    LineSighting {
        asn,
        isp: network.isp.clone(),
        infrastructure_group: network.infrastructure_group.clone(),
        address: "203.0.113.1".parse().unwrap(),
        told_by: "https://collector/echo".into(),
        first_seen_at: days_ago(first_days),
        last_seen_at: days_ago(last_days),
    }
}

pub fn seeing(mut device: DeviceFacts, lines: &[LineSighting]) -> DeviceFacts {
    device.lines_known = true;
    device.lines = lines.to_vec();
    device
}

pub fn peripheral(identity: &str, kind: Kind, device: &str) -> PeripheralFacts {
    PeripheralFacts {
        identity: identity.into(),
        aliases: Vec::new(),
        kind,
        connection: Connection::Usb,
        name: identity.into(),
        vendor: None,
        model: None,
        serial: None,
        address: None,
        unit: UNIT.into(),
        devices: vec![device.into()],
        present: true,
        first_seen_at: days_ago(40),
        last_seen_at: now(),
        check: Some(check()),
        certificate_authority: None,
        page_count: None,
    }
}
