//! Names of models that no table lists yet. Patterns are plain words so that no regular expressions have to
//! be kept in memory: `#` is a digit, `~` an optional space or hyphen, `!` the end of a word; letters match
//! in either case, and every pattern starts at the start of a word.

use kiemke_schemas::section::peripheral::Kind;

/// In this order: `scanner` also stands in the names of readers and tokens, `printer` in those of the others.
const PATTERNS: &[(Option<Kind>, &[&str])] = &[
    // Not what the forms mean by a scanner.
    (
        None,
        &[
            "bar~code",
            "barcode",
            "qr~code",
            "hand~held scanner",
            "2d scanner",
            "imaging scanner",
            "datalogic",
            "zebra scanner",
        ],
    ),
    (
        Some(Kind::Token),
        &[
            "etoken",
            "e-token",
            "epass~####",
            "epass~fips",
            "ep2003",
            "hyp~2003",
            "hyperpki",
            "hypersecu",
            "proxkey",
            "prox key",
            "watchdata",
            "usb key!",
            "usb~token",
            "usbtoken",
            "m~token",
            "cryptoid",
            "gm3000",
            "longmai",
            "token jc",
            "tokenme",
            "digital~dna",
            "idprime",
            "id prime",
            "idbridge k",
            "entersafe",
            "rutoken",
            "jacarta",
            "vnpt~ca",
            "viettel~ca",
            "bkav~ca",
            "bkavca",
            "fpt~ca",
            "newtel~ca",
            "safe~ca!",
            "vina~ca!",
            "vgca",
            "nacencomm",
            "ca2!",
            "fast~ca",
            "misa~ca",
            "efy~ca",
            "ck~ca",
            "ica token",
            "token!",
            "security key",
        ],
    ),
    (
        Some(Kind::CardReader),
        &[
            "acr~##",
            "acs acr",
            "omnikey",
            "cardman",
            "card man",
            "scr~3##",
            "scr3##",
            "cloud~####",
            "identiv",
            "utrust",
            "gemalto pc",
            "idbridge ct",
            "r301",
            "br301",
            "r502",
            "au95##",
            "minilector",
            "smart~card",
            "smartcard",
            // `Card Reader` alone is one of memory cards.
            "ccid",
            "cccd",
            "id card reader",
            "pc/sc",
            "contactless reader",
            "epassport reader",
            "chip card",
            "rc-s###",
        ],
    ),
    (
        Some(Kind::Fingerprint),
        &[
            "finger~print",
            "biometric",
            "u.are.u",
            "digitalpersona",
            "digital persona",
            "futronic",
            "fs8#",
            "secugen",
            "hamster",
            "zkteco",
            "slk20",
            "live20",
            "morpho",
            "mso~###",
            "suprema",
            "biomini",
            "goodix",
            "validity",
        ],
    ),
    (
        Some(Kind::Webcam),
        &[
            "web~cam",
            "quickcam",
            "uvc",
            "integrated camera",
            "integrated~webcam",
            "hd camera",
            "usb camera",
            "facetime",
            "truevision",
            "easycamera",
            "brio!",
            "lifecam",
            "document camera",
            "visualiser",
            "hd pro c9##",
            "streamcam",
        ],
    ),
    (
        Some(Kind::Multifunction),
        &[
            "mfc-",
            "dcp-",
            "mfp",
            "multifunction",
            "all-in-one",
            "workcentre",
            "versalink b##5",
            "versalink b###5",
            "versalink c##5",
            "versalink c###5",
            "scx-",
            "clx-",
            "sl-m2#7#",
            "officejet",
            "photosmart",
            "pixma g2",
            "pixma g3",
            "pixma g4",
            "pixma g6",
            "pixma g7",
            "pixma mg",
            "pixma mx",
            "pixma tr",
            "pixma ts",
            "pixma e3",
            "pixma e4",
            "mf###",
            "imageclass d",
            "ecotank",
            "l3###",
            "l5###",
            "l6###",
            "bizhub",
            "imagerunner",
            "e-studio",
            "ecosys m",
            "fs-####mfp",
            "apeos",
            "docucentre",
            "docuprint m",
            "aficio mp",
            "aficio sp",
            "im c###",
            "im ###",
            "im ####",
            "mp ####",
            "mp c###",
            "smart tank",
            "ink advantage",
            "laserjet pro mfp",
            "m1005",
            "m1132",
            "m1212",
            "m1136",
            "m130",
            "taskalfa",
        ],
    ),
    (
        Some(Kind::Scanner),
        &[
            "scan~jet",
            "cano~scan",
            "lide~##",
            "imageformula",
            "image~formula",
            "dr-c###",
            "dr-m###",
            "dr-f###",
            "dr-g###",
            "dr-s###",
            "dr-e###",
            "dr-####",
            "p-208",
            "p-215",
            "scanfront",
            "perfection",
            "ds-###",
            "es-##",
            "gt-####",
            "gt-s##",
            "gt-x###",
            "scan~snap",
            "fi-###",
            "fi-####",
            "sp-1###",
            "sp~1###",
            "ix###",
            "kv-s####",
            "kv-n####",
            "smart~office",
            "opticslim",
            "opticpro",
            "opticbook",
            "opticfilm",
            "scanmate",
            "alaris",
            "kodak i###",
            "kodak s####",
            "ads-####",
            "avision",
            "ad###!",
            "av###",
            "czur",
            "eloam",
            "contex",
            "scanner",
            "document scanner",
        ],
    ),
    (
        Some(Kind::Printer),
        &[
            "laserjet",
            "deskjet",
            "designjet",
            "lbp~###",
            "lbp~####",
            "lbp####",
            "hl-",
            "stylus",
            "lq-###",
            "lx-###",
            "plq-",
            "tm-",
            "ml-####",
            "clp-",
            "ecosys p",
            "docuprint p",
            "pixma i",
            "px-",
            "surecolor",
            "xprinter",
            "zebra",
            "label printer",
            "pantum p",
            "printer",
            "phaser",
            "sl-m2###",
            "colorlaser",
            "l1##!",
            "l8##!",
            "l1###!",
            "l8###!",
        ],
    ),
];

