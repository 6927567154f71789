use std::{fmt, str::FromStr};

/// Sub-identifiers of an object identifier; ordered as a walk visits them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Vec<u32>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an object identifier (numbers and dots expected)")]
pub struct InvalidOid(String);

impl Oid {
    pub fn new(parts: &[u32]) -> Self {
        Self(parts.to_vec())
    }

    pub fn parts(&self) -> &[u32] {
        &self.0
    }

    pub fn child(&self, parts: &[u32]) -> Self {
        Self([self.0.as_slice(), parts].concat())
    }

    /// What follows `root`; `None` where this lies outside of it.
    pub fn below<'a>(&'a self, root: &Oid) -> Option<&'a [u32]> {
        self.0.strip_prefix(root.0.as_slice())
    }
}

impl FromStr for Oid {
    type Err = InvalidOid;

    fn from_str(text: &str) -> Result<Self, InvalidOid> {
        text.trim()
            .trim_start_matches('.')
            .split('.')
            .map(|part| part.parse().map_err(|_| InvalidOid(text.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            write!(f, "{}{part}", if at == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

/// For tables of constants: `oid("1.3.6.1.2.1.1.1.0")`. Text that is no OID gives the empty one, which names nothing.
pub fn oid(text: &str) -> Oid {
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        assert_eq!("1.3.6.1".parse::<Oid>().unwrap(), Oid::new(&[1, 3, 6, 1]));
        assert_eq!(".1.3.6.1.4294967295".parse::<Oid>().unwrap().to_string(), "1.3.6.1.4294967295");
        for text in ["", "1..3", "1.3.x", "1.3.4294967296", "1.-3"] {
            assert!(text.parse::<Oid>().is_err(), "{text}");
        }
    }

    #[test]
    fn below_is_by_whole_parts() {
        assert_eq!(oid("1.3.6.10").below(&oid("1.3.6.1")), None);
        assert_eq!(oid("1.3.6.1.2").below(&oid("1.3.6.1")), Some([2].as_slice()));
        assert!(oid("1.3.6.9") < oid("1.3.6.10"));
    }
}
