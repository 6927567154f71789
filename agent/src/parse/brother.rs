//! Status records of Brother devices: a JSON object of OIDs and the values that the device gave.

use super::error::ParseError;
use crate::{
    probe::network_printer,
    snmp::{
        mib::{self, Mib},
        oid::Oid,
    },
};
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::Peripheral;
use serde_json::Value;

pub fn parse(input: &str, now: Timestamp) -> Result<Option<Peripheral>, ParseError> {
    let value: Value = serde_json::from_str(input)
        .map_err(|error| ParseError::line(error.line(), format!("not JSON: {error}")))?;
    let Value::Object(fields) = value else {
        return Err(ParseError::new("an object of OIDs expected"));
    };
    let mut mib = Mib::default();
    for (name, value) in fields {
        let oid: Oid = name.parse().map_err(|_| ParseError::field(None, &name, "is not an OID"))?;
        match value {
            Value::String(text) => mib.insert(oid, mib::Value::Bytes(text.into_bytes())),
            Value::Number(number) => {
                let number =
                    number.as_u64().ok_or_else(|| ParseError::field(None, &name, "is not a whole number"))?;
                mib.insert(oid, mib::Value::Unsigned(number));
            }
            // Lists are counters in the maker's own code.
            Value::Null | Value::Array(_) => {}
            Value::Bool(_) | Value::Object(_) => {
                return Err(ParseError::field(None, &name, "is neither text, number nor list"));
            }
        }
    }
    Ok(network_printer::read(&mib, None, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiemke_schemas::section::peripheral::Kind;

    #[test]
    fn a_record_is_read_as_the_device_itself() {
        let text = r#"{"1.3.6.1.4.1.2435.2.3.9.1.1.7.0": "MFG:Brother;CMD:PJL;MDL:MFC-J680DW;CLS:PRINTER;",
            "1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0": "E12345A6J", "1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.10.0": ["01"], "1.3.6.1.2.1.43.10.2.1.4.1.1": "986"}"#;
        let found = parse(text, Timestamp::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!(found.kind, Kind::Multifunction);
        assert_eq!(found.name, "Brother MFC-J680DW");
        assert_eq!(found.serial.as_deref(), Some("E12345A6J"));
        assert_eq!(found.page_count, Some(986));
    }

    #[test]
    fn errors_name_line_and_field() {
        let error = |text| parse(text, Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert!(error("{\n\"1.3\": }").starts_with("line 2: not JSON"));
        assert_eq!(error("[]"), "an object of OIDs expected");
        assert_eq!(error(r#"{"model": "x"}"#), "field model: is not an OID");
        assert_eq!(error(r#"{"1.3": true}"#), "field 1.3: is neither text, number nor list");
    }
}
