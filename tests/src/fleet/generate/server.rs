use super::{Office, hardware, serial, software, system, uuid};
use crate::fleet::{catalogue::Role, machine::Machine};
use anyhow::Result;
use kiemke_schemas::{
    Section,
    section::{
        hardware::{Board, Chassis, Firmware, Hardware},
        load::{DayPeaks, Load},
        operating_system::{Family, OperatingSystem},
        storage::{DiskKind, FileSystem, Storage},
    },
};
use rand::{RngExt, rngs::StdRng};

const GB: u64 = 1_000_000_000;

/// What a form says of a server: all its processors, its storage, its peaks.
pub struct ServerSize {
    pub processors: u32,
    pub used_gb: u64,
    pub total_gb: u64,
    pub connections: u64,
    pub throughput_bps: u64,
}

/// A server that sees all lines of `office`, one default route each.
pub fn server(office: &Office<'_>, index: usize, size: &ServerSize) -> Result<Machine> {
    let rng = &mut office.rng("server", index);
    let host = format!("{}-SRV{:02}", office.host_prefix, index + 1);
    let operating_system = system::operating_system(office, Role::Server, host, rng)?;
    let linux = operating_system.family == Family::Linux;
    let network = system::network(180 + index, rng);
    let interface = network.interfaces.first().map_or("", |interface| interface.name.as_str());
    let lines: Vec<_> = office.lines.iter().collect();
    Ok(Machine {
        unit: office.unit.to_owned(),
        hardware: rack_server(size.processors, rng),
        storage: storage(&operating_system, size, rng),
        links: office.links(&lines, interface),
        antivirus: Section::known(if linux {
            software::clamav(office, rng)
        } else {
            software::protection(office, rng)?
        }),
        peripherals: Default::default(),
        software: if linux { software::dpkg(office, rng) } else { software::programs(office, rng) },
        load: load(office, size, rng),
        operating_system,
        network,
        keeps_signatures_fresh: true,
    })
}

fn rack_server(processors: u32, rng: &mut StdRng) -> Hardware {
    Hardware {
        maker: Some("Dell Inc.".into()),
        model: Some("PowerEdge R450".into()),
        serial: Some(serial("", 7, rng)),
        uuid: Some(uuid(rng)),
        chassis: Some(Chassis::Server),
        virtual_machine: None,
        board: Some(Board {
            maker: Some("Dell Inc.".into()),
            model: Some("0M35RH".into()),
            serial: Some(serial(".", 16, rng)),
        }),
        firmware: Some(Firmware {
            vendor: Some("Dell Inc.".into()),
            version: Some("1.15.2".into()),
            date: Some("2025-05-14".into()),
        }),
        processors: vec![hardware::processor(
            "Intel(R) Xeon(R) Silver 4309Y CPU @ 2.80GHz",
            processors / 2,
            processors,
            3600,
        )],
        memory: Some(hardware::memory_of(4, 16, "DDR4", 3200, rng)),
        monitors: Vec::new(),
    }
}

fn storage(os: &OperatingSystem, size: &ServerSize, rng: &mut StdRng) -> Storage {
    let linux = os.family == Family::Linux;
    let (name, mount, kind) =
        if linux { ("sda", "/", "ext4") } else { (r"\\.\PHYSICALDRIVE0", "C:", "NTFS") };
    Storage {
        disks: vec![system::disk(name, "PERC H755 Front", size.total_gb * GB, DiskKind::Ssd, false, rng)],
        file_systems: vec![FileSystem {
            mount_point: mount.into(),
            device: linux.then(|| "/dev/sda2".to_owned()),
            kind: Some(kind.into()),
            total_bytes: Some(size.total_gb * GB),
            used_bytes: Some(size.used_gb * GB),
            fixed: true,
            read_only: Some(false),
            encrypted: Some(false),
        }],
    }
}

/// Seven days; the peak fell on the fourth.
fn load(office: &Office<'_>, size: &ServerSize, rng: &mut StdRng) -> Load {
    let day = |ago: i32| {
        let share = if ago == 4 { 1000 } else { rng.random_range(450..900) };
        DayPeaks {
            date: office.days_ago(ago),
            samples: 1440,
            processor_p95_permille: Some(rng.random_range(280..520)),
            memory_max_permille: Some(rng.random_range(500..700)),
            connections_max: Some(size.connections * share / 1000),
            throughput_max_bps: Some(size.throughput_bps / 1000 * share),
            latency_median_us: Some(rng.random_range(900..2_500)),
            latency_max_us: None,
            unreachable_minutes: None,
            targets: Vec::new(),
        }
    };
    Load { days: (1..=7).rev().map(day).collect() }
}
