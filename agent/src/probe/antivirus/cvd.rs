//! The header of a ClamAV database: 512 bytes of text, fields between colons, padded with spaces.

use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::section::antivirus::SignatureState;

pub const HEADER_BYTES: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub version: u32,
    pub built_at: Timestamp,
}

/// From then on ClamAV itself calls its database old.
const CURRENT: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Header {
    /// What was made later than now is by a clock that is wrong, here or there.
    pub fn state(&self, now: Timestamp) -> SignatureState {
        match now.duration_since(self.built_at) {
            age if age.is_negative() => SignatureState::Unknown,
            age if age <= CURRENT => SignatureState::Current,
            _ => SignatureState::Old,
        }
    }
}

/// `ClamAV-VDB:<build time>:<version>:<signatures>:<level>:<md5>:<signature>:<builder>:<seconds since 1970>`
pub fn header(bytes: &[u8]) -> Option<Header> {
    let text = std::str::from_utf8(bytes.get(..HEADER_BYTES)?).ok()?;
    let fields: Vec<&str> = text.trim_end().split(':').collect();
    if *fields.first()? != "ClamAV-VDB" {
        return None;
    }
    let seconds = fields.get(8).and_then(|seconds| seconds.trim().parse().ok());
    let built_at = match seconds {
        Some(seconds) => Timestamp::from_second(seconds).ok()?,
        None => build_time(fields.get(1)?)?,
    };
    Some(Header { version: fields.get(2)?.parse().ok()?, built_at })
}

/// `17 Nov 2026 08-24 +0000`: hours and minutes with a dash, since the colon parts the fields.
fn build_time(text: &str) -> Option<Timestamp> {
    let time = jiff::fmt::strtime::parse("%d %b %Y %H-%M %z", text).ok()?;
    time.to_timestamp().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded(text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(HEADER_BYTES, b' ');
        bytes
    }

    #[test]
    fn the_time_of_the_build_is_read() {
        let bytes = padded(
            "ClamAV-VDB:17 Jun 2025 08-35 +0000:27671:2076245:90:0123456789abcdef:signature:raynman:1750149301",
        );
        assert_eq!(
            header(&bytes),
            Some(Header { version: 27671, built_at: "2025-06-17T08:35:01Z".parse().unwrap() })
        );
    }

    #[test]
    fn old_headers_have_the_text_only() {
        let bytes = padded("ClamAV-VDB:17 Jun 2025 15-35 +0700:55:1:1:x:y:z");
        assert_eq!(header(&bytes).map(|h| h.built_at), "2025-06-17T08:35:00Z".parse().ok());
    }

    #[test]
    fn a_database_is_current_for_a_week() {
        let header = Header { version: 1, built_at: "2026-11-01T08:00:00Z".parse().unwrap() };
        let state = |now: &str| header.state(now.parse().unwrap());
        assert_eq!(state("2026-11-01T08:00:00Z"), SignatureState::Current);
        assert_eq!(state("2026-11-08T08:00:00Z"), SignatureState::Current);
        assert_eq!(state("2026-11-08T08:00:01Z"), SignatureState::Old);
        assert_eq!(state("2026-11-01T07:59:59Z"), SignatureState::Unknown);
    }

    #[test]
    fn other_files_are_none() {
        assert_eq!(header(b"ClamAV-VDB:short"), None);
        assert_eq!(header(&padded("Other:17 Jun 2025 08-35 +0000:1:1:1:x:y:z:1")), None);
        assert_eq!(header(&padded("ClamAV-VDB:no date:1:1:1:x:y:z:w")), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let _ = header(&bytes);
        }

        #[test]
        fn any_fields_are_read_without_panic(text in "ClamAV-VDB(:[ -~]{0,30}){0,9}") {
            let _ = header(&padded(&text));
        }
    }
}
