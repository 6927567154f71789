//! `dmidecode`: the SMBIOS table as text.

use super::{error::ParseError, text};
use crate::probe::{hardware, placeholder};
use kiemke_schemas::section::hardware::{
    Board, Chassis, Firmware, Hardware, Memory, MemoryModule, Processor,
};

/// One structure of the table: its type, and its fields in order.
#[derive(Debug, Default)]
struct Structure {
    kind: u32,
    handle: String,
    fields: Vec<(String, String)>,
    /// Lines below `Flags:`.
    flags: Vec<String>,
}

const CHASSIS_NAMES: &[&str] = &[
    "Other",
    "Unknown",
    "Desktop",
    "Low Profile Desktop",
    "Pizza Box",
    "Mini Tower",
    "Tower",
    "Portable",
    "Laptop",
    "Notebook",
    "Hand Held",
    "Docking Station",
    "All In One",
    "Sub Notebook",
    "Space-saving",
    "Lunch Box",
    "Main Server Chassis",
    "Expansion Chassis",
    "Sub Chassis",
    "Bus Expansion Chassis",
    "Peripheral Chassis",
    "RAID Chassis",
    "Rack Mount Chassis",
    "Sealed-case PC",
    "Multi-system",
    "CompactPCI",
    "AdvancedTCA",
    "Blade",
    "Blade Enclosing",
    "Tablet",
    "Convertible",
    "Detachable",
    "IoT Gateway",
    "Embedded PC",
    "Mini PC",
    "Stick PC",
];

pub fn parse(input: &str) -> Result<Hardware, ParseError> {
    let structures = structures(input)?;
    let first = |kind: u32| structures.iter().find(|structure| structure.kind == kind);
    let system = first(1);
    let maker = system.and_then(|s| s.text("Manufacturer"));
    let model = system.and_then(|s| s.text("Product Name"));
    Ok(Hardware {
        serial: system.and_then(|s| s.serial("Serial Number")),
        uuid: system.and_then(|s| s.field("UUID")).and_then(placeholder::uuid),
        chassis: first(3).and_then(|s| chassis(s.field("Type")?)),
        virtual_machine: hardware::virtual_machine(maker.as_deref(), model.as_deref(), false),
        maker,
        model,
        board: first(2).map(board),
        firmware: first(0).map(firmware),
        processors: structures.iter().filter(|s| s.kind == 4).filter_map(processor).collect(),
        memory: memory(&structures)?,
        monitors: Vec::new(),
    })
}

fn structures(input: &str) -> Result<Vec<Structure>, ParseError> {
    let mut found: Vec<Structure> = Vec::new();
    let mut in_flags = false;
    for (_, line) in text::lines(input) {
        if let Some(rest) = line.strip_prefix("Handle ") {
            found.push(structure(rest));
            in_flags = false;
            continue;
        }
        let Some(structure) = found.last_mut() else { continue };
        let deep = line.starts_with("\t\t") || line.starts_with("        ");
        match line.trim().split_once(':') {
            _ if deep && in_flags => structure.flags.push(line.trim().to_owned()),
            Some((key, value)) if !deep && line.starts_with(['\t', ' ']) => {
                in_flags = key == "Flags";
                structure.fields.push((key.to_owned(), value.trim().to_owned()));
            }
            _ => {}
        }
    }
    let known = found.iter().any(|structure| matches!(structure.kind, 0..=4 | 16 | 17));
    if known {
        Ok(found)
    } else {
        Err(ParseError::new("no \"Handle …, DMI type …\" of a computer: not an output of dmidecode"))
    }
}

/// `0x0001, DMI type 1, 27 bytes`
fn structure(head: &str) -> Structure {
    let mut parts = head.split(',').map(str::trim);
    let handle = parts.next().unwrap_or_default().to_owned();
    let kind = parts.next().and_then(|part| part.strip_prefix("DMI type")?.trim().parse().ok());
    Structure { kind: kind.unwrap_or(u32::MAX), handle, ..Structure::default() }
}

impl Structure {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn text(&self, name: &str) -> Option<String> {
        let value = self.field(name).filter(|value| !value.starts_with('<'))?;
        placeholder::meaningful(value)
            .filter(|value| value != "Not Specified" && value != "No Module Installed")
    }

    fn serial(&self, name: &str) -> Option<String> {
        self.text(name).and_then(|text| placeholder::serial(&text))
    }

    /// `2900 MHz`, `4`; `Unknown` is none.
    fn number(&self, name: &str) -> Option<u32> {
        self.field(name)?.split_whitespace().next()?.parse().ok().filter(|number| *number > 0)
    }
}

fn chassis(name: &str) -> Option<Chassis> {
    let at = CHASSIS_NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    hardware::chassis(u8::try_from(at + 1).ok()?)
}

fn board(structure: &Structure) -> Board {
    Board {
        maker: structure.text("Manufacturer"),
        model: structure.text("Product Name"),
        serial: structure.serial("Serial Number"),
    }
}

fn firmware(structure: &Structure) -> Firmware {
    Firmware {
        vendor: structure.text("Vendor"),
        version: structure.text("Version"),
        date: structure.text("Release Date"),
    }
}

/// `None` for an empty socket.
fn processor(structure: &Structure) -> Option<Processor> {
    if structure.field("Status").is_some_and(|status| status.starts_with("Unpopulated")) {
        return None;
    }
    let model = structure.text("Version").map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let flags = structure.flags.iter().filter_map(|line| line.split_whitespace().next());
    Some(Processor {
        maker: structure.text("Manufacturer"),
        model: model.or_else(|| structure.text("Family")),
        cores: structure.number("Core Count"),
        threads: structure.number("Thread Count"),
        max_mhz: structure.number("Max Speed"),
        features: flags
            .map(str::to_lowercase)
            .filter(|flag| flag.starts_with("sse") || flag.starts_with("avx"))
            .collect(),
    })
}

