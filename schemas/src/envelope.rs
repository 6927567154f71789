//! COSE_Sign1 (RFC 9052, tagged 18) with EdDSA over zstd-compressed JSON. The purpose is the external
//! additional data, so that nothing sealed for one use is accepted for another.
#![cfg_attr(
    windows,
    allow(
        clippy::missing_const_for_thread_local,
        reason = "they are constant; the lint does not see it there"
    )
)]

use crate::DeviceId;
use coset::{
    CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, RegisteredLabelWithPrivate,
    TaggedCborSerializable, iana,
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::{
    cell::RefCell,
    io::{self, Read},
};
use zstd::bulk::{Compressor, Decompressor};

/// Of an envelope as it travels.
pub const MAX_PACKED_BYTES: usize = 512 * 1024;
/// Of the JSON inside; decompression stops here, so that a small bomb stays small.
pub const MAX_UNPACKED_BYTES: usize = 1024 * 1024;
/// Small window: a report is decoded with little memory whatever its header claims.
const MAX_WINDOW_LOG: u32 = 20;
const COMPRESSION_LEVEL: i32 = 6;
/// A full report, now and then. It takes the compressor megabytes, which are given back; a higher level than this one
/// saves little and costs an old computer many times its time.
const RARE_LEVEL: i32 = 9;
const RARE_BYTES: usize = 32 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Report,
    Command,
    Renewal,
    /// By the release key, which no collector has.
    Release,
}

impl Purpose {
    fn additional_data(self) -> &'static [u8] {
        match self {
            Self::Report => b"kiemke/v1/report",
            Self::Command => b"kiemke/v1/command",
            Self::Renewal => b"kiemke/v1/renewal",
            Self::Release => b"kiemke/v1/release",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("envelope of {0} bytes is over the limit of {MAX_PACKED_BYTES}")]
    TooLarge(usize),
    #[error("not a COSE_Sign1 envelope: {0}")]
    Cose(String),
    #[error("header {field}: {message}")]
    Header { field: &'static str, message: String },
    #[error("the signature does not fit the key")]
    Signature,
    #[error("payload is not zstd: {0}")]
    Compression(std::io::Error),
    #[error("payload unpacks to more than {MAX_UNPACKED_BYTES} bytes")]
    UnpackedTooLarge,
}

/// Compresses, signs and packs `json`; `signer` becomes the key id.
pub fn seal(json: &[u8], signer: &str, purpose: Purpose, key: &SigningKey) -> Result<Vec<u8>, EnvelopeError> {
    if json.len() > MAX_UNPACKED_BYTES {
        return Err(EnvelopeError::UnpackedTooLarge);
    }
    let payload = pack(json).map_err(EnvelopeError::Compression)?;
    let protected =
        HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(signer.as_bytes().to_vec()).build();
    let sealed = CoseSign1Builder::new()
        .protected(protected)
        .payload(payload)
        .create_signature(purpose.additional_data(), |message| key.sign(message).to_vec())
        .build()
        .to_tagged_vec()
        .map_err(|error| EnvelopeError::Cose(error.to_string()))?;
    if sealed.len() > MAX_PACKED_BYTES { Err(EnvelopeError::TooLarge(sealed.len())) } else { Ok(sealed) }
}

/// An envelope whose structure is sound and whose signature nobody has checked yet.
pub struct Unverified {
    sign1: CoseSign1,
    signer: String,
}

impl Unverified {
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > MAX_PACKED_BYTES {
            return Err(EnvelopeError::TooLarge(bytes.len()));
        }
        let sign1 = CoseSign1::from_tagged_slice(bytes)
            .or_else(|_| CoseSign1::from_slice(bytes))
            .map_err(|error| EnvelopeError::Cose(error.to_string()))?;
        let header = &sign1.protected.header;
        if header.alg != Some(RegisteredLabelWithPrivate::Assigned(iana::Algorithm::EdDSA)) {
            return Err(EnvelopeError::Header { field: "alg", message: "EdDSA expected".into() });
        }
        let signer = String::from_utf8(header.key_id.clone())
            .map_err(|_| EnvelopeError::Header { field: "kid", message: "not UTF-8".into() })?;
        Ok(Self { sign1, signer })
    }

    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// The key id as a device id.
    pub fn device(&self) -> Result<DeviceId, EnvelopeError> {
        self.signer.parse().map_err(|error: crate::device_id::InvalidDeviceId| EnvelopeError::Header {
            field: "kid",
            message: error.to_string(),
        })
    }

