use super::{
    chassis, cpuinfo, edid,
    smbios::{self, Smbios},
    virtual_machine,
};
use crate::probe::{Root, placeholder};
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::hardware::{Board, Firmware, Hardware, Memory, Monitor, Processor},
};

const DMI: &str = "/sys/class/dmi/id";
const TABLE: &str = "/sys/firmware/dmi/tables/DMI";

pub fn read(root: &Root) -> Section<Hardware> {
    let mut problems = Vec::new();
    let cpus = match root.text("/proc/cpuinfo") {
        Ok(text) => cpuinfo::parse(&text),
        Err(problem) => {
            problems.push(problem);
            cpuinfo::CpuInfo::default()
        }
    };
    let table = table(root, &mut problems);
    let dmi = Dmi { root, problems: &mut problems };
    let mut hardware = dmi.read(table);
    let (maker, model) = (hardware.maker.as_deref(), hardware.model.as_deref());
    hardware.virtual_machine = virtual_machine(maker, model, cpus.hypervisor);
    hardware.processors = cpus.processors.into_iter().map(|cpu| with_speed(root, cpu)).collect();
    hardware.memory = memory(root, hardware.memory.take(), &mut problems);
    hardware.monitors = monitors(root, &mut problems);
    Section { value: Some(hardware), problems }
}

/// A machine without DMI (ARM, some virtual machines) is no failure of the agent, but worth a word.
fn table(root: &Root, problems: &mut Vec<Problem>) -> Smbios {
    match root.bytes(TABLE) {
        Ok(bytes) => smbios::parse(&bytes),
        Err(problem) => {
            problems.push(problem);
            Smbios::default()
        }
    }
}

struct Dmi<'a> {
    root: &'a Root,
    problems: &'a mut Vec<Problem>,
}

impl Dmi<'_> {
    /// Serials under `/sys/class/dmi/id` are for root only: a refusal is told, an absent file is not.
    fn text(&mut self, name: &str) -> Option<String> {
        self.root
            .value(&format!("{DMI}/{name}"), self.problems)
            .and_then(|text| placeholder::meaningful(&text))
    }

    fn serial(&mut self, name: &str) -> Option<String> {
        self.text(name).and_then(|text| placeholder::serial(&text))
    }

    fn read(mut self, table: Smbios) -> Hardware {
        let kind = self.text("chassis_type").and_then(|text| text.parse().ok()).or(table.chassis_type);
        Hardware {
            maker: self.text("sys_vendor").or(table.maker),
            model: self.text("product_name").or(table.model),
            serial: self.serial("product_serial").or(table.serial).or_else(|| self.serial("chassis_serial")),
            uuid: self.text("product_uuid").and_then(|text| placeholder::uuid(&text)).or(table.uuid),
            chassis: kind.and_then(chassis),
            board: self.board().or(table.board),
            firmware: self.firmware().or(table.firmware),
            memory: table.memory,
            ..Hardware::default()
        }
    }

    fn board(&mut self) -> Option<Board> {
        let board = Board {
            maker: self.text("board_vendor"),
            model: self.text("board_name"),
            serial: self.serial("board_serial"),
        };
        (board != Board::default()).then_some(board)
    }

    fn firmware(&mut self) -> Option<Firmware> {
        let firmware = Firmware {
            vendor: self.text("bios_vendor"),
            version: self.text("bios_version"),
            date: self.text("bios_date"),
        };
        (firmware != Firmware::default()).then_some(firmware)
    }
}

