//! Seals what must not stand in the store for everybody to read: credentials of routers and printers. The key
//! is a file of its own in the data folder and part of a backup.

use super::files::{self, Secrecy};
use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use std::path::Path;

pub const FILE_NAME: &str = "settings.key";
const KEY_BYTES: usize = 32;

pub struct Vault {
    key: LessSafeKey,
    marks: hmac::Key,
}

impl Vault {
    pub fn load_or_make(data: &Path) -> Result<Self> {
        let path = data.join(FILE_NAME);
        let bytes: [u8; KEY_BYTES] = match files::read(&path)? {
            Some(text) => HEXLOWER
                .decode(text.trim().as_bytes())
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .with_context(|| format!("{}: {KEY_BYTES} bytes in hexadecimal expected", path.display()))?,
            None => {
                let made: [u8; KEY_BYTES] = rand::random();
                files::write(&path, HEXLOWER.encode(&made).as_bytes(), Secrecy::Secret)?;
                made
            }
        };
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes)
            .map_err(|_| anyhow::anyhow!("{}: no key", path.display()))?;
        // Another key for another use, from the same file.
        let marks = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), b"kiemke marks");
        Ok(Self { key: LessSafeKey::new(key), marks: hmac::Key::new(hmac::HMAC_SHA256, marks.as_ref()) })
    }

    /// `what` is sealed along: what was sealed for one unit opens for no other.
    pub fn seal(&self, what: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(what.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| anyhow::anyhow!("credentials cannot be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub fn open(&self, what: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let Some((nonce, text)) = sealed.split_at_checked(NONCE_LEN) else {
            bail!("sealed credentials are cut off");
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce)
            .map_err(|_| anyhow::anyhow!("sealed credentials are cut off"))?;
        let mut plain = text.to_vec();
        let length = self
            .key
            .open_in_place(nonce, Aad::from(what.as_bytes()), &mut plain)
            .map_err(|_| anyhow::anyhow!("{FILE_NAME} is not the key that sealed the credentials of {what}"))?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// Tells a change of what is secret without telling what it is.
    pub fn mark(&self, text: &[u8]) -> Vec<u8> {
        hmac::sign(&self.marks, text).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_the_same_key_for_the_same_unit_alone() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::load_or_make(folder.path()).unwrap();
        let sealed = vault.seal("760", b"community").unwrap();
        assert!(!sealed.windows(9).any(|part| part == b"community"));
        let again = Vault::load_or_make(folder.path()).unwrap();
        assert_eq!(again.open("760", &sealed).unwrap(), b"community");
        assert!(again.open("761", &sealed).is_err());
        assert_eq!(vault.mark(b"x"), again.mark(b"x"));
        let other = Vault::load_or_make(tempfile::tempdir().unwrap().path()).unwrap();
        let error = other.open("760", &sealed).unwrap_err().to_string();
        assert_eq!(error, "settings.key is not the key that sealed the credentials of 760");
        assert!(other.open("760", b"short").is_err());
    }

    #[test]
    fn a_key_file_that_is_none_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), "short").unwrap();
        let error = Vault::load_or_make(folder.path()).err().unwrap().to_string();
        assert!(error.ends_with("settings.key: 32 bytes in hexadecimal expected"), "{error}");
    }
}
