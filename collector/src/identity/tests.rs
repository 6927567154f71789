//! Enrolment against a real store.

use super::{assignment::Assignment, authority::Authority, enrolment, refusal::Refusal, token};
use crate::{
    inventory::{Unit, unit::Level},
    store::{Store, devices::DeviceRow, time, tokens::EnrolmentToken},
};
use data_encoding::BASE64;
use ed25519_dalek::{Signer, SigningKey};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::enrolment::{EnrolRequest, MachineFingerprint, proof_text};
use rcgen::{CertificateParams, KeyPair};

const PEER: &str = "10.9.9.9";

struct Office {
    store: Store,
    authority: Authority,
    folder: tempfile::TempDir,
}

fn unit(code: &str, parent: Option<&str>, level: Level) -> Unit {
    let name = code.to_owned();
    Unit {
        code: code.into(),
        parent: parent.map(Into::into),
        level,
        kind: "x".into(),
        name: name.clone(),
        full_name: name,
    }
}

impl Office {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let authority = Authority::load_or_make(folder.path()).unwrap();
        let units = [
            unit("760", None, Level::District),
            unit("26740", Some("760"), Level::Commune),
            unit("761", None, Level::District),
        ];
        store.import_units(&units, time::today(), false).await.unwrap();
        Self { store, authority, folder }
    }

    async fn token(&self, uses: i64) -> String {
        self.token_with(uses, Assignment::default()).await
    }

    async fn token_with(&self, uses: i64, assignment: Assignment) -> String {
        let made = token::make(&self.authority);
        let now = Timestamp::now();
        let token = EnrolmentToken {
            id: made.id,
            secret_hash: made.secret_hash,
            unit: "760".into(),
            uses_total: uses,
            uses_left: uses,
            expires_at: Some(now + SignedDuration::from_hours(1)),
            created_at: now,
            created_by: "test".into(),
            revoked_at: None,
            assignment,
        };
        self.store.insert_token(&token).await.unwrap();
        made.text
    }

    async fn enrol(&self, request: &EnrolRequest) -> Result<DeviceRow, Refusal> {
        enrolment::enrol(&self.store, &self.authority, request, PEER.parse().ok(), Timestamp::now())
            .await
            .map(|done| done.row)
    }
}

fn machine(uuid: u8, board: &str, mac: u8) -> MachineFingerprint {
    MachineFingerprint {
        host_name: "pc".into(),
        board_serial: Some(board.into()),
        system_uuid: Some(format!("4c4c4544-0042-4810-8056-b4c04f4d32{uuid:02x}")),
        machine_id: Some("of the disk image".into()),
        macs: vec![format!("aa:bb:cc:00:00:{mac:02x}")],
    }
}

fn request(token: &str, key: u8, machine: MachineFingerprint) -> EnrolRequest {
    let tls = KeyPair::generate().unwrap();
    let certificate_request =
        CertificateParams::new(Vec::new()).unwrap().serialize_request(&tls).unwrap().pem().unwrap();
    let key = SigningKey::from_bytes(&[key; 32]);
    EnrolRequest {
        token: token.into(),
        unit: None,
        report_key: BASE64.encode(key.verifying_key().as_bytes()),
        proof: BASE64.encode(&key.sign(&proof_text(token, &certificate_request)).to_bytes()),
        certificate_request,
        machine,
        addresses: Vec::new(),
    }
}