fn with_speed(root: &Root, cpu: Processor) -> Processor {
    let kilohertz = root.attribute("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
    let max_mhz = kilohertz.and_then(|text| text.parse::<u32>().ok()).map(|khz| khz / 1000);
    Processor { max_mhz, ..cpu }
}

/// The modules' sum is what was bought; the kernel's figure lacks what firmware and graphics took.
fn memory(root: &Root, of_table: Option<Memory>, problems: &mut Vec<Problem>) -> Option<Memory> {
    let kernel_total = match root.text("/proc/meminfo") {
        Ok(text) => total(&text),
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let memory = of_table.unwrap_or_default();
    let total_bytes =
        memory.total_bytes.filter(|sum| kernel_total.is_none_or(|seen| *sum >= seen)).or(kernel_total);
    if total_bytes.is_none() && !problems.iter().any(|p| p.source == "/proc/meminfo") {
        problems.push(Problem::new(ProblemKind::Failed, "/proc/meminfo", "no line MemTotal"));
    }
    (total_bytes.is_some() || memory != Memory::default()).then_some(Memory { total_bytes, ..memory })
}

const CONNECTORS: &str = "/sys/class/drm";

/// Connectors with nothing plugged in have an empty EDID. A machine without graphics has no such folder.
fn monitors(root: &Root, problems: &mut Vec<Problem>) -> Vec<Monitor> {
    let mut found = Vec::new();
    for connector in root.names(CONNECTORS).unwrap_or_default() {
        let path = format!("{CONNECTORS}/{connector}/edid");
        match root.bytes(&path) {
            Ok(bytes) if bytes.is_empty() => {}
            Ok(bytes) => match edid::parse(&bytes) {
                Some(monitor) => found.push(monitor),
                None => {
                    problems.push(Problem::new(ProblemKind::Failed, path, "no EDID with a right checksum"))
                }
            },
            Err(problem) if problem.kind == ProblemKind::Absent => {}
            Err(problem) => problems.push(problem),
        }
    }
    // The order of connectors changes with the graphics driver.
    found.sort_by(|a, b| (&a.maker, &a.model, &a.serial).cmp(&(&b.maker, &b.model, &b.serial)));
    found
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;

    #[test]
    fn sysfs_and_proc_make_a_computer() {
        let (_guard, root) = tree(&[
            ("/sys/class/dmi/id/sys_vendor", "LENOVO\n"),
            ("/sys/class/dmi/id/product_name", "11JN0036VN\n"),
            ("/sys/class/dmi/id/product_serial", "PF2ABC12\n"),
            ("/sys/class/dmi/id/product_uuid", "4C4C4544-0042-3510-8054-B2C04F313233\n"),
            ("/sys/class/dmi/id/chassis_type", "3\n"),
            ("/sys/class/dmi/id/board_serial", "Default string\n"),
            ("/proc/cpuinfo", "processor: 0\nphysical id: 0\ncore id: 0\nmodel name: Core\n"),
            ("/proc/meminfo", "MemTotal:       16279036 kB\nMemFree: 1 kB\n"),
            ("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4300000\n"),
        ]);
        let section = read(&root);
        let sources: Vec<_> = section.problems.iter().map(|p| (p.kind, p.source.as_str())).collect();
        assert_eq!(sources, [(ProblemKind::Absent, TABLE)]);
        let hardware = section.value.unwrap();
        assert_eq!(hardware.serial.as_deref(), Some("PF2ABC12"));
        assert_eq!(hardware.uuid.as_deref(), Some("4c4c4544-0042-3510-8054-b2c04f313233"));
        assert_eq!(hardware.board, None);
        assert_eq!(hardware.virtual_machine, None);
        assert_eq!(hardware.processors[0].max_mhz, Some(4300));
        assert_eq!(hardware.memory.unwrap().total_bytes, Some(16_669_732_864));
    }

    #[test]
    fn monitors_of_connectors_that_have_one() {
        let (_guard, root) = tree(&[
            ("/sys/class/drm/card0/dev", b"226:0\n".to_vec()),
            ("/sys/class/drm/card0-DP-1/edid", Vec::new()),
            (
                "/sys/class/drm/card0-HDMI-A-1/edid",
                edid::tests::edid(edid::tests::DELL, "P2419H", "AB12CD34"),
            ),
            ("/sys/class/drm/card0-eDP-1/edid", vec![0; 128]),
        ]);
        let mut problems = Vec::new();
        let found = monitors(&root, &mut problems);
        assert_eq!((found.len(), found[0].serial.as_deref()), (1, Some("AB12CD34")));
        let message = "no EDID with a right checksum";
        assert_eq!(problems, [Problem::new(ProblemKind::Failed, "/sys/class/drm/card0-eDP-1/edid", message)]);
    }

    #[test]
    fn a_machine_that_shows_nothing_says_what_was_not_there() {
        let (_guard, root) = tree::<&str>(&[]);
        let section = read(&root);
        let sources: Vec<_> = section.problems.iter().map(|p| p.source.as_str()).collect();
        assert_eq!(sources, ["/proc/cpuinfo", TABLE, "/proc/meminfo"]);
        assert_eq!(section.value.unwrap(), Hardware::default());
    }
}
