use super::{
    chassis, edid,
    smbios::{self, Smbios},
    virtual_machine,
};
#[cfg(windows)]
use crate::probe::Root;
use crate::{
    parse::registry::{self, Key, RegValue},
    probe::{
        placeholder,
        windows::{MACHINE, Processors, Source, or_problem, values},
    },
};
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::hardware::{Board, Firmware, Hardware, Memory, Monitor, Processor},
};

#[cfg(windows)]
pub fn read(_: &Root) -> Section<Hardware> {
    of(&crate::probe::windows::System)
}

const BIOS: &str = r"HARDWARE\DESCRIPTION\System\BIOS";
const ENUM: &str = r"SYSTEM\CurrentControlSet\Enum";
const PROCESSORS: &str = r"HARDWARE\DESCRIPTION\System\CentralProcessor";

pub fn of(source: &dyn Source) -> Section<Hardware> {
    let mut problems = Vec::new();
    let table = or_problem(source.smbios(), &mut problems);
    let table = table.map(|bytes| smbios::parse(&bytes)).unwrap_or_default();
    // The kernel's copy of some of it, and all there is where the firmware has no table.
    let bios = values(source, &format!("{MACHINE}\\{BIOS}"), &mut problems);
    let cpus = or_problem(source.processors(), &mut problems).unwrap_or_default();
    let mut hardware = machine(table, &bios);
    let (maker, model) = (hardware.maker.as_deref(), hardware.model.as_deref());
    hardware.virtual_machine = virtual_machine(maker, model, cpus.hypervisor);
    hardware.memory = memory(source, hardware.memory.take(), &mut problems);
    hardware.processors = processors(source, cpus, &mut problems);
    hardware.monitors = monitors(source, &mut problems);
    Section { value: Some(hardware), problems }
}

fn machine(table: Smbios, bios: &Key) -> Hardware {
    let text = |name: &str| registry::text(bios, name).and_then(placeholder::meaningful);
    let firmware =
        Firmware { vendor: text("biosvendor"), version: text("biosversion"), date: text("biosreleasedate") };
    let board = Board { maker: text("baseboardmanufacturer"), model: text("baseboardproduct"), serial: None };
    Hardware {
        maker: table.maker.or_else(|| text("systemmanufacturer")),
        model: table.model.or_else(|| text("systemproductname")),
        serial: table.serial,
        uuid: table.uuid,
        chassis: table.chassis_type.and_then(chassis),
        board: table.board.or_else(|| (board != Board::default()).then_some(board)),
        firmware: table.firmware.or_else(|| (firmware != Firmware::default()).then_some(firmware)),
        memory: table.memory,
        ..Hardware::default()
    }
}

/// The modules' sum is what was bought; the operating system's figure lacks what firmware and graphics took.
fn memory(source: &dyn Source, of_table: Option<Memory>, problems: &mut Vec<Problem>) -> Option<Memory> {
    let seen = or_problem(source.memory(), problems);
    let memory = of_table.unwrap_or_default();
    let usable = seen.map(|seen| seen.total_bytes).filter(|bytes| *bytes > 0);
    let sum = memory.total_bytes.filter(|sum| usable.is_none_or(|usable| *sum >= usable));
    let total_bytes = sum.or(seen.and_then(|seen| seen.installed_bytes)).or(usable);
    (total_bytes.is_some() || memory != Memory::default()).then_some(Memory { total_bytes, ..memory })
}

/// Names and speed stand in the registry, once a thread; cores and packages only Windows itself tells.
fn processors(source: &dyn Source, cpus: Processors, problems: &mut Vec<Problem>) -> Vec<Processor> {
    let threads = or_problem(source.registry(&format!("{MACHINE}\\{PROCESSORS}"), 1), problems);
    let threads: Vec<Key> = threads
        .into_iter()
        .flat_map(|registry| registry.keys.into_values())
        .filter(|key| !key.is_empty())
        .collect();
    let first = threads.first();
    let text = |name: &str| {
        let text = registry::text(first?, name)?.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(text).filter(|text| !text.is_empty())
    };
    let described = Processor {
        maker: text("vendoridentifier").map(|id| super::cpuinfo::maker(&id).to_owned()),
        model: text("processornamestring"),
        max_mhz: first.and_then(|key| registry::number(key, "~mhz")),
        features: cpus.features,
        ..Processor::default()
    };
    if cpus.packages.is_empty() {
        let threads = u32::try_from(threads.len()).ok().filter(|count| *count > 0);
        let known = threads.is_some() || described.model.is_some();
        return known.then_some(Processor { threads, ..described }).into_iter().collect();
    }
    let package = |(cores, threads): &(u32, u32)| Processor {
        cores: Some(*cores).filter(|cores| *cores > 0),
        threads: Some(*threads).filter(|threads| *threads > 0),
        ..described.clone()
    };
    cpus.packages.iter().map(package).collect()
}