    /// Checks the signature, then unpacks: nothing unsigned is decompressed.
    pub fn open(self, purpose: Purpose, key: &VerifyingKey) -> Result<Vec<u8>, EnvelopeError> {
        self.sign1.verify_signature(purpose.additional_data(), |signature, message| {
            let signature = Signature::from_slice(signature).map_err(|_| EnvelopeError::Signature)?;
            key.verify_strict(message, &signature).map_err(|_| EnvelopeError::Signature)
        })?;
        unpack(self.sign1.payload.as_deref().unwrap_or_default())
    }
}

thread_local! {
    // To make a context costs more than to use it once, and reports come by the thousand.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn pack(json: &[u8]) -> io::Result<Vec<u8>> {
    if json.len() >= RARE_BYTES {
        return zstd::bulk::compress(json, RARE_LEVEL);
    }
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(COMPRESSION_LEVEL)?),
        };
        compressor.compress(json)
    })
}

/// A payload that says its size is unpacked into just that much room.
fn unpack(payload: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    match Decompressor::upper_bound(payload) {
        Some(size) if size <= MAX_UNPACKED_BYTES => {
            unpack_into(payload, size).map_err(EnvelopeError::Compression)
        }
        _ => unpack_stream(payload),
    }
}

fn unpack_into(payload: &[u8], size: usize) -> io::Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::new()?),
        };
        decompressor.decompress(payload, size)
    })
}

fn unpack_stream(payload: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let mut decoder = zstd::Decoder::with_buffer(payload).map_err(EnvelopeError::Compression)?;
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(EnvelopeError::Compression)?;
    let mut json = Vec::with_capacity(payload.len().saturating_mul(4).min(MAX_UNPACKED_BYTES));
    let limit = MAX_UNPACKED_BYTES as u64 + 1;
    decoder.take(limit).read_to_end(&mut json).map_err(EnvelopeError::Compression)?;
    if json.len() > MAX_UNPACKED_BYTES { Err(EnvelopeError::UnpackedTooLarge) } else { Ok(json) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn open(bytes: &[u8], purpose: Purpose) -> Result<Vec<u8>, EnvelopeError> {
        Unverified::parse(bytes)?.open(purpose, &key().verifying_key())
    }

    #[test]
    fn what_was_sealed_opens_for_its_purpose_only() {
        let sealed = seal(b"{}", "me", Purpose::Report, &key()).unwrap();
        assert_eq!(Unverified::parse(&sealed).unwrap().signer(), "me");
        assert_eq!(open(&sealed, Purpose::Report).unwrap(), b"{}");
        assert!(matches!(open(&sealed, Purpose::Command), Err(EnvelopeError::Signature)));
    }

    #[test]
    fn a_changed_byte_never_opens() {
        let sealed = seal(b"{\"a\":1}", "me", Purpose::Report, &key()).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            if let Ok(json) = open(&changed, Purpose::Report) {
                // Only the optional tag around the same signed content may differ.
                assert_eq!(json, b"{\"a\":1}", "byte {at}");
                assert_eq!(at, 0);
            }
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let payload = zstd::bulk::compress(&vec![b' '; 64 * MAX_UNPACKED_BYTES], 1).unwrap();
        assert!(payload.len() < 20_000);
        assert!(matches!(
            unpack(&payload),
            Err(EnvelopeError::UnpackedTooLarge | EnvelopeError::Compression(_))
        ));
    }
}
