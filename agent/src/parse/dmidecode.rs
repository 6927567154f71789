//! `dmidecode`: the SMBIOS table as text.

use super::{error::ParseError, text};
use crate::probe::{
    hardware::{
        self,
        slots::{Slots, Use},
    },
    placeholder,
};
use kiemke_schemas::section::hardware::{
    Board, Chassis, Firmware, Hardware, Memory, MemoryModule, Processor,
};

/// One structure of the table: its type, and its fields in order.
#[derive(Debug, Default)]
struct Structure {
    /// `None` where it is not told.
    kind: Option<u32>,
    handle: String,
    /// How far its fields stand from the margin; what stands further belongs to the field above.
    margin: Option<usize>,
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
    let first = |kind: u32| structures.iter().find(|structure| structure.kind == Some(kind));
    let system = first(1);
    let maker = system.and_then(|s| s.text("Manufacturer"));
    let model = system.and_then(|s| s.text("Product Name"));
    Ok(Hardware {
        serial: system.and_then(|s| s.serial("Serial Number")),
        uuid: system.and_then(|s| s.field("UUID")).and_then(placeholder::uuid),
        chassis: first(3).and_then(|s| chassis(s.field("Type")?)),
        virtual_machine: hardware::virtual_machine(maker.as_deref(), model.as_deref(), false)
            .or_else(|| told_beside(&structures, input)),
        maker,
        model,
        board: first(2).map(board),
        firmware: first(0).map(firmware),
        processors: structures.iter().filter(|s| s.kind == Some(4)).filter_map(processor).collect(),
        memory: memory(&structures),
        monitors: Vec::new(),
    })
}

/// Providers give their machines names of their own; the chassis and the firmware keep the hypervisor's, and the
/// firmware has a mark for it.
fn told_beside(structures: &[Structure], input: &str) -> Option<String> {
    let of = |kind: u32, name: &str| structures.iter().find(|s| s.kind == Some(kind))?.text(name);
    let marked = text::lines(input).any(|(_, line)| line.trim() == "System is a virtual machine");
    hardware::virtual_machine(of(3, "Manufacturer").as_deref(), of(0, "Vendor").as_deref(), marked)
        .or_else(|| marked.then(|| hardware::virtual_machine(None, None, true))?)
}

fn structures(input: &str) -> Result<Vec<Structure>, ParseError> {
    let mut found: Vec<Structure> = Vec::new();
    let mut in_flags = false;
    for (_, line) in text::lines(input) {
        if let Some(rest) = line.trim_start().strip_prefix("Handle ") {
            found.push(structure(rest));
            in_flags = false;
        } else if let Some(structure) = found.last_mut() {
            structure.take(line, &mut in_flags);
        }
    }
    let known = found.iter().any(|structure| matches!(structure.kind, Some(0..=4 | 6 | 16 | 17)));
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
    Structure { kind: parts.next().and_then(kind), handle, ..Structure::default() }
}

fn kind(text: &str) -> Option<u32> {
    text.strip_prefix("DMI type")?.trim().parse().ok()
}

