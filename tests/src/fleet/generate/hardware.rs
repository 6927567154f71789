use super::{serial, uuid};
use crate::fleet::catalogue::Model;
use kiemke_schemas::section::hardware::{
    Board, Chassis, Firmware, Hardware, Memory, MemoryModule, Monitor, Processor,
};
use rand::{RngExt, rngs::StdRng};

pub const GIB: u64 = 1 << 30;

pub fn of_model(model: &Model, rng: &mut StdRng) -> Hardware {
    Hardware {
        maker: Some(model.maker.clone()),
        model: Some(model.model.clone()),
        serial: Some(serial("", model.serial_length, rng)),
        uuid: Some(uuid(rng)),
        chassis: Some(model.chassis),
        virtual_machine: None,
        board: Some(Board {
            maker: Some(model.maker.clone()),
            model: Some(serial("0", 6, rng)),
            serial: Some(serial("/", 18, rng)),
        }),
        firmware: Some(firmware(&model.maker, rng)),
        processors: vec![processor(&model.processor, model.cores, model.threads, model.mhz)],
        memory: Some(memory(rng)),
        monitors: if model.chassis == Chassis::Laptop { Vec::new() } else { vec![monitor(rng)] },
    }
}

pub fn processor(model: &str, cores: u32, threads: u32, mhz: u32) -> Processor {
    let maker = if model.starts_with("AMD") { "AuthenticAMD" } else { "GenuineIntel" };
    Processor {
        maker: Some(maker.to_owned()),
        model: Some(model.to_owned()),
        cores: Some(cores),
        threads: Some(threads),
        max_mhz: Some(mhz),
        features: ["aes", "avx", "avx2", "popcnt", "sse4_1", "sse4_2"].map(str::to_owned).to_vec(),
    }
}

fn firmware(maker: &str, rng: &mut StdRng) -> Firmware {
    let (year, month) = (rng.random_range(2023..2026), rng.random_range(1..=12));
    Firmware {
        vendor: Some(maker.to_owned()),
        version: Some(format!("1.{}.{}", rng.random_range(10..40), rng.random_range(0..4))),
        date: Some(format!("{year}-{month:02}-{:02}", rng.random_range(1..=28))),
    }
}

fn memory(rng: &mut StdRng) -> Memory {
    let (modules, size) = [(1, 8), (2, 8), (1, 16), (2, 4), (2, 16)][rng.random_range(0..5)];
    memory_of(modules, size, "DDR4", 3200, rng)
}

pub fn memory_of(modules: u32, gib: u64, kind: &str, speed: u32, rng: &mut StdRng) -> Memory {
    const MAKERS: [&str; 4] = ["Kingston", "Samsung", "SK Hynix", "Micron Technology"];
    let maker = MAKERS[rng.random_range(0..MAKERS.len())];
    let module = |slot| MemoryModule {
        slot: Some(format!("DIMM{slot}")),
        size_bytes: Some(gib * GIB),
        kind: Some(kind.to_owned()),
        speed_mts: Some(speed),
        maker: Some(maker.to_owned()),
        serial: Some(format!("{:08X}", rng.random::<u32>())),
        part_number: None,
    };
    Memory {
        total_bytes: Some(u64::from(modules) * gib * GIB - 200 * 1024 * 1024),
        slots: Some(modules.max(2)),
        free_slots: Some(modules.max(2) - modules),
        modules: (1..=modules).map(module).collect(),
    }
}

fn monitor(rng: &mut StdRng) -> Monitor {
    const MODELS: [(&str, &str); 5] = [
        ("Dell Inc.", "E2222H"),
        ("HP", "P22v G5"),
        ("LG Electronics", "22MK430H"),
        ("Samsung Electric Company", "LS22A336"),
        ("AOC", "22B2HN"),
    ];
    let (maker, model) = MODELS[rng.random_range(0..MODELS.len())];
    Monitor {
        maker: Some(maker.into()),
        model: Some(model.into()),
        serial: Some(serial("", 10, rng)),
        ..Monitor::default()
    }
}
