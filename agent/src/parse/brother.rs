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
    // Some tools put the one record into a list.
    let value = match value {
        Value::Array(mut list) if list.len() == 1 => list.remove(0),
        other => other,
    };
    let Value::Object(fields) = value else {
        return Err(ParseError::new("an object of OIDs expected"));
    };
    let (mut mib, mut wrong) = (Mib::default(), None);
    for (name, value) in fields {
        match row(&name, value) {
            Ok((oid, value)) => value.into_iter().for_each(|value| mib.insert(oid.clone(), value)),
            Err(message) => wrong = wrong.or(Some(ParseError::field(None, &name, message))),
        }
    }
    match wrong {
        Some(error) if mib.is_empty() => return Err(error),
        Some(error) => tracing::warn!("{error}: left out"),
        None => {}
    }
    Ok(network_printer::read(&mib, None, now))
}

fn row(name: &str, value: Value) -> Result<(Oid, Option<mib::Value>), &'static str> {
    // As net-snmp writes it: `iso.3.6.1…`.
    let name = name.strip_prefix("iso.").map_or_else(|| name.to_owned(), |rest| format!("1.{rest}"));
    let oid: Oid = name.parse().map_err(|_| "is not an OID")?;
    let value = match value {
        Value::String(text) => Some(mib::Value::Bytes(text.into_bytes())),
        Value::Number(number) => {
            let unsigned = number.as_u64().map(mib::Value::Unsigned);
            let value = unsigned.or_else(|| number.as_i64().map(mib::Value::Integer));
            Some(value.ok_or("is not a whole number")?)
        }
        // Lists are counters in the maker's own code.
        Value::Null | Value::Array(_) => None,
        Value::Bool(_) | Value::Object(_) => return Err("is neither text, number nor list"),
    };
    Ok((oid, value))
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
    fn a_list_of_one_and_names_of_net_snmp() {
        let text = r#"[{"iso.3.6.1.4.1.2435.2.3.9.1.1.7.0": "MFG:Brother;CMD:PJL;MDL:DCP-L2550DW series;CLS:PRINTER;"}]"#;
        let found = parse(text, Timestamp::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!((found.kind, found.model.as_deref()), (Kind::Multifunction, Some("DCP-L2550DW series")));
    }

    #[test]
    fn an_odd_row_hides_nothing_else() {
        let text = r#"{"1.3.6.1.4.1.2435.2.3.9.1.1.7.0": "MFG:Brother;CMD:PJL;MDL:HL-L2340DW series;CLS:PRINTER;",
            "uptime": 5, "1.3.6.1.2.1.43.11.1.1.9.1.1": -2, "1.3.6.1.2.1.43.10.2.1.4.1.1": 1279, "1.3.6.1.2.1.1.3.0": 1.5}"#;
        let found = parse(text, Timestamp::UNIX_EPOCH).unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.page_count), ("Brother HL-L2340DW series", Some(1279)));
        let unknown = text.replace("1279", "-2");
        assert_eq!(parse(&unknown, Timestamp::UNIX_EPOCH).unwrap().unwrap().page_count, None);
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