fn memory(structures: &[Structure]) -> Result<Option<Memory>, ParseError> {
    let is_main = |s: &&Structure| s.kind == 16 && s.field("Use").is_none_or(|text| text == "System Memory");
    let main: Vec<&str> = structures.iter().filter(is_main).map(|s| s.handle.as_str()).collect();
    let of_main = |s: &&Structure| {
        s.kind == 17 && s.field("Array Handle").is_none_or(|handle| main.is_empty() || main.contains(&handle))
    };
    let slots: Vec<&Structure> = structures.iter().filter(of_main).collect();
    let mut modules = Vec::new();
    for slot in &slots {
        modules.extend(module(slot)?);
    }
    let count = |number: usize| u32::try_from(number).ok();
    Ok((!slots.is_empty()).then(|| Memory {
        total_bytes: modules
            .iter()
            .map(|module| module.size_bytes)
            .sum::<Option<u64>>()
            .filter(|sum| *sum > 0),
        slots: count(slots.len()),
        free_slots: count(slots.len() - modules.len()),
        modules,
    }))
}

/// `None` for an empty slot.
fn module(slot: &Structure) -> Result<Option<MemoryModule>, ParseError> {
    let size = slot.field("Size").unwrap_or("Unknown");
    if matches!(size, "No Module Installed" | "Not Installed") || size.starts_with("0 ") {
        return Ok(None);
    }
    Ok(Some(MemoryModule {
        slot: slot.text("Locator"),
        size_bytes: bytes(size)?,
        kind: slot.text("Type"),
        speed_mts: slot.number("Speed"),
        maker: slot.text("Manufacturer"),
        serial: slot.serial("Serial Number"),
        part_number: slot.text("Part Number"),
    }))
}

fn bytes(size: &str) -> Result<Option<u64>, ParseError> {
    if size == "Unknown" {
        return Ok(None);
    }
    let wrong = || ParseError::field(None, "Size", format!("{size:?} is no size of a memory module"));
    let (number, unit) = size.split_once(' ').ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let shift = match unit.trim() {
        "kB" | "KB" => 10,
        "MB" => 20,
        "GB" => 30,
        "TB" => 40,
        _ => return Err(wrong()),
    };
    number.checked_mul(1 << shift).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# dmidecode 3.4\n\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: HP\n\
        \tProduct Name: HP ProDesk 400 G5\n\tSerial Number: System Serial Number\n\tUUID: 00D3F681-FE8E-11D5-B656-1CC1DE0905AE\n\n\
        Handle 0x0003, DMI type 3, 22 bytes\nChassis Information\n\tType: All In One\n\n\
        Handle 0x0004, DMI type 4, 42 bytes\nProcessor Information\n\tManufacturer: Intel\n\tFlags:\n\t\tSSE2 (Streaming)\n\t\tMMX (x)\n\
        \tVersion: Intel(R)  Core(TM) i5\n\tMax Speed: 4000 MHz\n\tStatus: Populated, Enabled\n\tCore Count: 6\n\n\
        Handle 0x0005, DMI type 4, 42 bytes\nProcessor Information\n\tStatus: Unpopulated\n\n\
        Handle 0x0010, DMI type 16, 23 bytes\nPhysical Memory Array\n\tUse: System Memory\n\n\
        Handle 0x0011, DMI type 16, 23 bytes\nPhysical Memory Array\n\tUse: Flash Memory\n\n\
        Handle 0x0012, DMI type 17, 40 bytes\nMemory Device\n\tArray Handle: 0x0010\n\tSize: 8 GB\n\tLocator: DIMM1\n\tType: DDR4\n\tSpeed: 2666 MT/s\n\n\
        Handle 0x0013, DMI type 17, 40 bytes\nMemory Device\n\tArray Handle: 0x0010\n\tSize: No Module Installed\n\n\
        Handle 0x0014, DMI type 17, 40 bytes\nMemory Device\n\tArray Handle: 0x0011\n\tSize: 16384 kB\n";

    #[test]
    fn a_computer() {
        let found = parse(TABLE).unwrap();
        assert_eq!(found.maker.as_deref(), Some("HP"));
        assert_eq!(found.serial, None);
        assert_eq!(found.uuid.as_deref(), Some("00d3f681-fe8e-11d5-b656-1cc1de0905ae"));
        assert_eq!(found.chassis, Some(Chassis::AllInOne));
        let [processor] = found.processors.as_slice() else { panic!("{:?}", found.processors) };
        assert_eq!((processor.cores, processor.max_mhz), (Some(6), Some(4000)));
        assert_eq!(processor.model.as_deref(), Some("Intel(R) Core(TM) i5"));
        assert_eq!(processor.features, ["sse2"]);
        let memory = found.memory.unwrap();
        assert_eq!((memory.total_bytes, memory.slots, memory.free_slots), (Some(8 << 30), Some(2), Some(1)));
        assert_eq!(memory.modules[0].speed_mts, Some(2666));
    }

    #[test]
    fn other_texts_are_refused() {
        assert!(parse("Handle 0x01, DMI type 99, 3 bytes\n").is_err());
        assert!(parse("hello\n").unwrap_err().to_string().contains("not an output of dmidecode"));
        let wrong = TABLE.replace("Size: 8 GB", "Size: 8 apples");
        assert_eq!(
            parse(&wrong).unwrap_err().to_string(),
            "field Size: \"8 apples\" is no size of a memory module"
        );
    }
}
