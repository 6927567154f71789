//! IEEE 1284 device identifiers: `MFG:Brother;MDL:HL-5370DW series;CLS:PRINTER;`.

use crate::snmp::{mib::Mib, oid::oid};

/// Where printers keep it: HP and Brother, the port monitor MIB of the PWG, Epson.
const SOURCES: &[&str] = &[
    "1.3.6.1.4.1.11.2.3.9.1.1.7.0",
    "1.3.6.1.4.1.2435.2.3.9.1.1.7.0",
    "1.3.6.1.4.1.2699.1.2.1.2.1.1.3.1",
    "1.3.6.1.4.1.1248.1.2.2.1.1.1.1.1",
];

pub fn names() -> Vec<crate::snmp::oid::Oid> {
    SOURCES.iter().map(|source| oid(source)).collect()
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceId {
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub description: Option<String>,
    pub class: Option<String>,
    pub serial: Option<String>,
    /// The whole text: services such as `eSCL` stand in fields of the makers' own.
    pub text: String,
}

/// Pantum and others describe the whole device by it.
pub fn find(mib: &Mib) -> Option<DeviceId> {
    let kept = SOURCES.iter().filter_map(|source| mib.text(&oid(source))).find_map(|text| parse(&text));
    let described = || parse(&mib.text(&oid(super::DESCRIPTION))?).filter(|id| id.vendor.is_some());
    kept.or_else(described)
}

/// `None` for text without a model.
pub fn parse(text: &str) -> Option<DeviceId> {
    let field = |names: &[&str]| {
        text.split(';').find_map(|part| {
            let (key, value) = part.split_once(':')?;
            let known = names.iter().any(|name| key.trim().eq_ignore_ascii_case(name));
            (known && !value.trim().is_empty()).then(|| value.trim().to_owned())
        })
    };
    let id = DeviceId {
        vendor: field(&["MFG", "MANUFACTURER"]),
        model: field(&["MDL", "MODEL"]),
        description: field(&["DES", "DESCRIPTION"]),
        class: field(&["CLS", "CLASS"]),
        serial: field(&["SN", "SERN", "SERIALNUMBER"]),
        text: text.to_owned(),
    };
    id.model.is_some().then_some(id)
}

impl DeviceId {
    /// `MCT:MF` and services that only a scanner offers.
    pub fn names_a_scanner(&self) -> bool {
        let text = self.text.to_ascii_uppercase();
        ["MCT:MF", "ESCL:", "SCANNER", "WSD-SCAN", "FAX"].iter().any(|word| text.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_short_and_long_name() {
        let id =
            parse("MANUFACTURER:Xerox;COMMAND SET:PCL;MODEL:Phaser 3020; CLASS:PRINTER;SN:3360").unwrap();
        assert_eq!(id.vendor.as_deref(), Some("Xerox"));
        assert_eq!(id.model.as_deref(), Some("Phaser 3020"));
        assert_eq!(id.class.as_deref(), Some("PRINTER"));
        assert_eq!(id.serial.as_deref(), Some("3360"));
        assert!(!id.names_a_scanner());
        assert!(parse("MFG:HP;MDL:X;MCT:MF;").unwrap().names_a_scanner());
        assert_eq!(parse("MFG:HP;CMD:PJL"), None);
        assert_eq!(parse(""), None);
    }
}
