//! Text that firmware and cheap devices carry where nobody filled in a value.

const PLACEHOLDERS: &[&str] = &[
    "0123456789",
    "1234567890",
    "123456789",
    "12345678",
    "123456",
    "base board serial number",
    "baseboard serial number",
    "chassis serial number",
    "default string",
    "empty",
    "invalid",
    "n/a",
    "na",
    "no asset tag",
    "none",
    "not applicable",
    "not available",
    "not specified",
    "null",
    "o.e.m.",
    "oem",
    "product name",
    "serial number",
    "sku",
    "system manufacturer",
    "system product name",
    "system serial number",
    "system version",
    "to be filled by o.e.m",
    "to be filled by oem",
    "type1productconfigid",
    "undefined",
    "unknown",
    "unspecified",
    "xxxxxxx",
];

const SHORTEST_SERIAL: usize = 4;

/// The trimmed text; `None` where it is empty or a placeholder.
pub fn meaningful(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('\0').trim();
    let lower = text.to_lowercase();
    let filler = lower.trim_end_matches('.').trim();
    let known = PLACEHOLDERS.contains(&lower.as_str()) || PLACEHOLDERS.contains(&filler);
    (!text.is_empty() && !known && !one_character(text)).then(|| text.to_owned())
}

/// As [`meaningful`], and long enough to tell things apart.
pub fn serial(text: &str) -> Option<String> {
    meaningful(text).filter(|text| text.chars().count() >= SHORTEST_SERIAL)
}

/// `0000`, `........`, `FFFFFFFF`, with any separators.
fn one_character(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | ':' | '.' | '/'));
    match letters.next() {
        None => true,
        Some(first) => letters.clone().next().is_some() && letters.all(|c| c == first),
    }
}

/// An SMBIOS UUID in lower case with dashes; `None` for all zeros, all ones and the vendors' dummies.
pub fn uuid(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let shape = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let dummy = text.starts_with("03000200-0400-0500-0006-000700080009")
        || text.starts_with("00020003-0004-0005-0006-000700080009")
        || text.starts_with("12345678-1234-5678-90ab");
    (shape && !dummy && !one_character(&text)).then_some(text)
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
        assert_eq!(serial(" PF2ABC12 \n").as_deref(), Some("PF2ABC12"));
        assert_eq!(serial("VNB3K12345").as_deref(), Some("VNB3K12345"));
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
            "4C4C4544",
            "Not Settable",
        ] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }
}
