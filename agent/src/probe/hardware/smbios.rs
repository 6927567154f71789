//! The SMBIOS structure table (DSP0134): what `/sys/firmware/dmi/tables/DMI` and GetSystemFirmwareTable hold.

use super::slots::{Slots, Use};
use crate::probe::placeholder;
use kiemke_schemas::section::hardware::{Board, Firmware, Memory, MemoryModule};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Smbios {
    pub firmware: Option<Firmware>,
    pub maker: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    pub uuid: Option<String>,
    pub board: Option<Board>,
    pub chassis_type: Option<u8>,
    /// `None` where the table has no memory device.
    pub memory: Option<Memory>,
}

const END_OF_TABLE: u8 = 127;

/// One structure: its formatted area and its strings.
struct Structure<'a> {
    kind: u8,
    data: &'a [u8],
    strings: Vec<&'a [u8]>,
}

impl Structure<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    fn word(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.data.get(at..at + 2)?.try_into().ok()?))
    }

    fn double(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.data.get(at..at + 4)?.try_into().ok()?))
    }

    fn text(&self, at: usize) -> Option<String> {
        let number = usize::from(self.byte(at)?).checked_sub(1)?;
        placeholder::meaningful(&String::from_utf8_lossy(self.strings.get(number)?))
    }

    fn serial(&self, at: usize) -> Option<String> {
        self.text(at).and_then(|text| placeholder::serial(&text))
    }
}

/// Cuts the next structure off `table`; `None` at its end and where it is cut short.
fn next<'a>(table: &mut &'a [u8]) -> Option<Structure<'a>> {
    let (kind, length) = (*table.first()?, usize::from(*table.get(1)?));
    let data = table.get(..length).filter(|data| data.len() >= 4)?;
    let mut rest = table.get(length..)?;
    let mut strings = Vec::new();
    loop {
        let end = rest.iter().position(|byte| *byte == 0)?;
        let string = &rest[..end];
        rest = &rest[end + 1..];
        if string.is_empty() {
            break;
        }
        strings.push(string);
    }
    // A structure without strings ends in two zeros as well.
    if strings.is_empty() {
        rest = rest.strip_prefix(&[0]).unwrap_or(rest);
    }
    *table = rest;
    Some(Structure { kind, data, strings })
}

pub fn parse(mut table: &[u8]) -> Smbios {
    let mut found = Smbios::default();
    let (mut slots, mut old_slots) = (Slots::default(), Slots::default());
    while let Some(structure) = next(&mut table).filter(|structure| structure.kind != END_OF_TABLE) {
        match structure.kind {
            0 => found.firmware = Some(firmware(&structure)),
            1 => system(&structure, &mut found),
            2 if found.board.is_none() => found.board = Some(board(&structure)),
            3 if found.chassis_type.is_none() => found.chassis_type = structure.byte(5),
            6 => old_slots.slot(None::<u16>, old_module(&structure)),
            16 => array(&structure, &mut slots),
            17 => slots.slot(structure.word(4), module(&structure)),
            _ => {}
        }
    }
    found.memory = slots.memory().or_else(|| old_slots.memory());
    found
}

fn firmware(structure: &Structure<'_>) -> Firmware {
    Firmware { vendor: structure.text(4), version: structure.text(5), date: structure.text(8) }
}

fn system(structure: &Structure<'_>, found: &mut Smbios) {
    found.maker = structure.text(4);
    found.model = structure.text(5);
    found.serial = structure.serial(7);
    found.uuid = structure.data.get(8..24).and_then(|bytes| placeholder::uuid(&uuid_text(bytes)));
}

/// The first three fields are little-endian since SMBIOS 2.6, as the kernel prints them.
fn uuid_text(b: &[u8]) -> String {
    let hex = |bytes: &mut dyn Iterator<Item = &u8>| bytes.map(|b| format!("{b:02x}")).collect::<String>();
    format!(
        "{}-{}-{}-{}-{}",
        hex(&mut b[..4].iter().rev()),
        hex(&mut b[4..6].iter().rev()),
        hex(&mut b[6..8].iter().rev()),
        hex(&mut b[8..10].iter()),
        hex(&mut b[10..16].iter())
    )
}

fn board(structure: &Structure<'_>) -> Board {
    Board { maker: structure.text(4), model: structure.text(5), serial: structure.serial(7) }
}

fn array(structure: &Structure<'_>, slots: &mut Slots<u16>) {
    let what = match structure.byte(5) {
        Some(3) => Use::Main,
        None | Some(..=2) => Use::Unknown,
        Some(_) => Use::Other,
    };
    if let Some(handle) = structure.word(2) {
        slots.array(handle, what);
    }
}

/// A memory module of the time before memory devices.
fn old_module(structure: &Structure<'_>) -> Option<MemoryModule> {
    let size_bytes = match structure.byte(9)? & 0x7f {
        0x7e | 0x7f => return None,
        0x7d => None,
        power => 1_u64.checked_shl(u32::from(power)).and_then(|mebibytes| mebibytes.checked_mul(1 << 20)),
    };
    Some(MemoryModule { slot: structure.text(4), size_bytes, ..MemoryModule::default() })
}

/// `None` for an empty slot.
fn module(structure: &Structure<'_>) -> Option<MemoryModule> {
    let size_bytes = match structure.word(0x0c)? {
        0 => return None,
        0xffff => None,
        0x7fff => structure.double(0x1c).map(|mebibytes| u64::from(mebibytes & 0x7fff_ffff) << 20),
        kibibytes if kibibytes & 0x8000 != 0 => Some(u64::from(kibibytes & 0x7fff) << 10),
        mebibytes => Some(u64::from(mebibytes) << 20),
    };
    Some(MemoryModule {
        slot: structure.text(0x10),
        size_bytes,
        kind: structure.byte(0x12).and_then(memory_kind).map(str::to_owned),
        speed_mts: structure.word(0x15).filter(|speed| !matches!(speed, 0 | 0xffff)).map(u32::from),
        maker: structure.text(0x17),
        serial: structure.serial(0x18),
        part_number: structure.text(0x1a),
    })
}

/// DSP0134, 7.18.2.
fn memory_kind(code: u8) -> Option<&'static str> {
    Some(match code {
        0x03 => "DRAM",
        0x0f => "SDRAM",
        0x12 => "DDR",
        0x13 => "DDR2",
        0x18 => "DDR3",
        0x1a => "DDR4",
        0x1b => "LPDDR",
        0x1c => "LPDDR2",
        0x1d => "LPDDR3",
        0x1e => "LPDDR4",
        0x20 => "HBM",
        0x22 => "DDR5",
        0x23 => "LPDDR5",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
