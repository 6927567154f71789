//! Seals what the collector entrusts to this agent, under a key that its own identity gives: a copy of one file
//! opens no router.

use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};

const PURPOSE: &[u8] = b"kiemke settings of an agent";

#[derive(Clone)]
pub struct Vault([u8; 32]);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("credentials of the settings cannot be {0} with this identity")]
pub struct Unsealable(&'static str);

impl Vault {
    pub fn of(identity: &SigningKey) -> Self {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, identity.as_bytes()), PURPOSE);
        let mut key = [0; 32];
        key.copy_from_slice(tag.as_ref());
        Self(key)
    }

    fn key(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&CHACHA20_POLY1305, &self.0).ok().map(LessSafeKey::new)
    }

    pub fn seal(&self, plain: &[u8]) -> Result<String, Unsealable> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut text = plain.to_vec();
        let key = self.key().ok_or(Unsealable("sealed"))?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(PURPOSE), &mut text)
            .map_err(|_| Unsealable("sealed"))?;
        Ok(BASE64.encode(&[nonce.as_slice(), &text].concat()))
    }

    pub fn open(&self, sealed: &str) -> Result<Vec<u8>, Unsealable> {
        self.opened(sealed).ok_or(Unsealable("opened"))
    }

    fn opened(&self, sealed: &str) -> Option<Vec<u8>> {
        let bytes = BASE64.decode(sealed.as_bytes()).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
        let mut plain = text.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let length = self.key()?.open_in_place(nonce, Aad::from(PURPOSE), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_the_same_identity_alone() {
        let vault = Vault::of(&SigningKey::from_bytes(&[7; 32]));
        let sealed = vault.seal(b"community").unwrap();
        assert_ne!(sealed, vault.seal(b"community").unwrap());
        assert_eq!(Vault::of(&SigningKey::from_bytes(&[7; 32])).open(&sealed).unwrap(), b"community");
        let other = Vault::of(&SigningKey::from_bytes(&[8; 32]));
        let error = other.open(&sealed).unwrap_err().to_string();
        assert_eq!(error, "credentials of the settings cannot be opened with this identity");
        assert!(vault.open("short").is_err() && vault.open("").is_err());
    }
}
