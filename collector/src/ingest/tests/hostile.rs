use super::support::{Bench, Texts, stored, texts};
use crate::ingest::Verdict;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use ed25519_dalek::{Signer, SigningKey};
use kiemke_schemas::{
    DeviceId, SectionName,
    envelope::{self, MAX_PACKED_BYTES, Purpose},
};
use serde_json::{Value, json};

fn refused(verdict: Verdict) -> (u64, u64, String) {
    match verdict {
        Verdict::Refused { boot, sequence, reason, .. } => (boot, sequence, reason),
        other => panic!("not refused: {other:?}"),
    }
}

async fn refuses(bench: &Bench, payload: Vec<u8>, reason: &str) -> (u64, u64) {
    let (boot, sequence, why) = refused(bench.publish(payload).await);
    assert!(why.starts_with(reason), "{why}");
    (boot, sequence)
}

fn report(bench: &Bench) -> Value {
    serde_json::to_value(bench.full((3, 4), &texts("WD", "5.2"))).unwrap()
}

/// Signed by the device, whatever `payload` is.
fn signed(bench: &Bench, payload: Vec<u8>) -> Vec<u8> {
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(bench.device.as_str().as_bytes().to_vec())
        .build();
    CoseSign1Builder::new()
        .protected(protected)
        .payload(payload)
        .create_signature(b"kiemke/v1/report", |message| bench.key.sign(message).to_vec())
        .build()
        .to_tagged_vec()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_envelope_of_the_device_is_refused() {
    let bench = Bench::new().await;
    let sound = bench.seal(&serde_json::to_vec(&report(&bench)).unwrap());
    assert_eq!(refuses(&bench, sound[..sound.len() / 2].to_vec(), "envelope: ").await, (0, 0));
    refuses(&bench, Vec::new(), "envelope: ").await;
    refuses(&bench, vec![0xff; 4096], "envelope: ").await;
    refuses(&bench, vec![0; MAX_PACKED_BYTES + 1], "too-large: ").await;
    let other = SigningKey::from_bytes(&[8; 32]);
    let forged = envelope::seal(b"{}", bench.device.as_str(), Purpose::Report, &other).unwrap();
    refuses(&bench, forged, "signature: ").await;
    let stranger = DeviceId::of_key(other.verifying_key().as_bytes());
    let of_stranger = envelope::seal(b"{}", stranger.as_str(), Purpose::Report, &other).unwrap();
    refuses(&bench, of_stranger, "wrong-device: header kid: ").await;
    let command = envelope::seal(b"{}", bench.device.as_str(), Purpose::Command, &bench.key).unwrap();
    refuses(&bench, command, "signature: ").await;
    assert_eq!(bench.count("report").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_is_not_unpacked() {
    let bench = Bench::new().await;
    let bomb = zstd::bulk::compress(&vec![b' '; 64 << 20], 1).unwrap();
    assert!(bomb.len() < 20_000);
    let (_, _, why) = refused(bench.publish(signed(&bench, bomb)).await);
    assert!(why.starts_with("too-large: ") || why.starts_with("compression: "), "{why}");
    refuses(&bench, signed(&bench, b"not zstd".to_vec()), "compression: ").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_report_of_this_version_is_refused_with_its_number() {
    let bench = Bench::new().await;
    let mut other = report(&bench);
    other["schema"] = json!(2);
    other["kind"] = json!("something new");
    let stamp = refuses(&bench, bench.seal(other.to_string().as_bytes()), "schema-version: ").await;
    assert_eq!(stamp, (3, 4));
    let mut other = report(&bench);
    other["device"] = json!(DeviceId::of_key(&[0; 32]).as_str());
    let stamp = refuses(&bench, bench.seal(other.to_string().as_bytes()), "wrong-device: field device").await;
    assert_eq!(stamp, (3, 4));
    refuses(&bench, bench.seal(b"{\"schema\": 1, \"device\": \"\xff\"}"), "json: ").await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refuses(&bench, bench.seal(deep.as_bytes()), "json: ").await;
    assert_eq!(bench.count("report").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_does_not_read_as_its_type_is_refused() {
    let bench = Bench::new().await;
    let bad = Texts::from([(SectionName::Storage, r#"{"value":{"disks":7}}"#.to_owned())]);
    let (boot, sequence, why) = refused(bench.send(&bench.full((3, 4), &bad)).await);
    assert_eq!((boot, sequence), (3, 4));
    assert!(why.starts_with("content: section storage: invalid type"), "{why}");
    let deep = format!(r#"{{"value":{{"more":{}{}}}}}"#, "[".repeat(1000), "]".repeat(1000));
    let deep = Texts::from([(SectionName::Storage, deep)]);
    refused(bench.send(&bench.full((3, 5), &deep)).await);
    assert_eq!((bench.count("report").await, bench.count("device_section").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_rows_but_a_flood_is_only_counted() {
    let bench = Bench::new().await;
    for _ in 0..100 {
        refuses(&bench, vec![0; 10], "envelope: ").await;
    }
    // The rows are written by the same thread in order: this answer comes after them.
    assert_eq!(bench.send(&bench.full((1, 1), &texts("WD", "5.2"))).await, stored(1, 1));
    assert_eq!(bench.count("rejection").await, 20);
}
