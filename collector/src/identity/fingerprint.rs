//! Whether two fingerprints are of one machine. A disk image carries the machine id and the host name
//! along, so these never decide; the board does.

use kiemke_schemas::enrolment::MachineFingerprint;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    Same,
    Other,
    /// Too little is known of one of the two.
    Unknown,
    /// Board and UUID agree, the adapters do not: some makers give every board one number.
    Doubtful,
}

/// Makers' placeholders, folded to lower-case letters and digits.
const PLACEHOLDERS: [&str; 9] = [
    "none",
    "notspecified",
    "notapplicable",
    "defaultstring",
    "tobefilledbyoem",
    "systemserialnumber",
    "baseboardserialnumber",
    "0123456789",
    "03000200040005000006000700080009",
];
const SHORTEST: usize = 4;
const UUID_DIGITS: usize = 32;

pub fn compare(a: &MachineFingerprint, b: &MachineFingerprint) -> Likeness {
    let uuid = both(&a.system_uuid, &b.system_uuid).map(|(a, b)| same_uuid(&a, &b));
    let board = both(&a.board_serial, &b.board_serial).map(|(a, b)| a == b);
    match (uuid, board) {
        (Some(true), Some(true)) if adapters_differ(a, b) => Likeness::Doubtful,
        (Some(true), Some(true)) => Likeness::Same,
        (Some(false), _) | (None, Some(false)) => Likeness::Other,
        _ => Likeness::Unknown,
    }
}

/// Equal for fingerprints whose board serial and UUID agree.
pub fn board_key(machine: &MachineFingerprint) -> Option<String> {
    let (uuid, board) = (usable(&machine.system_uuid)?, usable(&machine.board_serial)?);
    let uuid = match swapped(&uuid) {
        Some(other) if other < uuid => other,
        _ => uuid,
    };
    Some(format!("{uuid} {board}"))
}

fn adapters_differ(a: &MachineFingerprint, b: &MachineFingerprint) -> bool {
    !a.macs.is_empty() && !b.macs.is_empty() && !a.macs.iter().any(|mac| b.macs.contains(mac))
}

fn both(a: &Option<String>, b: &Option<String>) -> Option<(String, String)> {
    Some((usable(a)?, usable(b)?))
}

fn usable(text: &Option<String>) -> Option<String> {
    let plain: String =
        text.as_deref()?.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let mut characters = plain.chars();
    let first = characters.next();
    let monotonous = characters.all(|c| Some(c) == first);
    let usable = plain.len() >= SHORTEST && !monotonous && !PLACEHOLDERS.contains(&plain.as_str());
    usable.then_some(plain)
}

/// Firmware before SMBIOS 2.6 left the byte order of the first three fields open, and systems differ in
/// how they read it.
fn same_uuid(a: &str, b: &str) -> bool {
    a == b || swapped(a).is_some_and(|a| a == b)
}

fn swapped(uuid: &str) -> Option<String> {
    if uuid.len() != UUID_DIGITS || !uuid.is_ascii() {
        return None;
    }
    let reversed = |part: &str| -> String {
        let bytes: Vec<&str> = (0..part.len()).step_by(2).map(|at| &part[at..at + 2]).collect();
        bytes.into_iter().rev().collect()
    };
    let (first, second, third, rest) = (&uuid[..8], &uuid[8..12], &uuid[12..16], &uuid[16..]);
    Some(format!("{}{}{}{rest}", reversed(first), reversed(second), reversed(third)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(board: &str, uuid: &str, mac: &str) -> MachineFingerprint {
        MachineFingerprint {
            host_name: "pc".into(),
            board_serial: Some(board.into()),
            system_uuid: Some(uuid.into()),
            machine_id: Some("image".into()),
            macs: if mac.is_empty() { Vec::new() } else { vec![mac.into()] },
        }
    }

    const UUID: &str = "4c4c4544-0042-4810-8056-b4c04f4d3232";
    const SWAPPED: &str = "44454c4c-4200-1048-8056-b4c04f4d3232";
    const OTHER: &str = "9e4c4544-0042-4810-8056-b4c04f4d3299";

    #[test]
    fn the_board_decides_never_the_image() {
        let one = machine("BRD-1", UUID, "aa:bb:cc:00:00:01");
        assert_eq!(compare(&one, &machine("brd-1", UUID, "")), Likeness::Same);
        assert_eq!(compare(&one, &machine("BRD-1", SWAPPED, "")), Likeness::Same);
        assert_eq!(board_key(&one), board_key(&machine("brd-1", SWAPPED, "")));
        assert_eq!(compare(&one, &machine("BRD-1", OTHER, "")), Likeness::Other);
        assert_eq!(compare(&one, &machine("BRD-2", "", "")), Likeness::Other);
        assert_eq!(compare(&one, &machine("BRD-1", UUID, "aa:bb:cc:00:00:02")), Likeness::Doubtful);
        assert_eq!(compare(&one, &MachineFingerprint::default()), Likeness::Unknown);
    }

    #[test]
    fn placeholders_say_nothing() {
        let one = machine("Default string", "00000000-0000-0000-0000-000000000000", "");
        assert_eq!(compare(&one, &one.clone()), Likeness::Unknown);
        let one = machine("To be filled by O.E.M.", "03000200-0400-0500-0006-000700080009", "");
        assert_eq!(compare(&one, &one.clone()), Likeness::Unknown);
    }
}