fn code(result: Result<DeviceRow, Refusal>) -> &'static str {
    result.map(|row| panic!("{} was let in", row.id)).unwrap_or_else(|refusal| refusal.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_tells_the_units_that_it_opens() {
    let office = Office::new().await;
    let token = office.token(1).await;
    let covered = enrolment::covered_units(&office.store, &token, Timestamp::now()).await.unwrap();
    let told: Vec<_> = covered.iter().map(|unit| (unit.code.as_str(), unit.parent.as_deref())).collect();
    assert_eq!(told, [("760", None), ("26740", Some("760"))]);
    let wrong = format!("{}x", token.split_once('.').unwrap().0);
    let refused = enrolment::covered_units(&office.store, &wrong, Timestamp::now()).await.unwrap_err();
    assert_eq!(refused.code(), "token-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_its_unit_and_those_below_as_often_as_it_says() {
    let office = Office::new().await;
    let token = office.token(2).await;
    let below = EnrolRequest { unit: Some("26740".into()), ..request(&token, 1, machine(1, "BRD-1", 1)) };
    assert_eq!(office.enrol(&below).await.unwrap().unit_code, "26740");
    let outside = EnrolRequest { unit: Some("761".into()), ..request(&token, 2, machine(2, "BRD-2", 2)) };
    assert_eq!(code(office.enrol(&outside).await), "unit-outside-token");
    let nowhere = EnrolRequest { unit: Some("9".into()), ..request(&token, 2, machine(2, "BRD-2", 2)) };
    assert_eq!(code(office.enrol(&nowhere).await), "unit-unknown");
    assert_eq!(office.enrol(&request(&token, 3, machine(3, "BRD-3", 3))).await.unwrap().unit_code, "760");
    assert_eq!(code(office.enrol(&request(&token, 4, machine(4, "BRD-4", 4))).await), "token-used-up");
    // Its answer was lost: the same key needs no use.
    assert_eq!(office.enrol(&request(&token, 3, machine(3, "BRD-3", 3))).await.unwrap().unit_code, "760");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_a_token_lead_to_a_unit_and_a_named_unit_goes_before() {
    let office = Office::new().await;
    let rules = |texts: &[&str], strict| Assignment {
        rules: texts.iter().map(|text| text.parse().unwrap()).collect(),
        strict,
    };
    let token = office.token_with(9, rules(&["10.1.2.0/24=26740"], false)).await;
    let from = |key: u8, address: &str| EnrolRequest {
        addresses: vec![address.parse().unwrap()],
        ..request(&token, key, machine(key, &format!("BRD-{key}"), key))
    };
    assert_eq!(office.enrol(&from(1, "10.1.2.7")).await.unwrap().unit_code, "26740");
    assert_eq!(office.enrol(&from(2, "10.1.3.7")).await.unwrap().unit_code, "760");
    let named = EnrolRequest { unit: Some("760".into()), ..from(3, "10.1.2.7") };
    assert_eq!(office.enrol(&named).await.unwrap().unit_code, "760");
    // The address of the request counts as well, and the name.
    let strict = office.token_with(9, rules(&["10.9.0.0/16=26740"], true)).await;
    assert_eq!(office.enrol(&request(&strict, 4, machine(4, "BRD-4", 4))).await.unwrap().unit_code, "26740");
    let strict = office.token_with(9, rules(&["PC-BN-*=26740"], true)).await;
    let mut named = machine(5, "BRD-5", 5);
    named.host_name = "pc-bn-05".into();
    assert_eq!(office.enrol(&request(&strict, 5, named)).await.unwrap().unit_code, "26740");
    let refused = office.enrol(&request(&strict, 6, machine(6, "BRD-6", 6))).await.unwrap_err();
    assert_eq!(refused.code(), "unit-not-assigned");
    assert_eq!(
        refused.to_string(),
        "field unit: no rule of the token fits pc (10.9.9.9); name the unit with --unit"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_keys_and_proofs_are_refused() {
    let office = Office::new().await;
    let token = office.token(9).await;
    let sound = || request(&token, 1, machine(1, "BRD-1", 1));
    let changed = token.replacen('-', "-x", 1);
    assert_eq!(code(office.enrol(&request(&changed, 1, machine(1, "BRD-1", 1))).await), "token-unknown");
    assert_eq!(code(office.enrol(&EnrolRequest { token: "x".into(), ..sound() }).await), "token-unknown");
    let zero = EnrolRequest { report_key: BASE64.encode(&[0; 32]), ..sound() };
    assert_eq!(code(office.enrol(&zero).await), "report-key");
    let other = request(&token, 2, machine(1, "BRD-1", 1));
    assert_eq!(code(office.enrol(&EnrolRequest { proof: other.proof, ..sound() }).await), "proof");
    let mut nonsense = request(&token, 1, machine(1, "BRD-1", 1));
    nonsense.certificate_request = "nonsense".into();
    let key = SigningKey::from_bytes(&[1; 32]);
    nonsense.proof = BASE64.encode(&key.sign(&proof_text(&token, "nonsense")).to_bytes());
    assert_eq!(code(office.enrol(&nonsense).await), "certificate-request");
    let id = token.split('-').next().unwrap();
    assert!(office.store.revoke_token(id, Timestamp::now(), "test").await.unwrap());
    assert_eq!(code(office.enrol(&sound()).await), "token-revoked");
    assert_eq!(office.store.count_devices().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_enrolments_never_share_the_last_use() {
    let office = Office::new().await;
    let token = office.token(1).await;
    let requests: Vec<_> = (1..=8).map(|n| request(&token, n, machine(n, &format!("BRD-{n}"), n))).collect();
    let done = futures::future::join_all(requests.iter().map(|request| office.enrol(request))).await;
    assert_eq!(done.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reinstalled_computer_goes_on_and_copies_of_a_disk_are_two() {
    let office = Office::new().await;
    let token = office.token(9).await;
    let old = office.enrol(&request(&token, 1, machine(1, "BRD-1", 1))).await.unwrap();
    let new = office.enrol(&request(&token, 2, machine(1, "BRD-1", 1))).await.unwrap();
    assert_eq!(new.continues.as_deref(), Some(old.id.as_str()));
    assert_eq!(office.store.device(&old.id).await.unwrap().unwrap().state, "retired");
    // The same disk image on another board.
    let copy = office.enrol(&request(&token, 3, machine(2, "BRD-2", 2))).await.unwrap();
    assert_eq!(copy.continues, None);
    // A maker that gives every board one number: the adapters differ.
    let doubtful = office.enrol(&request(&token, 4, machine(1, "BRD-1", 9))).await.unwrap();
    assert_eq!(doubtful.continues, None);
    assert_eq!(office.store.device(&new.id).await.unwrap().unwrap().state, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_copied_to_another_machine_do_not_enrol() {
    let office = Office::new().await;
    let token = office.token(9).await;
    office.enrol(&request(&token, 1, machine(1, "BRD-1", 1))).await.unwrap();
    assert_eq!(code(office.enrol(&request(&token, 1, machine(2, "BRD-2", 2))).await), "identity-cloned");
    assert!(office.folder.path().join("ca.key").exists());
}
