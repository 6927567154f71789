//! Who issued the signature that a token carries: by the certificates that Windows copies from a token into the
//! person's store, else by the makers' drivers. Told only where nothing else is possible.

use crate::{
    parse::registry,
    probe::windows::{MACHINE, Source, values},
};
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{Kind, Peripheral};
use std::collections::BTreeSet;
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

const WINDOWS: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const STORE: &str = r"AppData\Roaming\Microsoft\SystemCertificates\My\Certificates";
/// Where drivers are, as programs of 64 and of 32 bits see it.
const DRIVER_FOLDERS: [&str; 3] = ["System32", "SysWOW64", "Sysnative"];

/// How the file names of their PKCS#11 modules begin, as public Vietnamese signing software lists them. Modules of
/// the tokens' makers, which several authorities hand out, are left out.
const DRIVERS: &[(&str, &str)] = &[
    ("vnpt-ca_", "VNPT-CA"),
    ("vnptca_p11_", "VNPT-CA"),
    ("viettel-ca", "Viettel-CA"),
    ("bkavca", "BkavCA"),
    ("bkavcsp", "BkavCA"),
    ("fpt-ca", "FPT-CA"),
    ("fpt_ca", "FPT-CA"),
    ("fptca_v", "FPT-CA"),
    ("ca2_", "CA2"),
    ("ca2csp11_", "CA2"),
    ("vina-ca", "Vina-CA"),
    ("safe-ca", "Safe-CA"),
    ("newtel-ca", "NEWTEL-CA"),
    ("ckca.dll", "CK-CA"),
    ("ica_csp11_", "I-CA"),
    ("fca_v", "FastCA"),
    ("ncca_csp11_", "NC-CA"),
    ("nca_v", "NCA"),
];

/// For the only token that is plugged in: with two of them nobody knows which carries what.
pub fn tell(source: &dyn Source, found: &mut [Peripheral], now: Timestamp) {
    let mut tokens = found.iter_mut().filter(|thing| thing.kind == Kind::Token && thing.present);
    if let (Some(token), None) = (tokens.next(), tokens.next()) {
        token.certificate_authority = only(by_certificate(source, now)).or_else(|| only(by_driver(source)));
    }
}

fn only(mut names: BTreeSet<String>) -> Option<String> {
    names.pop_first().filter(|_| names.is_empty())
}

fn by_certificate(source: &dyn Source, now: Timestamp) -> BTreeSet<String> {
    let mut issuers = BTreeSet::new();
    for profile in profiles(source) {
        let folder = format!(r"{profile}\{STORE}");
        for name in source.files(&folder).unwrap_or_default() {
            let stored = source.file(&format!(r"{folder}\{name}")).unwrap_or_default();
            issuers.extend(issuer(&stored, now));
        }
    }
    issuers
}

fn profiles(source: &dyn Source) -> Vec<String> {
    let list = format!(r"{MACHINE}\{WINDOWS}\ProfileList");
    let people =
        source.subkeys(&list).unwrap_or_default().into_iter().filter(|sid| sid.starts_with("S-1-5-21-"));
    people
        .filter_map(|sid| {
            let key = values(source, &format!(r"{list}\{sid}"), &mut Vec::new());
            registry::text(&key, "profileimagepath").map(str::to_owned)
        })
        .collect()
}

fn by_driver(source: &dyn Source) -> BTreeSet<String> {
    let windows = values(source, &format!(r"{MACHINE}\{WINDOWS}"), &mut Vec::new());
    let Some(root) = registry::text(&windows, "systemroot") else { return BTreeSet::new() };
    let files = DRIVER_FOLDERS
        .iter()
        .flat_map(|folder| source.files(&format!(r"{root}\{folder}")).unwrap_or_default());
    files.filter_map(|name| of_module(&name)).collect()
}

fn of_module(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let known = DRIVERS.iter().find(|(start, _)| name.starts_with(start) && name.ends_with(".dll"))?;
    Some(known.1.to_owned())
}

/// Of a certificate in force whose key lies in a card.
fn issuer(stored: &[u8], now: Timestamp) -> Option<String> {
    const KEY_PROVIDER: u32 = 2;
    const CERTIFICATE: u32 = 32;
    let found = |wanted| properties(stored).find(|(id, _)| *id == wanted).map(|(_, value)| value);
    if !is_cards(&provider(found(KEY_PROVIDER)?)?) {
        return None;
    }
    let (_, certificate) = X509Certificate::from_der(found(CERTIFICATE)?).ok()?;
    let until = certificate.validity().not_after.timestamp();
    (until > now.as_second()).then(|| name(certificate.issuer())).flatten()
}

