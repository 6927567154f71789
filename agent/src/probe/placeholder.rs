//! Text that firmware and cheap devices carry where nobody filled in a value.

/// In lower case, without what [`core`] takes away.
const PLACEHOLDERS: &[&str] = &[
    "123490en400015",
    "9876543210",
    "987654321",
    "asset tag",
    "base board serial number",
    "baseboard serial number",
    "bad index",
    "board product name",
    "board serial number",
    "chassis manufacture",
    "chassis manufacturer",
    "chassis serial number",
    "default",
    "default string",
    "default_string",
    "dummy",
    "empty",
    "invalid",
    "motherboard serial number",
    "n/a",
    "na",
    "no asset information",
    "no asset tag",
    "no serial number",
    "none",
    "not applicable",
    "not available",
    "not defined",
    "not installed",
    "not present",
    "not set",
    "not settable",
    "not specified",
    "null",
    "o.e.m",
    "oem",
    "out of spec",
    "product name",
    "serial",
    "serial number",
    "sku",
    "sku number",
    "system manufacturer",
    "system model",
    "system name",
    "system product name",
    "system serial number",
    "system sku",
    "system version",
    "to be filled by o.e.m",
    "to be filled by oem",
    "type1productconfigid",
    "undefined",
    "unknow",
    "unknown",
    "unspecified",
    "xxxxxxx",
];

/// What stands before a running number where nobody filled in a memory slot: `SerNum0`, `A1_PartNum0`.
const OF_SLOTS: &[&str] = &[
    "assettag",
    "assettagnum",
    "manufacturer",
    "modulepartnumber",
    "moduleserialnumber",
    "partnum",
    "partnumber",
    "sernum",
    "serialnumber",
];

/// What stands before digits in order: `MB-1234567890`, `BSN12345678901234567`.
const BEFORE_DIGITS: &[&str] = &[
    "",
    "asset",
    "atn",
    "base",
    "baseboard",
    "board",
    "bsn",
    "chassis",
    "csn",
    "mb",
    "msn",
    "oem",
    "psn",
    "s/n",
    "serial",
    "sn",
    "ssn",
    "sys",
    "system",
    "type",
];

const SHORTEST_SERIAL: usize = 4;
/// Shorter ones may be a coincidence.
const DIGITS_IN_ORDER: usize = 6;

/// The trimmed text; `None` where it is empty or a placeholder.
pub fn meaningful(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('\0').trim();
    let lower = text.to_lowercase();
    let core = core(&lower);
    let known = PLACEHOLDERS.contains(&core) || OF_SLOTS.contains(&of_slot(core));
    (!core.is_empty() && !known && !one_character(core) && !in_order(core)).then(|| text.to_owned())
}

/// Without brackets, dots at the end, the mark of hexadecimal numbers, `Type2 - `.
fn core(lower: &str) -> &str {
    let text = lower.trim_matches(['<', '>', '[', ']', '(', ')', '"', ' ']);
    let text = text.trim_end_matches('.').trim_end();
    let text = text.strip_prefix("0x").unwrap_or(text);
    match text.split_once(" - ") {
        Some((head, rest))
            if head.strip_prefix("type").is_some_and(|number| number.parse::<u8>().is_ok()) =>
        {
            rest
        }
        _ => text,
    }
}

fn of_slot(core: &str) -> &str {
    let name = core.rsplit('_').next().unwrap_or(core);
    name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end()
}

/// As [`meaningful`], and long enough to tell things apart.
pub fn serial(text: &str) -> Option<String> {
    meaningful(text).filter(|text| text.chars().count() >= SHORTEST_SERIAL)
}

/// `0000`, `........`, `FFFFFFFF`, with any separators; `1.1.1` is a version.
fn one_character(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | ':' | '.' | '/'));
    let Some(first) = letters.next() else { return true };
    let least = if ('1'..='9').contains(&first) { SHORTEST_SERIAL } else { 2 };
    letters.clone().count() + 1 >= least && letters.all(|c| c == first)
}

