//! The Ed25519 key that signs what the collector tells agents.

use super::files::{self, Secrecy};
use anyhow::{Context, Result};
use data_encoding::BASE64;
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use std::path::Path;

pub const FILE_NAME: &str = "command.key";

pub fn load_or_make(data: &Path) -> Result<SigningKey> {
    let path = data.join(FILE_NAME);
    if let Some(pem) = files::read(&path)? {
        return SigningKey::from_pkcs8_pem(&pem)
            .with_context(|| format!("{}: no Ed25519 key", path.display()));
    }
    let key = SigningKey::from_bytes(&rand::random());
    let pem = key.to_pkcs8_pem(LineEnding::LF).context("cannot encode the command key")?;
    files::write(&path, pem.as_bytes(), Secrecy::Secret)?;
    Ok(key)
}

/// As agents get it at enrolment.
pub fn public_text(key: &SigningKey) -> String {
    BASE64.encode(key.verifying_key().as_bytes())
}
