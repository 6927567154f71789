use super::oid::Oid;
use std::{collections::BTreeMap, net::Ipv4Addr};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Integer(i64),
    Unsigned(u64),
    Bytes(Vec<u8>),
    Oid(Oid),
    Address(Ipv4Addr),
}

/// What one device answered. Filled over the wire or from a recording; the readers cannot tell which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mib {
    values: BTreeMap<Oid, Value>,
}

impl Mib {
    /// The first value of an OID stands: recordings repeat some.
    pub fn insert(&mut self, oid: Oid, value: Value) {
        self.values.entry(oid).or_insert(value);
    }

    pub fn extend(&mut self, other: Self) {
        other.values.into_iter().for_each(|(oid, value)| self.insert(oid, value));
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn get(&self, oid: &Oid) -> Option<&Value> {
        self.values.get(oid)
    }

    /// Rows below `root`: what follows the root, and the value.
    pub fn below<'a>(&'a self, root: &'a Oid) -> impl Iterator<Item = (&'a [u32], &'a Value)> {
        self.values.range(root.clone()..).map_while(|(oid, value)| Some((oid.below(root)?, value)))
    }

    pub fn has(&self, root: &Oid) -> bool {
        self.below(root).next().is_some()
    }

    pub fn integer(&self, oid: &Oid) -> Option<i64> {
        self.get(oid).and_then(Value::integer)
    }

    pub fn unsigned(&self, oid: &Oid) -> Option<u64> {
        self.get(oid).and_then(Value::unsigned)
    }

    pub fn text(&self, oid: &Oid) -> Option<String> {
        self.get(oid).and_then(Value::text)
    }

    /// A column of a table with one number as its index.
    pub fn column<'a>(&'a self, root: &'a Oid) -> impl Iterator<Item = (u32, &'a Value)> {
        self.below(root).filter_map(|(index, value)| match index {
            [index] => Some((*index, value)),
            _ => None,
        })
    }
}

impl Value {
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Unsigned(number) => i64::try_from(*number).ok(),
            // Some devices write numbers as text.
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
            Self::Oid(_) | Self::Address(_) => None,
        }
    }

    pub fn unsigned(&self) -> Option<u64> {
        match self {
            Self::Unsigned(number) => Some(*number),
            other => u64::try_from(other.integer()?).ok(),
        }
    }

    /// Printable text without the padding and control characters that devices add; `None` where nothing is left.
    pub fn text(&self) -> Option<String> {
        let Self::Bytes(bytes) = self else { return None };
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let text = match std::str::from_utf8(&bytes[..end]) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes[..end].iter().map(|byte| char::from(*byte)).collect(),
        };
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub fn oid(&self) -> Option<&Oid> {
        if let Self::Oid(oid) = self { Some(oid) } else { None }
    }

    pub fn address(&self) -> Option<Ipv4Addr> {
        match self {
            Self::Address(address) => Some(*address),
            Self::Bytes(bytes) => <[u8; 4]>::try_from(bytes.as_slice()).ok().map(Ipv4Addr::from),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snmp::oid::oid;

    #[test]
    fn text_loses_padding_and_keeps_words() {
        let text = |bytes: &[u8]| Value::Bytes(bytes.to_vec()).text();
        assert_eq!(text(b"HP  LaserJet\r\nMFP \0\xff").as_deref(), Some("HP LaserJet MFP"));
        assert_eq!(text("Kênh VNPT".as_bytes()).as_deref(), Some("Kênh VNPT"));
        assert_eq!(text(b"\xe9t\xe9").as_deref(), Some("été"));
        assert_eq!(text(b" \0"), None);
    }

    #[test]
    fn a_column_leaves_longer_indexes_out() {
        let mut mib = Mib::default();
        for (name, number) in [("1.2.1", 10), ("1.2.1.5", 11), ("1.2.3", 12), ("1.20.1", 13)] {
            mib.insert(oid(name), Value::Integer(number));
        }
        let root = oid("1.2");
        let rows: Vec<_> = mib.column(&root).map(|(index, value)| (index, value.integer())).collect();
        assert_eq!(rows, [(1, Some(10)), (3, Some(12))]);
    }
}
