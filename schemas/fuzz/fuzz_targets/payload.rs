#![no_main]
//! Bytes that a device with a valid key signed: they are decompressed, whatever they are.

use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use ed25519_dalek::{Signer, SigningKey};
use kiemke_schemas::envelope::{MAX_UNPACKED_BYTES, Purpose, Unverified};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let key = SigningKey::from_bytes(&[7; 32]);
    let protected = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(b"me".to_vec()).build();
    let sealed = CoseSign1Builder::new()
        .protected(protected)
        .payload(data.to_vec())
        .create_signature(b"kiemke/v1/report", |message| key.sign(message).to_vec())
        .build()
        .to_tagged_vec();
    let Ok(sealed) = sealed else { return };
    let Ok(envelope) = Unverified::parse(&sealed) else { return };
    if let Ok(json) = envelope.open(Purpose::Report, &key.verifying_key()) {
        assert!(json.len() <= MAX_UNPACKED_BYTES);
    }
});
