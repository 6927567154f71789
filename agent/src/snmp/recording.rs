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

/// A row that cannot be read is unknown; an error only where that is so of all rows.
pub fn read(bytes: &[u8]) -> Result<Mib, RecordingError> {
    let mut mib = Mib::default();
    let (mut error, mut readable) = (None, false);
    for (at, line) in joined(bytes) {
        match row(&line) {
            Ok((oid, value)) => {
                readable = true;
                value.into_iter().for_each(|value| mib.insert(oid.clone(), value));
            }
            Err(message) => {
                error.get_or_insert(RecordingError { line: at, message });
            }
        }
    }
    match error {
        Some(error) if !readable => Err(error),
        _ => Ok(mib),
    }
}

/// Rows with the number of their line; a line that starts no row goes on with the value before.
fn joined(bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut rows: Vec<(usize, Vec<u8>)> = Vec::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match rows.last_mut() {
            _ if starts_row(line) => rows.push((at + 1, line.to_vec())),
            _ if line.trim_ascii().is_empty() || line.starts_with(b"#") => {}
            Some((_, row)) => {
                row.push(b'\n');
                row.extend_from_slice(line);
            }
            None => rows.push((at + 1, line.to_vec())),
        }
    }
    rows
}

fn starts_row(line: &[u8]) -> bool {
    let oid = line.split(|byte| *byte == b'|').next().unwrap_or_default();
    line.contains(&b'|') && !oid.is_empty() && oid.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
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
    let value = if kind.starts_with('4') {
        value
    } else {
        value.split(|byte| *byte == b'\n').next().unwrap_or(value)
    };
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
    let (tag, decoded) = match (kind.strip_suffix('x'), kind.strip_suffix('e')) {
        (Some(tag), _) => (tag, hex(bytes)?),
        (None, Some(tag)) => (tag, unescaped(bytes)),
        (None, None) => (kind, bytes.to_vec()),
    };
    if decoded.trim_ascii().is_empty() && !matches!(tag, "4" | "68") {
        return Ok(None);
    }
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

/// `\n`, `\x00` and their like.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(1..3).and_then(|code| std::str::from_utf8(code).ok());
        let (byte, length) = match (first, tail.first()) {
            (b'\\', Some(b'x')) => match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                Some(byte) => (byte, 3),
                None => (*first, 0),
            },
            (b'\\', Some(b'n')) => (b'\n', 1),
            (b'\\', Some(b'r')) => (b'\r', 1),
            (b'\\', Some(b't')) => (b'\t', 1),
            (b'\\', Some(other)) => (*other, 1),
            _ => (*first, 0),
        };
        bytes.push(byte);
        rest = tail.get(length..).unwrap_or_default();
    }
    bytes
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
    fn a_row_that_cannot_be_read_is_unknown() {
        let mib = read(
            b"1.1|67|\n1.2|64|\n1.3|65|x\n1.4|4|first\nsecond | line\n\n1.5|4e|a\\x00\\n\\\\b\n1.6|99|?\nx.y|4|z\n1.7|2|7\n",
        )
        .unwrap();
        assert_eq!(mib.len(), 3);
        assert_eq!(mib.text(&oid("1.4")).as_deref(), Some("first second | line"));
        assert_eq!(mib.get(&oid("1.5")), Some(&Value::Bytes(b"a\0\n\\b".to_vec())));
        assert_eq!(mib.integer(&oid("1.7")), Some(7));
    }

    #[test]
    fn where_no_row_can_be_read_the_error_names_the_line() {
        assert_eq!(read(b"\n1.2|65|x\n").unwrap_err().to_string(), "line 2: \"x\" is not a counter");
        assert_eq!(read(b"nothing").unwrap_err().to_string(), "line 1: OID|type|value expected");
        assert_eq!(read(b"# a remark\n").map(|mib| mib.len()), Ok(0));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), tail in "1\\.[0-9.]{0,9}\\|[0-9]{1,2}x?(:numeric)?\\|.{0,20}") {
            let _ = read(&bytes);
            let _ = read(tail.as_bytes());
        }
    }
}
