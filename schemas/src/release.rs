//! Releases of the agent: what a manifest says, and who may say it. The executable is fetched from
//! `GET /api/v1/releases/{version}/{target}`.

use crate::envelope::{self, EnvelopeError, Purpose, Unverified};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{SigningKey, VerifyingKey};
use jiff::Timestamp;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cmp::Ordering;

pub const RELEASES_PATH: &str = "/api/v1/releases";
pub const MAX_EXECUTABLE_BYTES: u64 = 64 * 1024 * 1024;
/// No roll-out waits longer.
pub const MAX_SPREAD_SECONDS: u32 = 7 * 24 * 3600;
const SIGNER: &str = "release";
const LONGEST_TARGET: usize = 64;

pub fn path(version: &Version, target: &str) -> String {
    format!("{RELEASES_PATH}/{version}/{target}")
}

/// By which an executable is told from another one of the same version and target (`ETag`, `If-Range`).
pub fn entity_tag(sha256: &str) -> String {
    format!("\"{sha256}\"")
}

/// One executable of one version, sealed by the release key (see [`Manifest::seal`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// Semantic Versioning.
    pub version: Version,
    /// Rust target triple.
    pub target: String,
    /// Bytes of the executable.
    pub size: u64,
    /// Of the executable, lower-case hex.
    pub sha256: String,
    pub released_at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("manifest: {0}")]
    Envelope(EnvelopeError),
    #[error("manifest: not of this version of the format: {0}")]
    Json(serde_json::Error),
    #[error("manifest, field {field}: {message}")]
    Field { field: &'static str, message: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    #[error("not base64")]
    Base64,
    #[error("not an Ed25519 public key of 32 bytes")]
    Key,
}

fn wrong(field: &'static str, message: impl Into<String>) -> ManifestError {
    ManifestError::Field { field, message: message.into() }
}

/// Whether `new` is to replace `own`: build metadata makes no version newer.
pub fn is_newer(new: &Version, own: &Version) -> bool {
    new.cmp_precedence(own) == Ordering::Greater
}

/// A release key as enrolment and commands carry it.
pub fn parse_key(text: &str) -> Result<VerifyingKey, InvalidKey> {
    let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_| InvalidKey::Base64)?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| InvalidKey::Key)?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).ok_or(InvalidKey::Key)
}

pub fn key_text(key: &VerifyingKey) -> String {
    BASE64.encode(key.as_bytes())
}

impl Manifest {
    pub fn of(version: Version, target: String, executable: &[u8], released_at: Timestamp) -> Self {
        let sha256 = HEXLOWER.encode(&Sha256::digest(executable));
        Self { version, target, size: executable.len() as u64, sha256, released_at }
    }

    pub fn seal(&self, key: &SigningKey) -> Result<Vec<u8>, ManifestError> {
        self.check()?;
        let json = serde_json::to_vec(self).map_err(ManifestError::Json)?;
        envelope::seal(&json, SIGNER, Purpose::Release, key).map_err(ManifestError::Envelope)
    }

    /// What a sealed manifest says, where `key` sealed it.
    pub fn open(sealed: &[u8], key: &VerifyingKey) -> Result<Self, ManifestError> {
        let envelope = Unverified::parse(sealed).map_err(ManifestError::Envelope)?;
        let json = envelope.open(Purpose::Release, key).map_err(ManifestError::Envelope)?;
        let manifest: Self = serde_json::from_slice(&json).map_err(ManifestError::Json)?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let starts_well = self.target.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !starts_well || self.target.len() > LONGEST_TARGET || !self.target.chars().all(plain) {
            return Err(wrong("target", format!("{:?} is no Rust target triple", self.target)));
        }
        if self.size == 0 || self.size > MAX_EXECUTABLE_BYTES {
            let message = format!("{} bytes is not from 1 to {MAX_EXECUTABLE_BYTES}", self.size);
            return Err(wrong("size", message));
        }
        match HEXLOWER.decode(self.sha256.as_bytes()) {
            Ok(hash) if hash.len() == 32 => Ok(()),
            _ => Err(wrong("sha256", "not 64 lower-case hexadecimal digits")),
        }
    }

    /// Whether this is the executable that was released.
    pub fn check_executable(&self, executable: &[u8]) -> Result<(), ManifestError> {
        self.check_digest(executable.len() as u64, &Sha256::digest(executable).into())
    }

    /// [`Self::check_executable`] for one that was read in pieces.
    pub fn check_digest(&self, size: u64, sha256: &[u8; 32]) -> Result<(), ManifestError> {
        if size != self.size {
            return Err(wrong("size", format!("{} bytes, the executable has {size}", self.size)));
        }
        if HEXLOWER.encode(sha256) != self.sha256 {
            return Err(wrong("sha256", "it is of another executable"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    fn manifest() -> Manifest {
        let version = Version::new(1, 2, 3);
        Manifest::of(version, "x86_64-unknown-linux-musl".into(), b"program", Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_manifest_opens_with_its_key_and_for_its_purpose_only() {
        let sealed = manifest().seal(&key()).unwrap();
        assert_eq!(Manifest::open(&sealed, &key().verifying_key()).unwrap(), manifest());
        let other = SigningKey::from_bytes(&[4; 32]).verifying_key();
        let error = Manifest::open(&sealed, &other).unwrap_err().to_string();
        assert_eq!(error, "manifest: the signature does not fit the key");
        let json = serde_json::to_vec(&manifest()).unwrap();
        let command = envelope::seal(&json, SIGNER, Purpose::Command, &key()).unwrap();
        assert!(Manifest::open(&command, &key().verifying_key()).is_err());
    }

    #[test]
    fn wrong_fields_are_told_by_name() {
        let error = |manifest: Manifest| manifest.seal(&key()).unwrap_err().to_string();
        assert_eq!(
            error(Manifest { target: "../x".into(), ..manifest() }),
            "manifest, field target: \"../x\" is no Rust target triple"
        );
        assert_eq!(
            error(Manifest { size: 0, ..manifest() }),
            "manifest, field size: 0 bytes is not from 1 to 67108864"
        );
        assert_eq!(
            error(Manifest { sha256: "AB".into(), ..manifest() }),
            "manifest, field sha256: not 64 lower-case hexadecimal digits"
        );
    }

    #[test]
    fn another_executable_is_refused() {
        manifest().check_executable(b"program").unwrap();
        let error = |bytes: &[u8]| manifest().check_executable(bytes).unwrap_err().to_string();
        assert_eq!(error(b"programs"), "manifest, field size: 7 bytes, the executable has 8");
        assert_eq!(error(b"Program"), "manifest, field sha256: it is of another executable");
    }

    #[test]
    fn newer_is_by_precedence() {
        let newer = |new: &str, own: &str| is_newer(&new.parse().unwrap(), &own.parse().unwrap());
        assert!(newer("0.10.0", "0.9.9") && newer("1.0.0", "1.0.0-rc.1"));
        assert!(!newer("1.0.0", "1.0.0") && !newer("1.0.0+2", "1.0.0+1") && !newer("0.9.0", "0.10.0"));
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        let key = key().verifying_key();
        assert_eq!(parse_key(&key_text(&key)), Ok(key));
        assert_eq!(parse_key("!"), Err(InvalidKey::Base64));
        assert_eq!(parse_key("AAAA"), Err(InvalidKey::Key));
        assert_eq!(parse_key(&BASE64.encode(&[0; 32])), Err(InvalidKey::Key));
    }
}
