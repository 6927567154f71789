//! Passwords of people: argon2id with the crate's defaults.

use anyhow::{Result, anyhow};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use data_encoding::BASE32_NOPAD;

/// 100 random bits.
const RANDOM_BYTES: usize = 13;
const RANDOM_CHARACTERS: usize = 20;

pub fn random() -> String {
    let bytes: [u8; RANDOM_BYTES] = rand::random();
    BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()[..RANDOM_CHARACTERS].to_owned()
}

pub fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow!("cannot hash the password: {error}"))?;
    Ok(hash.to_string())
}

pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_verifies() {
        let password = random();
        assert_eq!(password.len(), 20);
        let hash = hash(&password).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"));
        assert!(verify(&password, &hash));
        assert!(!verify("another password", &hash));
        assert!(!verify(&password, "no hash"));
    }
}
