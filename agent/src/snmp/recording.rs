//! Recordings of devices in the form of snmpsim: `OID|type|value` lines.

use super::{
    mib::{Mib, Value},
    oid::Oid,
};
use std::net::Ipv4Addr;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct RecordingError {
    pub line: usize,
    pub message: String,
}

pub fn read(bytes: &[u8]) -> Result<Mib, RecordingError> {
    let mut mib = Mib::default();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() || line.starts_with(b"#") {
            continue;
        }
        let row = row(line).map_err(|message| RecordingError { line: at + 1, message })?;
        if let (oid, Some(value)) = row {
            mib.insert(oid, value);
        }
    }
    Ok(mib)
}

fn row(line: &[u8]) -> Result<(Oid, Option<Value>), String> {
    let mut fields = line.splitn(3, |byte| *byte == b'|');
    let (Some(oid), Some(kind), Some(value)) = (fields.next(), fields.next(), fields.next()) else {
        return Err("OID|type|value expected".into());
    };
    let oid: Oid = String::from_utf8_lossy(oid).parse().map_err(|error| format!("{error}"))?;
    let kind = String::from_utf8_lossy(kind);
    let (kind, module) =
        kind.split_once(':').map_or((kind.as_ref(), None), |(kind, name)| (kind, Some(name)));
    let bytes = if module.is_some() { initial(value) } else { value.to_vec() };
    value_of(kind, &bytes).map(|value| (oid, value))
}

/// The first value of a variation module: `rate=…,initial=5,…`.
fn initial(options: &[u8]) -> Vec<u8> {
    options
        .split(|byte| *byte == b',')
        .find_map(|option| option.strip_prefix(b"initial="))
        .unwrap_or(b"0")
        .to_vec()
}

fn value_of(kind: &str, bytes: &[u8]) -> Result<Option<Value>, String> {
    let (tag, decoded) = match kind.strip_suffix('x') {
        Some(tag) => (tag, hex(bytes)?),
        None => (kind, bytes.to_vec()),
    };
    let text = || String::from_utf8_lossy(&decoded).trim().to_owned();
    let number = |what: &str| format!("{:?} is not {what}", text());
    Ok(match tag {
        "2" => Some(Value::Integer(text().parse().map_err(|_| number("an integer"))?)),
        "4" | "68" => Some(Value::Bytes(decoded)),
        "5" | "128" | "129" | "130" => None,
        "6" => Some(Value::Oid(text().parse().map_err(|error| format!("{error}"))?)),
        "64" => Some(Value::Address(address(kind, &decoded).ok_or_else(|| number("an IPv4 address"))?)),
        "65" | "66" | "67" | "70" => Some(Value::Unsigned(text().parse().map_err(|_| number("a counter"))?)),
        _ => return Err(format!("type {kind:?} is unknown")),
    })
}

fn address(kind: &str, decoded: &[u8]) -> Option<Ipv4Addr> {
    if kind.ends_with('x') {
        <[u8; 4]>::try_from(decoded).ok().map(Ipv4Addr::from)
    } else {
        std::str::from_utf8(decoded).ok()?.trim().parse().ok()
    }
}

fn hex(text: &[u8]) -> Result<Vec<u8>, String> {
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(text.trim_ascii())
        .map_err(|error| format!("hexadecimal value: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snmp::oid::oid;
    use proptest::prelude::*;

    #[test]
    fn types_are_read_and_the_first_of_two_stands() {
        let mib = read(
            b"1.1|4|a|b\n1.2|4x|00ff\r\n1.3|64x|dcc894c1\n1.4|64|10.0.0.1\n1.5|65|7\n1.5|65|8\n1.6|2|-1\n\
              1.7|65:numeric|rate=1,initial=40,max=50\n1.8|5|\n",
        )
        .unwrap();
        assert_eq!(mib.text(&oid("1.1")).as_deref(), Some("a|b"));
        assert_eq!(mib.get(&oid("1.2")), Some(&Value::Bytes(vec![0, 255])));
        assert_eq!(mib.get(&oid("1.3")).and_then(Value::address), Some(Ipv4Addr::new(220, 200, 148, 193)));
        assert_eq!(mib.get(&oid("1.4")).and_then(Value::address), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(mib.unsigned(&oid("1.5")), Some(7));
        assert_eq!(mib.integer(&oid("1.6")), Some(-1));
        assert_eq!(mib.unsigned(&oid("1.7")), Some(40));
        assert_eq!(mib.len(), 7);
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(read(b"1.1|4|a\n1.2|65|x\n").unwrap_err().to_string(), "line 2: \"x\" is not a counter");
        assert_eq!(read(b"nothing").unwrap_err().to_string(), "line 1: OID|type|value expected");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), tail in "1\\.[0-9.]{0,9}\\|[0-9]{1,2}x?(:numeric)?\\|.{0,20}") {
            let _ = read(&bytes);
            let _ = read(tail.as_bytes());
        }
    }
}
