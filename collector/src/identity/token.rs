//! Enrolment tokens: `<id>-<secret>.<SHA-256 of the CA>`. The store knows the hash of `<id>-<secret>`.

use super::authority::Authority;
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const ID_BYTES: usize = 5;
const SECRET_BYTES: usize = 20;

pub struct NewToken {
    pub id: String,
    pub secret_hash: Vec<u8>,
    /// What the person gets, once.
    pub text: String,
}

pub fn make(authority: &Authority) -> NewToken {
    let id = random_text::<ID_BYTES>();
    let secret = format!("{id}-{}", random_text::<SECRET_BYTES>());
    NewToken { id, secret_hash: hash(&secret), text: format!("{secret}.{}", authority.fingerprint()) }
}

fn random_text<const N: usize>() -> String {
    BASE32_NOPAD.encode(&rand::random::<[u8; N]>()).to_ascii_lowercase()
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A token as an agent presents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented<'a> {
    pub id: &'a str,
    secret: &'a str,
}

impl<'a> Presented<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let (secret, _) = text.trim().split_once('.')?;
        let (id, _) = secret.split_once('-')?;
        Some(Self { id, secret })
    }

    pub fn fits(&self, secret_hash: &[u8]) -> bool {
        hash(self.secret).ct_eq(secret_hash).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_fits() {
        let folder = tempfile::tempdir().unwrap();
        let token = make(&Authority::load_or_make(folder.path()).unwrap());
        let presented = Presented::parse(&token.text).unwrap();
        assert_eq!(presented.id, token.id);
        assert!(presented.fits(&token.secret_hash));
        let other = format!("{}-aaaa.{}", token.id, "0".repeat(64));
        assert!(!Presented::parse(&other).unwrap().fits(&token.secret_hash));
        for text in ["", "abc", "abc.def", "-"] {
            assert_eq!(Presented::parse(text), None, "{text}");
        }
    }
}