pub fn kind(name: &str) -> Option<Kind> {
    let name = name.to_lowercase();
    let (kind, _) =
        PATTERNS.iter().find(|(_, patterns)| patterns.iter().any(|pattern| found(&name, pattern)))?;
    *kind
}

/// Whether `pattern` stands at the start of any word of `name`.
fn found(name: &str, pattern: &str) -> bool {
    let mut before = ' ';
    for (at, c) in name.char_indices() {
        if !before.is_alphanumeric() && matches_at(&name[at..], pattern) {
            return true;
        }
        before = c;
    }
    false
}

fn matches_at(text: &str, pattern: &str) -> bool {
    let mut text = text.chars().peekable();
    for expected in pattern.chars() {
        let fits = match expected {
            '#' => text.next().is_some_and(|c| c.is_ascii_digit()),
            '~' => {
                text.next_if(|c| matches!(c, ' ' | '-'));
                true
            }
            '!' => text.peek().is_none_or(|c| !c.is_alphanumeric()),
            other => text.next() == Some(other),
        };
        if !fits {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_offices_have() {
        for (name, expected) in [
            ("SafeNet Token JC", Kind::Token),
            ("FS USB Token", Kind::Token),
            ("Watchdata USB Key", Kind::Token),
            ("ePass2003", Kind::Token),
            ("ACS ACR122U PICC Interface", Kind::CardReader),
            ("ACR39U ICC Reader", Kind::CardReader),
            ("OMNIKEY AG CardMan 3121", Kind::CardReader),
            ("Integrated Camera", Kind::Webcam),
            ("Canon DR-C240", Kind::Scanner),
            ("EPSON DS-870", Kind::Scanner),
            ("HP ScanJet Pro 2500 f1", Kind::Scanner),
            ("FUJITSU fi-7160", Kind::Scanner),
            ("CanoScan LiDE 300", Kind::Scanner),
            ("Canon LBP2900", Kind::Printer),
            ("Brother HL-L2321D series", Kind::Printer),
            ("HP LaserJet Pro MFP M28-M31", Kind::Multifunction),
            ("EPSON L3250 Series", Kind::Multifunction),
            ("Brother DCP-T520W", Kind::Multifunction),
            ("EPSON L805 Series", Kind::Printer),
        ] {
            assert_eq!(kind(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn other_things_are_nothing() {
        for name in [
            "",
            "USB Optical Mouse",
            "Honeywell Bar Code Scanner",
            "SanDisk Ultra",
            "USB Keyboard",
            "Zebra Scanner DS2208",
        ] {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn marks_of_patterns() {
        assert!(found("canon lide 220", "lide~##"));
        assert!(found("canon lide220", "lide~##"));
        assert!(!found("canon slide 220", "lide~##"));
        assert!(found("fast ca2 key", "ca2!"));
        assert!(!found("ca25", "ca2!"));
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_read_without_panic(name in ".*") {
            let _ = kind(&name);
        }
    }
}