/// Digits that count upwards from 0 or 1, behind a word that names no maker's own numbers.
fn in_order(lower: &str) -> bool {
    let at = lower.find(|c: char| c.is_ascii_digit()).unwrap_or(lower.len());
    let (word, digits) = lower.split_at(at);
    let word = word.trim_end_matches([' ', '-', '_', ':', '.', '#']);
    let digits: Vec<u32> =
        digits.chars().filter(|c| *c != '-').map(|c| c.to_digit(16).unwrap_or(99)).collect();
    let counts = |base: u32| digits.windows(2).all(|pair| (pair[0] + 1) % base == pair[1]);
    BEFORE_DIGITS.contains(&word)
        && digits.len() >= DIGITS_IN_ORDER
        && digits.first().is_some_and(|first| *first <= 1)
        && (counts(10) || counts(16))
}

/// How the UUIDs of makers begin who gave all their boards the same one.
const UUID_DUMMIES: &[&str] = &[
    "00010203-0405-0607-0809-0a0b0c0d0e0f",
    "00020003-0004-0005-0006-000700080009",
    "00112233-4455-6677-8899-aabbccddeeff",
    "01234567-8910-1112-1314-151617181920",
    "03000200-0400-0500-0006-000700080009",
    "03020100-0504-0706-0809-0a0b0c0d0e0f",
    "11111111-2222-3333-4444-555555555555",
    "12345678-1234-5678-90ab",
    "12345678-1234-1234-1234-123456789",
    "33221100-5544-7766-8899-aabbccddeeff",
    // Dell's, of a service tag that is blank.
    "44454c4c-0000-1020-8020-80c04f202020",
    "44454c4c-2000-1020-8020-a0c04f202020",
    "4c4c4544-0000-2010-8020-80c04f202020",
    "4c4c4544-0020-2010-8020-a0c04f202020",
    "78563412-3412-7856-90ab",
];

/// An SMBIOS UUID in lower case with dashes; `None` for all zeros, all ones and the vendors' dummies.
pub fn uuid(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let shape = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let dummy = UUID_DUMMIES.iter().any(|dummy| text.starts_with(dummy));
    (shape && !dummy && !one_byte(&text)).then_some(text)
}

/// `fefefefe-…`, and with it one digit alone.
fn one_byte(uuid: &str) -> bool {
    let digits: Vec<u8> = uuid.bytes().filter(|byte| *byte != b'-').collect();
    digits.chunks(2).all(|pair| pair == &digits[..2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_serial() {
        let weak = "System Serial Number|To be filled by O.E.M.|To Be Filled By O.E.M|Default string|0|00000000|001| \
            |........|FFFF-FFFF|None|Not Specified|N/A|INVALID|123456789|x";
        for text in weak.split('|') {
            assert_eq!(serial(text), None, "{text:?}");
        }
    }

    #[test]
    fn so_are_what_firmware_was_shipped_with() {
        let weak = "SerNum0|SerNum00|A1_SerNum0|PartNum0|ModulePartNumber00|Manufacturer0|AssetTagNum0|AssetTagNum3\
            |0x00000000|0xFFFFFFFF|0x000000000000000000000000000000000000|0x12345678|MB-1234567890|SYS-1234567890\
            |BSN12345678901234567|ATN12345678901234567|Chassis-1234567890|0123456789ABCD|1234-5678|[Empty]|<BAD INDEX>|System Name\
            |Type2 - Board Serial Number|Type1ProductConfigId|O.E.M.|(none)|Default_string|Not Settable";
        for text in weak.split('|') {
            assert_eq!(meaningful(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_of_makers_stay() {
        for text in [
            "PF2ABC12",
            "VNB3K12345",
            "CZJ02901TG",
            "/5B5T133/CNWS20008A00AB/",
            "MF7097G05100710",
            "E73888A8N123456",
            "VN12345678",
            "MB-2234567890",
            "0x2F9D1A3B",
            "SN0001",
            "A_0001",
            "100001",
            "1234",
            "012",
            "8CG1234567",
            "OEM1",
            "1.1.1",
            "Serial5A",
        ] {
            assert_eq!(meaningful(&format!(" {text} \n")).as_deref(), Some(text));
        }
        assert_eq!(serial("x12"), None);
    }

    #[test]
    fn uuids_are_lower_case_and_never_dummies() {
        assert_eq!(
            uuid("4C4C4544-0042-3510-8054-B2C04F313233").as_deref(),
            Some("4c4c4544-0042-3510-8054-b2c04f313233")
        );
        for text in [
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "03000200-0400-0500-0006-000700080009",
            "FEFEFEFE-FEFE-FEFE-FEFE-FEFEFEFEFEFE",
            "00112233-4455-6677-8899-AABBCCDDEEFF",
            "4C4C4544",
            "Not Settable",
        ] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }
}
