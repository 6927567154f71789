//! A spooled report as a file: mark, checksum over the rest, number, time, envelope.

use super::Id;
use sha2::{Digest, Sha256};

const MARK: &[u8; MARK_BYTES] = b"KIEMKE1\n";
/// Of a report that carries observations and no section.
const MARK_OF_OBSERVATIONS: &[u8; MARK_BYTES] = b"KIEMKE1o";
pub const MARK_BYTES: usize = 8;
const CHECKSUM_BYTES: usize = 32;
const NUMBERS_BYTES: usize = 24;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: Id,
    pub carries: Carries,
    /// Seconds since 1970 by the agent's clock.
    pub created_at: i64,
    pub envelope: Vec<u8>,
}

/// What would be lost with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    State,
    ObservationsOnly,
}

impl Carries {
    pub fn of_mark(bytes: &[u8]) -> Option<Self> {
        match bytes.get(..MARK_BYTES)? {
            mark if mark == MARK => Some(Self::State),
            mark if mark == MARK_OF_OBSERVATIONS => Some(Self::ObservationsOnly),
            _ => None,
        }
    }

    fn mark(self) -> &'static [u8; MARK_BYTES] {
        match self {
            Self::State => MARK,
            Self::ObservationsOnly => MARK_OF_OBSERVATIONS,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damaged {
    #[error("no report of this version")]
    Mark,
    #[error("cut short")]
    Short,
    #[error("the checksum does not fit")]
    Checksum,
    #[error("the number inside is not the file's")]
    Number,
}

pub fn encode(file: &Stored) -> Vec<u8> {
    let mut rest = Vec::with_capacity(NUMBERS_BYTES + file.envelope.len());
    rest.extend(file.id.boot.to_be_bytes());
    rest.extend(file.id.sequence.to_be_bytes());
    rest.extend(file.created_at.to_be_bytes());
    rest.extend(&file.envelope);
    let mut bytes = Vec::with_capacity(MARK.len() + CHECKSUM_BYTES + rest.len());
    bytes.extend(file.carries.mark());
    bytes.extend(Sha256::digest(&rest));
    bytes.extend(rest);
    bytes
}

pub fn decode(bytes: &[u8]) -> Result<Stored, Damaged> {
    let carries = Carries::of_mark(bytes).ok_or(Damaged::Mark)?;
    let after_mark = bytes.get(MARK_BYTES..).ok_or(Damaged::Short)?;
    let (checksum, rest) = after_mark.split_at_checked(CHECKSUM_BYTES).ok_or(Damaged::Short)?;
    let (numbers, envelope) = rest.split_at_checked(NUMBERS_BYTES).ok_or(Damaged::Short)?;
    if Sha256::digest(rest)[..] != *checksum {
        return Err(Damaged::Checksum);
    }
    let number = |at: usize| {
        numbers
            .get(at..at + 8)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u64::from_be_bytes)
            .ok_or(Damaged::Short)
    };
    Ok(Stored {
        id: Id { boot: number(0)?, sequence: number(8)? },
        carries,
        created_at: number(16)?.cast_signed(),
        envelope: envelope.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Stored {
        Stored {
            id: Id { boot: 2, sequence: 7 },
            carries: Carries::State,
            created_at: -5,
            envelope: b"sealed".to_vec(),
        }
    }

    #[test]
    fn the_layout_is_fixed() {
        let bytes = encode(&sample());
        assert_eq!(&bytes[..8], b"KIEMKE1\n");
        assert_eq!(&bytes[40..56], [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7]);
        assert_eq!(&bytes[64..], b"sealed");
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let bytes = encode(&sample());
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(decode(&changed).is_err(), "byte {at}");
            assert!(decode(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_written_is_read(boot: u64, sequence: u64, created_at: i64, envelope: Vec<u8>, state: bool) {
            let carries = if state { Carries::State } else { Carries::ObservationsOnly };
            let file = Stored { id: Id { boot, sequence }, carries, created_at, envelope };
            proptest::prop_assert_eq!(decode(&encode(&file)), Ok(file));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            proptest::prop_assert!(decode(&bytes).is_err());
        }
    }
}
