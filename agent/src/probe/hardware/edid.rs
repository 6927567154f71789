//! What a monitor says of itself (VESA E-EDID 1.3 and 1.4): 128 bytes, four descriptors of 18 bytes among them.

use crate::probe::placeholder;
use kiemke_schemas::section::hardware::Monitor;

const HEADER: [u8; 8] = [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];
const BLOCK: usize = 128;
const DESCRIPTORS: [usize; 4] = [54, 72, 90, 108];
const SERIAL_TEXT: u8 = 0xff;
const NAME: u8 = 0xfc;

/// Assigned three-letter codes of the makers that stand in offices.
const MAKERS: &[(&str, &str)] = &[
    ("AAC", "AcerView"),
    ("ACI", "ASUS"),
    ("ACR", "Acer"),
    ("AOC", "AOC"),
    ("APP", "Apple"),
    ("AUO", "AU Optronics"),
    ("AUS", "ASUS"),
    ("BNQ", "BenQ"),
    ("BOE", "BOE"),
    ("CMN", "Chimei Innolux"),
    ("CMO", "Chi Mei"),
    ("CPQ", "Compaq"),
    ("DEL", "Dell"),
    ("EIZ", "EIZO"),
    ("ENC", "EIZO"),
    ("FUS", "Fujitsu"),
    ("GBT", "Gigabyte"),
    ("GSM", "LG"),
    ("HPN", "HP"),
    ("HSD", "HannStar"),
    ("HWP", "HP"),
    ("HWV", "Huawei"),
    ("IVM", "iiyama"),
    ("IVO", "InfoVision"),
    ("LEN", "Lenovo"),
    ("LGD", "LG Display"),
    ("LPL", "LG Philips"),
    ("MSI", "MSI"),
    ("NEC", "NEC"),
    ("PHL", "Philips"),
    ("SAM", "Samsung"),
    ("SDC", "Samsung Display"),
    ("SEC", "Samsung"),
    ("SHP", "Sharp"),
    ("SNY", "Sony"),
    ("TOS", "Toshiba"),
    ("VSC", "ViewSonic"),
    ("XMI", "Xiaomi"),
];

/// `None` where the bytes are no EDID.
pub fn parse(bytes: &[u8]) -> Option<Monitor> {
    let block = bytes.get(..BLOCK)?;
    let checksum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    if block.get(..8)? != HEADER || checksum != 0 {
        return None;
    }
    let code = maker_code(u16::from_be_bytes([block[8], block[9]]))?;
    let product = u16::from_le_bytes([block[10], block[11]]);
    let number = u32::from_le_bytes([block[12], block[13], block[14], block[15]]);
    let named = MAKERS.iter().find(|(known, _)| *known == code).map(|(_, name)| (*name).to_owned());
    let (width_mm, height_mm) = size(block);
    Some(Monitor {
        model: text(block, NAME).or_else(|| Some(format!("{code}{product:04X}"))),
        maker: named.or(Some(code)),
        serial: text(block, SERIAL_TEXT)
            .and_then(|text| placeholder::serial(&text))
            .or_else(|| placeholder::serial(&number.to_string())),
        width_mm,
        height_mm,
        // Week 255 means that the year is that of the model.
        made_in_year: (block[17] > 0).then(|| 1990 + i16::from(block[17])),
    })
}

/// Three letters of five bits, A = 1.
fn maker_code(packed: u16) -> Option<String> {
    let letter = |shift: u32| {
        let value = u8::try_from(packed >> shift & 0x1f).ok().filter(|value| (1..=26).contains(value))?;
        Some(char::from(b'A' + value - 1))
    };
    Some([letter(10)?, letter(5)?, letter(0)?].into_iter().collect())
}

fn text(block: &[u8], tag: u8) -> Option<String> {
    let descriptor =
        DESCRIPTORS.iter().map(|at| &block[*at..*at + 18]).find(|d| d[..3] == [0; 3] && d[3] == tag)?;
    let text: String =
        descriptor[5..].iter().take_while(|byte| **byte != b'\n').map(|byte| char::from(*byte)).collect();
    placeholder::meaningful(&text)
}

/// The preferred timing says millimetres, the head only centimetres; a projector says nothing.
fn size(block: &[u8]) -> (Option<u32>, Option<u32>) {
    let timing = &block[DESCRIPTORS[0]..DESCRIPTORS[0] + 18];
    let is_timing = timing[0] != 0 || timing[1] != 0;
    let precise = (
        u32::from(timing[12]) | (u32::from(timing[14]) & 0xf0) << 4,
        u32::from(timing[13]) | (u32::from(timing[14]) & 0x0f) << 8,
    );
    let rough = (u32::from(block[21]) * 10, u32::from(block[22]) * 10);
    // Some makers put the aspect ratio there (16 × 9 mm).
    let fits = is_timing && precise.0.abs_diff(rough.0) <= 20 && precise.1.abs_diff(rough.1) <= 20;
    let (width, height) = if fits { precise } else { rough };
    if width == 0 || height == 0 { (None, None) } else { (Some(width), Some(height)) }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A monitor as a maker would describe it; the checksum is set.
    pub fn edid(code: [u8; 2], name: &str, serial: &str) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..8].copy_from_slice(&HEADER);
        block[8..10].copy_from_slice(&code);
        block[10..12].copy_from_slice(&[0x34, 0xa1]);
        block[12..16].copy_from_slice(&0x0101_0101_u32.to_le_bytes());
        (block[16], block[17], block[18], block[19], block[21], block[22]) = (12, 31, 1, 4, 53, 30);
        block[54..56].copy_from_slice(&[0x02, 0x3a]);
        (block[66], block[67], block[68]) = (0x0f, 0x28, 0x21);
        for (at, tag, text) in [(72, NAME, name), (90, SERIAL_TEXT, serial)] {
            block[at + 3] = tag;
            block[at + 5..at + 18].fill(b' ');
            block[at + 5..at + 5 + text.len()].copy_from_slice(text.as_bytes());
            block[at + 5 + text.len()] = b'\n';
        }
        let sum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        block[127] = 0_u8.wrapping_sub(sum);
        block
    }

    pub const DELL: [u8; 2] = [0x10, 0xac];

    #[test]
    fn a_monitor_with_its_names_and_millimetres() {
        let expected = Monitor {
            maker: Some("Dell".into()),
            model: Some("DELL P2419H".into()),
            serial: Some("CFV9N9BM1L2S".into()),
            width_mm: Some(527),
            height_mm: Some(296),
            made_in_year: Some(2021),
        };
        assert_eq!(parse(&edid(DELL, "DELL P2419H", "CFV9N9BM1L2S")), Some(expected));
    }

    #[test]
    fn without_texts_the_numbers_stand_in() {
        let monitor = parse(&edid([0x4c, 0xa3], "", "")).unwrap();
        assert_eq!((monitor.maker.as_deref(), monitor.model.as_deref()), (Some("Samsung"), Some("SECA134")));
        assert_eq!(monitor.serial.as_deref(), Some("16843009"));
        let unlisted = parse(&edid([0x04, 0x21], "", "0000")).unwrap();
        assert_eq!(unlisted.maker.as_deref(), Some("AAA"));
    }

    #[test]
    fn other_bytes_are_none() {
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&[0; 128]), None);
        let mut broken = edid(DELL, "X", "Y");
        broken[100] ^= 1;
        assert_eq!(parse(&broken), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 128..257)) {
            bytes[..8].copy_from_slice(&HEADER);
            let sum = bytes[..127].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
            bytes[127] = 0_u8.wrapping_sub(sum);
            let _ = parse(&bytes);
        }
    }
}
