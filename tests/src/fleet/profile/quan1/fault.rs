//! The planted faults. Computers without a check are the last ones of a unit; faults sit on the first.

use crate::fleet::machine::Machine;
use jiff::{SignedDuration, Timestamp, civil::date};
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::{
        antivirus::{Antivirus, ProductState, SignatureState},
        hardware::{Chassis, Memory, Processor},
        storage::{Disk, DiskHealth, DiskKind, FileSystem, Storage},
    },
};

/// Two computers without protection, one whose protection is switched off.
pub fn ben_thanh(machines: &mut [Machine]) {
    for machine in &mut machines[..2] {
        machine.antivirus = Section::known(Antivirus::default());
        machine.keeps_signatures_fresh = false;
    }
    for product in machines[2].antivirus.value.iter_mut().flat_map(|antivirus| &mut antivirus.products) {
        product.state = ProductState::Off;
    }
}

pub fn co_giang(machines: &mut [Machine], now: Timestamp) {
    old_signatures(&mut machines[0], now);
    windows_7(&mut machines[1]);
    nearly_full(&mut machines[2]);
    machines[3].antivirus = Section::unknown(Problem::new(
        ProblemKind::Timeout,
        r"root\SecurityCenter2:AntiVirusProduct",
        "the probe did not end within 20 s",
    ));
}

fn old_signatures(machine: &mut Machine, now: Timestamp) {
    machine.keeps_signatures_fresh = false;
    let products = machine.antivirus.value.iter_mut().flat_map(|antivirus| &mut antivirus.products);
    for signatures in products.map(|product| &mut product.signatures) {
        signatures.state = SignatureState::Old;
        signatures.updated_at = now.checked_sub(SignedDuration::from_hours(30 * 24)).ok();
    }
}

fn windows_7(machine: &mut Machine) {
    let os = &mut machine.operating_system;
    os.name = "Windows 7 Professional".into();
    os.full_name = "Windows 7 Professional SP1".into();
    os.version = Some("SP1".into());
    os.edition = Some("Professional".into());
    os.build = Some("6.1.7601.24545".into());
    os.installed_on = Some(date(2012, 5, 14));
    machine.storage = small_disk();
    let hardware = &mut machine.hardware;
    hardware.chassis = Some(Chassis::Desktop);
    hardware.maker = Some("Hewlett-Packard".into());
    hardware.model = Some("HP Compaq 8000 Elite SFF PC".into());
    hardware.processors = vec![Processor {
        maker: Some("GenuineIntel".into()),
        model: Some("Intel(R) Core(TM)2 Duo CPU E7500 @ 2.93GHz".into()),
        cores: Some(2),
        threads: Some(2),
        max_mhz: Some(2930),
        features: ["sse2", "sse3", "ssse3", "sse4_1"].map(str::to_owned).to_vec(),
    }];
    hardware.memory = Some(Memory {
        total_bytes: Some(2_080_374_784),
        slots: Some(4),
        free_slots: Some(2),
        modules: vec![],
    });
    // Products of that age: what runs on Windows 7 registers itself alone.
    if let Some(antivirus) = &mut machine.antivirus.value {
        antivirus.products.truncate(1);
        if let Some(product) = antivirus.products.first_mut() {
            product.name = "Bkav Endpoint".into();
            product.vendor = Some("Bkav".into());
            product.version = Some("8.7.8.6".into());
        }
    }
}

fn small_disk() -> Storage {
    let size = 250_059_350_016;
    Storage {
        disks: vec![Disk {
            name: r"\\.\PHYSICALDRIVE0".into(),
            model: Some("ST3250318AS".into()),
            serial: Some("9VM4KQ2R".into()),
            kind: Some(DiskKind::Hdd),
            bus: Some("sata".into()),
            size_bytes: Some(size),
            removable: Some(false),
            health: Some(DiskHealth::Good),
        }],
        file_systems: vec![FileSystem {
            mount_point: "C:".into(),
            device: None,
            kind: Some("NTFS".into()),
            total_bytes: Some(size),
            used_bytes: Some(size / 10 * 4),
            fixed: true,
            read_only: Some(false),
            encrypted: Some(false),
        }],
    }
}

fn nearly_full(machine: &mut Machine) {
    if let Some(system) = machine.storage.file_systems.first_mut() {
        system.used_bytes = system.total_bytes.map(|total| total / 100 * 96);
    }
}
