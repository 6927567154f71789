//! Decoding never panics, and what is refused is refused with a reason.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use ed25519_dalek::SigningKey;
use kiemke_schemas::{
    DeviceId, Report, SCHEMA_VERSION,
    digest::StateDigest,
    envelope::{EnvelopeError, MAX_PACKED_BYTES, MAX_UNPACKED_BYTES, Purpose, Unverified, seal},
    report::ReportError,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn open(bytes: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    Unverified::parse(bytes)?.open(Purpose::Report, &key().verifying_key())
}

fn report() -> Value {
    json!({
        "schema": SCHEMA_VERSION,
        "device": DeviceId::of_key(&[0; 32]),
        "boot": 1,
        "sequence": 1,
        "created_at": "2026-11-21T02:00:00Z",
        "agent": { "version": "1.0.0", "target": "test" },
        "kind": "delta",
        "sections": {},
        "observed_at": {},
        "state_digest": StateDigest::of(&BTreeMap::new()),
    })
}

fn reason(change: impl FnOnce(&mut Value)) -> String {
    let mut report = report();
    change(&mut report);
    Report::from_json(&serde_json::to_vec(&report).unwrap()).unwrap_err().to_string()
}

#[test]
fn a_refusal_names_the_field() {
    assert!(Report::from_json(&serde_json::to_vec(&report()).unwrap()).is_ok());
    assert_eq!(reason(|r| r["schema"] = 2.into()), "field schema: version 2, this side reads 1");
    assert_eq!(reason(|r| r["boot"] = 0.into()), "field boot: must be from 1 to 2^63-1");
    assert_eq!(reason(|r| r["sequence"] = 0.into()), "field sequence: must be from 1 to 2^63-1");
    assert_eq!(
        reason(|r| r["sections"]["storage"] = json!({"value": null})),
        "field observed_at: must have exactly the names of sections"
    );
    assert!(reason(|r| r["device"] = "x".into()).contains("\"x\" is no device id"));
    assert!(reason(|r| r["created_at"] = "yesterday".into()).starts_with("not a report: "));
    assert!(reason(|r| r["sections"]["colour"] = json!({})).contains("colour"));
}

#[test]
fn another_version_is_named_even_when_its_shape_differs() {
    let future = br#"{"schema": 9, "everything": "else"}"#;
    let error = Report::from_json(future).unwrap_err();
    assert!(matches!(error, ReportError::SchemaVersion { found: 9 }), "{error}");
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(Report::from_json(deep.as_bytes()).is_err());
    let mut report = report();
    report["sections"]["storage"] = json!("DEEP");
    report["observed_at"]["storage"] = "2026-11-21T02:00:00Z".into();
    let text = serde_json::to_string(&report).unwrap().replace("\"DEEP\"", &deep);
    let error = Report::from_json(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "section storage: nested deeper than 64 levels");
}

#[test]
fn invalid_utf8_is_an_error() {
    let text = serde_json::to_vec(&report()).unwrap();
    let text: Vec<u8> = text.iter().map(|byte| if *byte == b't' { 0xff } else { *byte }).collect();
    assert!(Report::from_json(&text).is_err());
}

#[test]
fn sizes_are_limited_before_and_after_unpacking() {
    assert!(matches!(open(&vec![0; MAX_PACKED_BYTES + 1]), Err(EnvelopeError::TooLarge(_))));
    let text = vec![b' '; MAX_UNPACKED_BYTES + 1];
    assert!(matches!(seal(&text, "me", Purpose::Report, &key()), Err(EnvelopeError::UnpackedTooLarge)));
    let most = seal(&text[1..], "me", Purpose::Report, &key()).unwrap();
    assert_eq!(open(&most).unwrap().len(), MAX_UNPACKED_BYTES);
}

#[test]
fn a_truncated_envelope_is_an_error_at_every_length() {
    let sealed = seal(b"{\"a\":1}", "me", Purpose::Report, &key()).unwrap();
    for length in 0..sealed.len() {
        assert!(open(&sealed[..length]).is_err(), "{length} of {} bytes", sealed.len());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = open(&bytes);
        let _ = Report::from_json(&bytes);
    }

    #[test]
    fn what_was_sealed_is_what_is_opened(json in prop::collection::vec(any::<u8>(), 0..5000)) {
        let sealed = seal(&json, "me", Purpose::Report, &key()).unwrap();
        prop_assert_eq!(open(&sealed).unwrap(), json);
    }

    #[test]
    fn a_damaged_envelope_never_opens_to_another_text(at in 0usize..200, flip in 1u8..=255) {
        let sealed = seal(b"{\"sections\":{}}", "me", Purpose::Report, &key()).unwrap();
        let mut damaged = sealed.clone();
        let at = at % damaged.len();
        damaged[at] ^= flip;
        if let Ok(json) = open(&damaged) {
            prop_assert_eq!(json, b"{\"sections\":{}}");
        }
    }

    #[test]
    fn a_changed_report_is_read_or_refused_but_never_panics(at in 0usize..400, byte in any::<u8>()) {
        let mut text = serde_json::to_vec(&report()).unwrap();
        let at = at % text.len();
        text[at] = byte;
        if let Ok(report) = Report::from_json(&text) {
            prop_assert!(report.boot >= 1 && report.sequence >= 1);
            prop_assert_eq!(report.schema, SCHEMA_VERSION);
        }
    }

    #[test]
    fn boots_and_sequences_beyond_the_store_are_refused(boot in (i64::MAX as u64 + 1)..) {
        let text = reason(|r| r["boot"] = boot.into());
        prop_assert_eq!(text, "field boot: must be from 1 to 2^63-1");
    }
}
