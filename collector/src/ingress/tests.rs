//! What the gate lets through.

use super::{
    connections::Connections,
    gate::{Arrival, Decision, Gate, Publication},
};
use crate::{
    ingest::{
        Verdict,
        tests::support::{Bench, texts},
    },
    inventory::device::DeviceState,
    outbox::Outbox,
};
use bytes::Bytes;
use std::sync::Arc;

const OTHER: &str = "mzuhvlpymk6xo3epygfy5h4oea";

/// A gate and its device, whose certificate has the serial 51.
async fn gate() -> (Gate, Bench) {
    let bench = Bench::new().await;
    let connections = Arc::new(Connections::default());
    let (outbox, _) = Outbox::new();
    let gate = Gate { directory: bench.directory.clone(), connections, ingest: bench.ingest.clone(), outbox };
    (gate, bench)
}

fn arrives(gate: &Gate, name: &str, client_id: &str, serial: &str, will_topic: Option<&str>) -> bool {
    gate.admit(&Arrival {
        client_id,
        common_name: Some(name),
        serial: Some(serial),
        will_topic,
        peer: Some(([127, 0, 0, 1], 4000).into()),
    })
}

async fn publishes(gate: &Gate, device: &str, topic: &str, retain: bool, payload: Vec<u8>) -> Decision {
    let payload = Bytes::from(payload);
    gate.publish(Publication { device, topic, retain, payload, peer: None }).await
}

/// Reasons of the rows in the order they were written.
async fn reasons(bench: &Bench) -> Vec<String> {
    bench.send(&bench.full((1, 1), &texts("WD", "5.2"))).await;
    sqlx::query_scalar("SELECT reason FROM rejection ORDER BY id")
        .fetch_all(bench.store.reader())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_known_device_with_its_own_certificate_comes_in() {
    let (gate, bench) = gate().await;
    let id = bench.device.as_str();
    let own_will = format!("kiemke/v1/{id}/status");
    assert!(arrives(&gate, id, id, "51", Some(&own_will)));
    assert!(!arrives(&gate, id, OTHER, "51", None));
    assert!(!arrives(&gate, OTHER, OTHER, "51", None));
    assert!(!arrives(&gate, id, id, "52", None));
    assert!(!arrives(&gate, id, id, "51", Some(&format!("kiemke/v1/{OTHER}/status"))));
    assert!(!arrives(&gate, id, id, "51", Some(&format!("kiemke/v1/{id}/report"))));
    let arrival = Arrival { client_id: id, common_name: None, serial: None, will_topic: None, peer: None };
    assert!(!gate.admit(&arrival));
    let expected = [
        "wrong-client-id",
        "device-unknown",
        "wrong-certificate",
        "wrong-will-topic",
        "wrong-will-topic",
        "no-certificate",
    ];
    assert_eq!(reasons(&bench).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_command_topic_may_be_subscribed() {
    let (gate, bench) = gate().await;
    let id = bench.device.as_str();
    assert!(arrives(&gate, id, id, "51", None));
    assert!(gate.may_subscribe(id, &format!("kiemke/v1/{id}/command"), None));
    for filter in [
        "#".to_owned(),
        "kiemke/v1/+/command".to_owned(),
        format!("kiemke/v1/{OTHER}/command"),
        format!("kiemke/v1/{id}/report"),
        format!("$share/g/kiemke/v1/{id}/command"),
        "$SYS/#".to_owned(),
    ] {
        assert!(!gate.may_subscribe(id, &filter, None), "{filter}");
    }
    assert_eq!(reasons(&bench).await, ["wrong-subscription"; 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_topics_may_be_published_on() {
    let (gate, bench) = gate().await;
    let id = bench.device.as_str().to_owned();
    assert!(arrives(&gate, &id, &id, "51", None));
    for topic in [
        format!("kiemke/v1/{OTHER}/report"),
        format!("kiemke/v1/{id}/command"),
        "kiemke/v1/report".to_owned(),
        "$SYS/x".to_owned(),
    ] {
        let decision = publishes(&gate, &id, &topic, false, Vec::new()).await;
        assert!(matches!(decision, Decision::Disconnect), "{topic}");
    }
    let own = format!("kiemke/v1/{id}/report");
    assert!(matches!(publishes(&gate, &id, &own, true, Vec::new()).await, Decision::Disconnect));
    let report = serde_json::to_vec(&bench.full((1, 1), &texts("WD", "5.2"))).unwrap();
    let decision = publishes(&gate, &id, &own, false, bench.seal(&report)).await;
    let Decision::Answer { answer, .. } = decision else { panic!("no answer") };
    assert_eq!(answer.verdict, Verdict::Stored { boot: 1, sequence: 1, order: false });
    let status = format!("kiemke/v1/{id}/status");
    assert!(matches!(publishes(&gate, &id, &status, false, b"{}".to_vec()).await, Decision::Accept));
    let mut expected = vec!["wrong-topic"; 4];
    expected.extend(["retained", "status"]);
    assert_eq!(reasons(&bench).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_is_out_at_its_next_packet() {
    let (gate, bench) = gate().await;
    let id = bench.device.as_str().to_owned();
    assert!(arrives(&gate, &id, &id, "51", None));
    bench.store.set_device_state(&id, DeviceState::Revoked, "stolen", "test").await.unwrap();
    bench.directory.put(&bench.store.device(&id).await.unwrap().unwrap()).unwrap();
    let report = serde_json::to_vec(&bench.full((1, 1), &texts("WD", "5.2"))).unwrap();
    let own = format!("kiemke/v1/{id}/report");
    assert!(matches!(publishes(&gate, &id, &own, false, bench.seal(&report)).await, Decision::Disconnect));
    assert!(!gate.may_subscribe(&id, &format!("kiemke/v1/{id}/command"), None));
    assert!(!arrives(&gate, &id, &id, "51", None));
    assert_eq!(bench.count("report").await, 0);
}