fn name(issuer: &X509Name<'_>) -> Option<String> {
    let common = issuer.iter_common_name().next().and_then(|part| part.as_str().ok());
    let organization = || issuer.iter_organization().next().and_then(|part| part.as_str().ok());
    common.or_else(organization).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Id, encoding, length, value, again and again.
fn properties(mut stored: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let id = number(stored, 0)?;
        let value = stored.get(12..)?.get(..number(stored, 8)? as usize)?;
        stored = stored.get(12 + value.len()..)?;
        Some((id, value))
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// CRYPT_KEY_PROV_INFO as stored: places of texts in UTF-16, the second that of the provider.
fn provider(value: &[u8]) -> Option<String> {
    let (pairs, _) = value.get(number(value, 4)? as usize..)?.as_chunks::<2>();
    let units: Vec<u16> =
        pairs.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0).collect();
    Some(String::from_utf16_lossy(&units))
}

/// Windows' own providers keep keys on the disk or in the computer, except those for cards.
fn is_cards(provider: &str) -> bool {
    let name = provider.to_lowercase();
    !name.is_empty() && (!name.starts_with("microsoft") || name.contains("smart card"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::windows::recording::Recording;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    const KEYS: &str = r#"[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
"SystemRoot"="C:\\Windows"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-18]
"ProfileImagePath"="C:\\Windows\\system32\\config\\systemprofile"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-2-3-1001]
"ProfileImagePath"="C:\\Users\\lan"
"#;
    const FOLDER: &str = r"C:\Users\lan\AppData\Roaming\Microsoft\SystemCertificates\My\Certificates";

    fn certificate(authority: &str) -> Vec<u8> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, authority);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = Issuer::new(params, KeyPair::generate().unwrap());
        let person = CertificateParams::new(vec![]).unwrap();
        person.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().der().to_vec()
    }

    /// As Windows keeps a certificate in a file.
    fn stored(provider: &str, certificate: &[u8]) -> Vec<u8> {
        let text =
            |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let container = text("te-1");
        let places = [28, 28 + container.len() as u32, 1, 0, 0, 0, 1];
        let mut key: Vec<u8> = places.iter().flat_map(|place| place.to_le_bytes()).collect();
        key.extend(container);
        key.extend(text(provider));
        let property = |id: u32, value: &[u8]| {
            let head = [id, 1, value.len() as u32];
            head.iter().flat_map(|part| part.to_le_bytes()).chain(value.iter().copied()).collect::<Vec<u8>>()
        };
        [property(2, &key), property(3, &[0; 20]), property(32, certificate)].concat()
    }

    fn token() -> Peripheral {
        let device = crate::probe::peripheral::classify::UsbDevice {
            vendor_id: 0x096e,
            product_id: 0x0807,
            ..Default::default()
        };
        crate::probe::peripheral::of_usb(&device, Timestamp::UNIX_EPOCH).unwrap()
    }

    fn told(files: &[(&str, Vec<u8>)], mut found: Vec<Peripheral>) -> Vec<Option<String>> {
        let mut recording = Recording::of_registry(KEYS);
        recording.files.extend(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.clone())));
        tell(&recording, &mut found, "2026-08-01T00:00:00Z".parse().unwrap());
        found.into_iter().map(|token| token.certificate_authority).collect()
    }

    #[test]
    fn the_issuer_of_the_certificate_whose_key_is_in_a_card() {
        let of_token = stored("VNPT-CA CSP v1.0", &certificate("VNPT Certification Authority"));
        let of_disk = stored("Microsoft Software Key Storage Provider", &certificate("Office CA"));
        let (one, two) = (format!(r"{FOLDER}\0A"), format!(r"{FOLDER}\0B"));
        let files = [(one.as_str(), of_token), (two.as_str(), of_disk)];
        assert_eq!(told(&files, vec![token()]), [Some("VNPT Certification Authority".to_owned())]);
        assert_eq!(told(&files, vec![token(), token()]), [None, None]);
        let by_windows = stored("Microsoft Base Smart Card Crypto Provider", &certificate("BkavCA"));
        assert_eq!(told(&[(&one, by_windows)], vec![token()]), [Some("BkavCA".to_owned())]);
    }

    #[test]
    fn else_the_only_driver() {
        let viettel = (r"C:\Windows\System32\viettel-ca_v6.dll", vec![]);
        let kernel = (r"C:\Windows\System32\kernel32.dll", vec![]);
        assert_eq!(told(&[viettel.clone(), kernel.clone()], vec![token()]), [Some("Viettel-CA".to_owned())]);
        let vnpt = (r"C:\Windows\SysWOW64\vnptca_p11_v8.dll", vec![]);
        assert_eq!(told(&[viettel, vnpt], vec![token()]), [None]);
        assert_eq!(told(&[kernel], vec![token()]), [None]);
    }

    proptest::proptest! {
        #[test]
        fn any_file_is_read_without_panic(bytes: Vec<u8>) {
            let _ = issuer(&bytes, Timestamp::UNIX_EPOCH);
            let _ = provider(&bytes);
        }
    }
}