impl Structure {
    /// Versions before 2.7 tell the type in a line of its own and put fields behind two tabs.
    fn take(&mut self, line: &str, in_flags: &mut bool) {
        let text = line.trim();
        if self.kind.is_none() && text.starts_with("DMI type") {
            self.kind = text.split(',').next().and_then(kind);
            return;
        }
        let margin = line.len() - line.trim_start().len();
        let Some((key, value)) = text.split_once(':').filter(|_| self.margin.is_none_or(|own| own == margin))
        else {
            if *in_flags && self.margin.is_some_and(|own| own < margin) {
                self.flags.push(text.to_owned());
            }
            return;
        };
        self.margin = Some(margin);
        *in_flags = key == "Flags";
        self.fields.push((key.to_owned(), value.trim().to_owned()));
    }

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

/// `None` for an empty socket, and for one that is switched off: virtual machines list many.
fn processor(structure: &Structure) -> Option<Processor> {
    let status = structure.field("Status").unwrap_or_default();
    if status.starts_with("Unpopulated") || status.contains("Disabled") {
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

fn memory(structures: &[Structure]) -> Option<Memory> {
    let (mut slots, mut old_slots) = (Slots::default(), Slots::default());
    for structure in structures {
        match structure.kind {
            Some(6) => old_slots.slot(None::<&str>, old_module(structure)),
            Some(16) => slots.array(structure.handle.as_str(), use_of(structure)),
            Some(17) => slots.slot(structure.field("Array Handle"), module(structure)),
            _ => {}
        }
    }
    slots.memory().or_else(|| old_slots.memory())
}

fn use_of(array: &Structure) -> Use {
    match array.field("Use") {
        Some("System Memory") => Use::Main,
        None | Some("Other" | "Unknown" | "<OUT OF SPEC>") => Use::Unknown,
        Some(_) => Use::Other,
    }
}

/// `None` for an empty slot.
fn module(slot: &Structure) -> Option<MemoryModule> {
    let size = slot.field("Size").unwrap_or("Unknown");
    if matches!(size, "No Module Installed" | "Not Installed") || size.starts_with("0 ") {
        return None;
    }
    Some(MemoryModule {
        slot: slot.text("Locator"),
        size_bytes: bytes(size),
        kind: slot.text("Type"),
        speed_mts: slot.number("Speed"),
        maker: slot.text("Manufacturer"),
        serial: slot.serial("Serial Number"),
        part_number: slot.text("Part Number"),
    })
}

/// A memory module of the time before memory devices: `512 MB (Single-bank Connection)`.
fn old_module(slot: &Structure) -> Option<MemoryModule> {
    let size = slot.field("Installed Size").or(slot.field("Enabled Size")).unwrap_or("Unknown");
    let size = size.split('(').next().unwrap_or_default().trim();
    (!matches!(size, "Not Installed" | "Not Enabled" | "Disabled")).then(|| MemoryModule {
        slot: slot.text("Socket Designation"),
        size_bytes: bytes(size),
        kind: slot.text("Type"),
        ..MemoryModule::default()
    })
}

/// `None` also for what is no size of a module: that must not hide the rest of the computer.
fn bytes(size: &str) -> Option<u64> {
    let (number, unit) = size.split_once(' ')?;
    let shift = match unit.trim() {
        "kB" | "KB" => 10,
        "MB" => 20,
        "GB" => 30,
        "TB" => 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
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
        Handle 0x0006, DMI type 4, 42 bytes\nProcessor Information\n\tVersion: Intel(R) Xeon(R)\n\tStatus: Populated, Disabled By BIOS\n\n\
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
    fn a_machine_of_a_provider_is_virtual_by_its_chassis_or_its_firmware() {
        let machine = |bios: &str, chassis: &str| {
            let text = format!(
                "Handle 0x0000, DMI type 0, 24 bytes\nBIOS Information\n\tVendor: {bios}\n\nHandle 0x0100, DMI type 1, 27 bytes\n\
                 System Information\n\tManufacturer: Some Cloud\n\tProduct Name: c2.small\n\nHandle 0x0300, DMI type 3, 21 bytes\n\
                 Chassis Information\n\tManufacturer: {chassis}\n"
            );
            parse(&text).unwrap().virtual_machine
        };
        assert_eq!(machine("SeaBIOS", "Some Cloud").as_deref(), Some("QEMU/KVM"));
        assert_eq!(machine("EDK II", "QEMU").as_deref(), Some("QEMU/KVM"));
        let marked = "EDK II\n\tCharacteristics:\n\t\tSystem is a virtual machine";
        assert_eq!(machine(marked, "Some Cloud").as_deref(), Some("unknown hypervisor"));
        assert_eq!(machine("American Megatrends Inc.", "Some Maker"), None);
    }

    #[test]
    fn other_texts_are_refused() {
        assert!(parse("Handle 0x01, DMI type 99, 3 bytes\n").is_err());
        assert!(parse("hello\n").unwrap_err().to_string().contains("not an output of dmidecode"));
    }

    #[test]
    fn an_odd_size_is_an_unknown_one_and_hides_nothing_else() {
        for size in ["8 apples", "8192 bytes", "None", "Unknown", "99999999999999 TB"] {
            let found = parse(&TABLE.replace("Size: 8 GB", &format!("Size: {size}"))).unwrap();
            let memory = found.memory.unwrap();
            assert_eq!(
                (memory.total_bytes, memory.slots, memory.free_slots),
                (None, Some(2), Some(1)),
                "{size}"
            );
            assert_eq!(found.maker.as_deref(), Some("HP"));
        }
    }

    #[test]
    fn versions_before_2_7() {
        let text = "# dmidecode 2.2\nSMBIOS 2.3 present.\nHandle 0x0100\n\tDMI type 1, 25 bytes.\n\tSystem Information\n\
            \t\tManufacturer: Dell Computer Corporation\n\t\tProduct Name: PowerEdge 1600SC\n\t\tSerial Number: 6ZGHK0J\n\
            Handle 0x0400\n\tDMI type 4, 32 bytes.\n\tProcessor Information\n\t\tManufacturer: Intel\n\t\tFlags:\n\t\t\tSSE2 (Streaming)\n\
            \t\tVersion: Xeon\nHandle 0x1000\n\tDMI type 16, 15 bytes.\n\tPhysical Memory Array\n\t\tUse: System Memory\n\
            Handle 0x1100\n\tDMI type 17, 23 bytes.\n\tMemory Device\n\t\tArray Handle: 0x1000\n\t\tSize: 512 MB\n\t\tLocator: DIMM_A\n";
        let found = parse(text).unwrap();
        assert_eq!(found.model.as_deref(), Some("PowerEdge 1600SC"));
        assert_eq!(found.serial.as_deref(), Some("6ZGHK0J"));
        assert_eq!(found.processors[0].model.as_deref(), Some("Xeon"));
        assert_eq!(found.processors[0].features, ["sse2"]);
        assert_eq!(found.memory.unwrap().total_bytes, Some(512 << 20));
    }

    #[test]
    fn modules_of_boards_without_memory_devices() {
        let text = "Handle 0x0006, DMI type 6, 12 bytes\nMemory Module Information\n\tSocket Designation: A0\n\
            \tType: DIMM SDRAM\n\tInstalled Size: 512 MB (Single-bank Connection)\n\n\
            Handle 0x0007, DMI type 6, 12 bytes\nMemory Module Information\n\tInstalled Size: Not Installed\n";
        let memory = parse(text).unwrap().memory.unwrap();
        assert_eq!(
            (memory.total_bytes, memory.slots, memory.free_slots),
            (Some(512 << 20), Some(2), Some(1))
        );
        assert_eq!(memory.modules[0].slot.as_deref(), Some("A0"));
    }
}
