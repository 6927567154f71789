#![no_main]
//! Bytes of a publish. The key of `compat/v1` is the one they are checked against.

use ed25519_dalek::SigningKey;
use kiemke_schemas::envelope::{MAX_UNPACKED_BYTES, Purpose, Unverified};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(envelope) = Unverified::parse(data) else { return };
    let _ = envelope.device();
    let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
    if let Ok(json) = envelope.open(Purpose::Report, &key) {
        assert!(json.len() <= MAX_UNPACKED_BYTES);
    }
});
