use super::{Office, gateway, hardware::GIB, mac, serial, uuid, weighted};
use crate::fleet::catalogue::Role;
use anyhow::{Result, bail};
use kiemke_schemas::section::{
    load::{DayPeaks, Load},
    network::{DefaultRoute, Interface, Medium, Network},
    operating_system::OperatingSystem,
    storage::{Disk, DiskHealth, DiskKind, FileSystem, Storage},
};
use rand::{RngExt, rngs::StdRng};

pub fn windows_client(office: &Office<'_>, host: String, rng: &mut StdRng) -> Result<OperatingSystem> {
    operating_system(office, Role::Client, host, rng)
}

pub fn operating_system(
    office: &Office<'_>,
    role: Role,
    host: String,
    rng: &mut StdRng,
) -> Result<OperatingSystem> {
    let supported = office.catalogue.supported(role, office.today());
    if supported.is_empty() {
        bail!("data/operating-systems.csv has no {role:?} system that is supported a year from now: add one");
    }
    let row = *weighted(&supported, rng, |row| row.weight)?;
    let linux = row.build.is_none();
    Ok(OperatingSystem {
        family: row.family,
        name: row.name.clone(),
        version: Some(row.version.clone()),
        full_name: match (linux, role) {
            (true, _) => format!("{} {} LTS", row.name, row.version),
            (false, Role::Client) => format!("{} {}", row.name, row.version),
            (false, Role::Server) => row.name.clone(),
        },
        edition: row.edition.clone(),
        build: row.build.clone(),
        kernel: linux.then(|| "6.8.0-79-generic".to_owned()),
        architecture: Some("x86_64".into()),
        server: Some(role == Role::Server),
        host_name: host,
        domain: None,
        machine_id: Some(if linux { uuid(rng).replace('-', "") } else { uuid(rng) }),
        installed_on: Some(office.days_ago(rng.random_range(60..900))),
        booted_at: Some(office.hours_ago(rng.random_range(1..60))),
        time_zone: Some("Asia/Ho_Chi_Minh".into()),
    })
}

/// Below 60 % full, as a healthy machine is.
pub fn client_storage(rng: &mut StdRng) -> Storage {
    const MODELS: [(&str, u64); 5] = [
        ("KINGSTON SA400S37240G", 240_057_409_536),
        ("Samsung SSD 870 EVO 500GB", 500_107_862_016),
        ("WDC WDS480G2G0A-00JH30", 480_103_981_056),
        ("KBG40ZNS256G NVMe KIOXIA 256GB", 256_060_514_304),
        ("SK hynix BC711 NVMe 512GB", 512_110_190_592),
    ];
    let (model, size) = MODELS[rng.random_range(0..MODELS.len())];
    let nvme = model.contains("NVMe");
    let mut storage = Storage {
        disks: vec![disk(r"\\.\PHYSICALDRIVE0", model, size, DiskKind::Ssd, nvme, rng)],
        file_systems: vec![volume("C:", size - GIB, rng.random_range(250..560))],
    };
    if rng.random_bool(0.35) {
        let (model, size) = ("ST1000DM010-2EP102", 1_000_204_886_016);
        storage.disks.push(disk(r"\\.\PHYSICALDRIVE1", model, size, DiskKind::Hdd, false, rng));
        storage.file_systems.push(volume("D:", size - GIB, rng.random_range(20..500)));
    }
    storage
}

pub fn disk(name: &str, model: &str, size: u64, kind: DiskKind, nvme: bool, rng: &mut StdRng) -> Disk {
    Disk {
        name: name.to_owned(),
        model: Some(model.to_owned()),
        serial: Some(serial("S", 14, rng)),
        kind: Some(kind),
        bus: Some(if nvme { "nvme" } else { "sata" }.to_owned()),
        size_bytes: Some(size),
        removable: Some(false),
        health: Some(DiskHealth::Good),
    }
}

fn volume(mount_point: &str, total: u64, used_permille: u64) -> FileSystem {
    FileSystem {
        mount_point: mount_point.to_owned(),
        device: None,
        kind: Some("NTFS".into()),
        total_bytes: Some(total),
        used_bytes: Some(total / 1000 * used_permille),
        fixed: true,
        read_only: Some(false),
        encrypted: Some(false),
    }
}

pub fn network(index: usize, rng: &mut StdRng) -> Network {
    let name = "Ethernet".to_owned();
    Network {
        interfaces: vec![Interface {
            name: name.clone(),
            description: Some("Realtek PCIe GbE Family Controller".into()),
            mac: Some(mac(rng)),
            medium: Medium::Cable,
            up: Some(true),
            speed_bps: Some(1_000_000_000),
            addresses: vec![format!("192.168.{}.{}/22", 1 + index / 200, 20 + index % 200)],
        }],
        default_routes: vec![DefaultRoute { interface: name, gateway: Some(gateway()), metric: Some(25) }],
        dns_servers: vec![gateway(), [8, 8, 8, 8].into()],
        proxy: None,
    }
}

pub fn client_load(office: &Office<'_>, rng: &mut StdRng) -> Load {
    let day = |ago| DayPeaks {
        date: office.days_ago(ago),
        samples: rng.random_range(300..560),
        processor_p95_permille: Some(rng.random_range(80..420)),
        memory_max_permille: Some(rng.random_range(400..850)),
        connections_max: Some(rng.random_range(25..140)),
        throughput_max_bps: Some(rng.random_range(2_000_000..48_000_000)),
        latency_median_us: Some(rng.random_range(1_500..9_000)),
        latency_max_us: None,
        unreachable_minutes: None,
        targets: Vec::new(),
    };
    Load { days: (1..=5).rev().map(day).collect() }
}
