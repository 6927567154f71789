use super::*;
use crate::inventory::{DeviceFacts, Protection, testing::*};
use kiemke_schemas::section::antivirus::ProductState;
use serde_json::json;

const HOC: &str = "HOC";

fn system(servers: [DeviceFacts; 2]) -> UnitInventory {
    let [first, second] = servers;
    let names = [first.device.clone(), second.device.clone()];
    unit()
        .with(first)
        .with(second)
        .declaring("", "line.1", "VNPT")
        .declaring("", "line.2", "FPT")
        .declaring(HOC, "server.1", &names[0])
        .declaring(HOC, "server.2", &names[1])
}

fn loaded(id: &str, processors: u32, p95: u32) -> DeviceFacts {
    DeviceFacts {
        processors: Some(processors),
        processor_p95_permille: Some(p95),
        processors_in_use: Some((processors * p95).div_ceil(1000)),
        ..server(id)
    }
}

fn stored(id: &str, used: u64, total: u64) -> DeviceFacts {
    DeviceFacts { storage_used_bytes: Some(used), storage_total_bytes: Some(total), ..server(id) }
}

#[test]
fn cpu_near_limit() {
    assert_eq!(found(&system([loaded("s1", 8, 850), loaded("s2", 8, 850)])), NOTHING);
    let busy = system([loaded("s1", 8, 950), loaded("s2", 8, 752)]);
    assert_eq!(found(&busy), one("system.cpu-near-limit", HOC));
    assert_eq!(
        evidence(&busy, "system.cpu-near-limit"),
        json!({"used_permille": 851, "limit_permille": 850, "processors_in_use": 15, "processors": 16,
               "servers": ["s1", "s2"]})
    );
    // 95 % of one small server is little of the system.
    assert_eq!(found(&system([loaded("s1", 2, 950), loaded("s2", 16, 100)])), NOTHING);
    assert_eq!(found(&system([server("s1"), server("s2")])), NOTHING);
}

#[test]
fn storage_near_limit() {
    assert_eq!(found(&system([stored("s1", 850, 1_000), stored("s2", 1_700, 2_000)])), NOTHING);
    let full = system([stored("s1", 400, 1_000), stored("s2", 1_951, 1_600)]);
    assert_eq!(found(&full), one("system.storage-near-limit", HOC));
    let one_known = system([stored("s1", 900, 1_000), server("s2")]);
    assert_eq!(
        evidence(&one_known, "system.storage-near-limit"),
        json!({"used_permille": 900, "limit_permille": 850, "used_bytes": 900, "total_bytes": 1_000,
               "servers": ["s1"]})
    );
}

#[test]
fn server_unprotected() {
    let with = |protection| system([DeviceFacts { protection, ..server("s1") }, server("s2")]);
    let absent = with(Protection::Absent);
    let expected = [("endpoint.no-protection", "s1".to_owned()), ("system.server-unprotected", HOC.into())];
    assert_eq!(found(&absent), expected);
    assert_eq!(
        evidence(&absent, "system.server-unprotected"),
        json!({"servers": [{"device": "s1", "host_name": "PC-S1", "rule": "endpoint.no-protection"}]})
    );
    let off = with(installed(vec![product(ProductState::Expired)]));
    let expected = [("endpoint.protection-off", "s1".to_owned()), ("system.server-unprotected", HOC.into())];
    assert_eq!(found(&off), expected);
    assert_eq!(found(&with(Protection::Unknown)), NOTHING);
}
