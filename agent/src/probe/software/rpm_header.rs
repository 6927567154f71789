//! The header of a package as the RPM database keeps it: an index of tags, then a store of values, big-endian.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kiemke_schemas::section::software::{Package, PackageSource};

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const INSTALL_TIME: u32 = 1008;
const VENDOR: u32 = 1011;
const ARCHITECTURE: u32 = 1022;
const ENTRY_BYTES: usize = 16;

struct Header<'a> {
    index: &'a [u8],
    store: &'a [u8],
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

impl<'a> Header<'a> {
    fn new(blob: &'a [u8]) -> Option<Self> {
        let entries = usize::try_from(number(blob, 0)?).ok()?;
        let store_bytes = usize::try_from(number(blob, 4)?).ok()?;
        let store_at = entries.checked_mul(ENTRY_BYTES)?.checked_add(8)?;
        let index = blob.get(8..store_at)?;
        let store = blob.get(store_at..store_at.checked_add(store_bytes)?)?;
        Some(Self { index, store })
    }

    fn value(&self, tag: u32) -> Option<&'a [u8]> {
        let entry = self.index.chunks_exact(ENTRY_BYTES).find(|entry| number(entry, 0) == Some(tag))?;
        self.store.get(usize::try_from(number(entry, 8)?).ok()?..)
    }

    fn text(&self, tag: u32) -> Option<String> {
        let value = self.value(tag)?;
        let end = value.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&value[..end]).into_owned())
            .filter(|text| !text.is_empty() && text != "(none)")
    }

    fn number(&self, tag: u32) -> Option<u32> {
        number(self.value(tag)?, 0)
    }
}

/// `None` for what is no package header; keys that were imported are no software.
pub fn package(blob: &[u8]) -> Option<Package> {
    let header = Header::new(blob)?;
    let name = header.text(NAME).filter(|name| name != "gpg-pubkey")?;
    let version = header.text(VERSION).map(|version| {
        let epoch = header.number(EPOCH).map(|epoch| format!("{epoch}:")).unwrap_or_default();
        let release = header.text(RELEASE).map(|release| format!("-{release}")).unwrap_or_default();
        format!("{epoch}{version}{release}")
    });
    Some(Package {
        name,
        version,
        publisher: header.text(VENDOR),
        architecture: header.text(ARCHITECTURE),
        source: PackageSource::Rpm,
        installed_on: header.number(INSTALL_TIME).and_then(date),
    })
}

fn date(seconds: u32) -> Option<Date> {
    let time = Timestamp::from_second(i64::from(seconds)).ok()?;
    Some(time.to_zoned(TimeZone::system()).date())
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A header with these string and number tags.
    pub fn header(texts: &[(u32, &str)], numbers: &[(u32, u32)]) -> Vec<u8> {
        let (mut index, mut store) = (Vec::new(), Vec::new());
        let mut entry = |tag: u32, kind: u32, store: &mut Vec<u8>, bytes: &[u8]| {
            for field in [tag, kind, u32::try_from(store.len()).unwrap(), 1] {
                index.extend(field.to_be_bytes());
            }
            store.extend(bytes);
        };
        for (tag, value) in numbers {
            entry(*tag, 4, &mut store, &value.to_be_bytes());
        }
        for (tag, text) in texts {
            entry(*tag, 6, &mut store, format!("{text}\0").as_bytes());
        }
        let entries = u32::try_from(texts.len() + numbers.len()).unwrap();
        let mut blob = entries.to_be_bytes().to_vec();
        blob.extend(u32::try_from(store.len()).unwrap().to_be_bytes());
        blob.extend(index);
        blob.extend(store);
        blob
    }

    #[test]
    fn a_package_with_epoch() {
        let blob = header(
            &[
                (NAME, "bind-libs"),
                (VERSION, "9.16.23"),
                (RELEASE, "14.el9"),
                (ARCHITECTURE, "x86_64"),
                (VENDOR, "Red Hat, Inc."),
            ],
            &[(EPOCH, 32), (INSTALL_TIME, 1_700_000_000)],
        );
        let package = package(&blob).unwrap();
        assert_eq!(package.name, "bind-libs");
        assert_eq!(package.version.as_deref(), Some("32:9.16.23-14.el9"));
        assert_eq!(package.publisher.as_deref(), Some("Red Hat, Inc."));
        assert_eq!(package.architecture.as_deref(), Some("x86_64"));
        assert!(package.installed_on.is_some());
    }

    #[test]
    fn keys_and_rubbish_are_no_package() {
        assert_eq!(package(&header(&[(NAME, "gpg-pubkey")], &[])), None);
        assert_eq!(package(b""), None);
        assert_eq!(package(&[0xff; 64]), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = package(&bytes);
        }

        #[test]
        fn a_damaged_header_is_read_without_panic(at in 0_usize..100, byte in proptest::num::u8::ANY) {
            let mut blob = header(&[(NAME, "a"), (VERSION, "1")], &[(EPOCH, 1)]);
            let at = at % blob.len();
            blob[at] = byte;
            let _ = package(&blob);
        }
    }
}