/// Of the monitors that are connected now, what each told of itself.
fn monitors(source: &dyn Source, problems: &mut Vec<Problem>) -> Vec<Monitor> {
    let plugged = or_problem(source.plugged("DISPLAY"), problems).unwrap_or_default();
    let mut found: Vec<Monitor> = plugged
        .iter()
        .filter_map(|id| {
            let key = format!(r"{MACHINE}\{ENUM}\{id}\Device Parameters");
            let values = values(source, &key, problems);
            let Some(RegValue::Bytes(bytes)) = values.get("edid") else { return None };
            let monitor = edid::parse(bytes);
            if monitor.is_none() {
                problems.push(Problem::new(ProblemKind::Failed, key, "no EDID with a right checksum"));
            }
            monitor
        })
        .collect();
    // The order of connectors changes with the graphics driver.
    found.sort_by(|a, b| (&a.maker, &a.model, &a.serial).cmp(&(&b.maker, &b.model, &b.serial)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::windows::{self, recording::Recording};

    const KEYS: &str = r#"[HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\BIOS]
"SystemManufacturer"="Dell Inc."
"SystemProductName"="OptiPlex 3080"
"BaseBoardManufacturer"="Default string"
"BIOSVendor"="Dell Inc."
"BIOSVersion"="2.1.0"
"BIOSReleaseDate"="03/01/2021"

[HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\CentralProcessor]

[HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\CentralProcessor\0]
"ProcessorNameString"="Intel(R) Core(TM) i3-10100 CPU  @ 3.60GHz"
"VendorIdentifier"="GenuineIntel"
"~MHz"=dword:00000e10

[HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\CentralProcessor\1]
"ProcessorNameString"="Intel(R) Core(TM) i3-10100 CPU  @ 3.60GHz"
"#;

    #[test]
    fn without_a_table_the_registry_tells_what_it_can() {
        let edid = edid::tests::edid(edid::tests::DELL, "P2419H", "AB12CD34");
        let edid: Vec<_> = edid.iter().map(|byte| format!("{byte:02x}")).collect();
        let display =
            r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\DISPLAY\DELA0F3\5&1\Device Parameters]";
        let keys = format!("{KEYS}\n{display}\n\"EDID\"=hex:{}\n", edid.join(","));
        let recording = Recording {
            plugged: Some(vec![r"DISPLAY\DELA0F3\5&1".into(), r"DISPLAY\Default_Monitor\5&2".into()]),
            processors: Some(Processors {
                packages: vec![(4, 8)],
                features: vec!["avx2".into()],
                hypervisor: true,
            }),
            memory: Some(windows::Memory {
                total_bytes: 8_000_000_000,
                available_bytes: 1,
                installed_bytes: Some(8 << 30),
            }),
            ..Recording::of_registry(&keys)
        };
        let section = of(&recording);
        assert_eq!(section.problems.len(), 1);
        assert_eq!(section.problems[0].source, "SMBIOS");
        let monitor = &section.value.as_ref().unwrap().monitors[0];
        assert_eq!((monitor.serial.as_deref(), monitor.model.as_deref()), (Some("AB12CD34"), Some("P2419H")));
        let hardware = section.value.unwrap();
        assert_eq!((hardware.maker.as_deref(), hardware.serial.as_deref()), (Some("Dell Inc."), None));
        assert_eq!(hardware.virtual_machine, None);
        assert_eq!(hardware.board, None);
        assert_eq!(hardware.memory.unwrap().total_bytes, Some(8 << 30));
        let cpu = &hardware.processors[0];
        assert_eq!(cpu.model.as_deref(), Some("Intel(R) Core(TM) i3-10100 CPU @ 3.60GHz"));
        assert_eq!(
            (cpu.maker.as_deref(), cpu.cores, cpu.threads, cpu.max_mhz),
            (Some("Intel"), Some(4), Some(8), Some(3600))
        );
    }

    #[test]
    fn threads_are_counted_where_windows_does_not_tell_cores() {
        let hardware = of(&Recording::of_registry(KEYS)).value.unwrap();
        assert_eq!((hardware.processors[0].cores, hardware.processors[0].threads), (None, Some(2)));
        assert_eq!(hardware.memory, None);
    }

    #[test]
    fn a_machine_that_shows_nothing_says_what_was_not_there() {
        let section = of(&Recording::default());
        assert_eq!(section.value, Some(Hardware::default()));
        assert_eq!(section.problems.len(), 5);
    }
}
