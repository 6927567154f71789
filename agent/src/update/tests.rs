use super::{
    Me, files,
    order::{self, Accepted, Order},
    record::{MOST_STARTS, Next, Record, Trial, Wanted},
};
use crate::state_dir::StateDir;
use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::{
    release::{self, Manifest},
    status::{Outcome, UpdateOutcome},
};
use proptest::prelude::*;
use semver::Version;
use std::{fs, time::Duration};

const TARGET: &str = "x86_64-unknown-linux-gnu";
const NOON: &str = "2026-11-21T12:00:00Z";

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

fn installed(version: &str) -> Me {
    Me { version: version.parse().unwrap(), target: TARGET.into(), staged: false }
}

fn staged(version: &str) -> Me {
    Me { staged: true, ..installed(version) }
}

fn manifest(version: &str) -> Manifest {
    Manifest::of(version.parse().unwrap(), TARGET.into(), b"program", noon())
}

fn trial(version: &str, starts: u32) -> Trial {
    Trial { manifest: manifest(version), counter: 7, staged_at: noon(), starts }
}

fn wanted(version: &str) -> Wanted {
    Wanted { manifest: manifest(version), counter: 7, not_before: noon(), spread_seconds: 3600 }
}

fn rejected(version: &str, reason: &str) -> Option<UpdateOutcome> {
    Some(UpdateOutcome {
        version: Some(version.parse().unwrap()),
        counter: 7,
        outcome: Outcome::Rejected,
        reason: Some(reason.into()),
    })
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> String {
    release::key_text(&key(seed).verifying_key())
}

fn order(manifest: &Manifest, signed_by: u8, brings: Option<u8>) -> Order {
    Order {
        counter: 7,
        manifest: BASE64.encode(&manifest.seal(&key(signed_by)).unwrap()),
        spread_seconds: 0,
        release_key: brings.map(public),
    }
}

fn refusal(order: &Order, pinned: Option<u8>) -> String {
    let pinned = pinned.map(public);
    format!("{:#}", order::check(order, pinned.as_deref(), &installed("0.1.0")).unwrap_err().reason)
}

#[test]
fn an_order_signed_by_the_pinned_key_is_accepted_and_pins_nothing() {
    let accepted =
        order::check(&order(&manifest("0.2.0"), 1, Some(2)), Some(&public(1)), &installed("0.1.0")).unwrap();
    assert_eq!(accepted, Accepted { manifest: manifest("0.2.0"), pin: None });
}

#[test]
fn the_first_order_brings_the_key_where_none_is_known() {
    let accepted = order::check(&order(&manifest("0.2.0"), 2, Some(2)), None, &installed("0.1.0")).unwrap();
    assert_eq!(accepted.pin, Some(public(2)));
    assert_eq!(
        refusal(&order(&manifest("0.2.0"), 2, None), None),
        "this agent knows no release key, and the order brings none"
    );
}

#[test]
fn a_pinned_key_is_not_replaced_by_the_collector() {
    let reason = refusal(&order(&manifest("0.2.0"), 2, Some(2)), Some(1));
    assert_eq!(reason, "manifest: the signature does not fit the key");
}

#[test]
fn forged_manifests_other_targets_and_older_versions_are_refused() {
    let forged = Order { manifest: BASE64.encode(b"forged"), ..order(&manifest("0.2.0"), 1, None) };
    assert!(refusal(&forged, Some(1)).starts_with("manifest: not a COSE_Sign1 envelope"));
    let other = Manifest { target: "aarch64-unknown-linux-musl".into(), ..manifest("0.2.0") };
    assert_eq!(
        refusal(&order(&other, 1, None), Some(1)),
        format!("manifest, field target: aarch64-unknown-linux-musl where this agent is for {TARGET}")
    );
    for version in ["0.1.0", "0.0.9", "0.1.0-rc.1", "0.1.0+2"] {
        assert_eq!(
            refusal(&order(&manifest(version), 1, None), Some(1)),
            format!("manifest, field version: {version} is not newer than 0.1.0, which runs here")
        );
    }
}

#[test]
fn a_release_on_trial_is_tried_a_few_times_and_then_rejected() {
    let mut record = Record { trial: Some(trial("0.2.0", MOST_STARTS - 1)), ..Record::default() };
    assert_eq!(record.next(&installed("0.1.0")), Next::Try(trial("0.2.0", 2)));
    record.trial = Some(trial("0.2.0", MOST_STARTS));
    assert_eq!(record.next(&installed("0.1.0")), Next::Own);
    let outcome = rejected("0.2.0", "started 3 times and no report was stored");
    assert_eq!(record, Record { outcome, ..Record::default() });
}

#[test]
fn the_release_itself_is_the_one_to_run_and_kept_when_it_has_reported() {
    let mut record = Record { trial: Some(trial("0.2.0", 1)), ..Record::default() };
    assert_eq!(record.next(&staged("0.2.0")), Next::Own);
    assert!(!record.reported(&installed("0.1.0")));
    assert!(record.reported(&staged("0.2.0")));
    assert!(!record.reported(&staged("0.2.0")));
    assert_eq!(record.kept, Some(manifest("0.2.0")));
    assert_eq!(record.outcome.as_ref().unwrap().outcome, Outcome::Kept);
    assert_eq!(record.next(&installed("0.1.0")), Next::GoOver(manifest("0.2.0")));
}

#[test]
fn a_trial_that_fails_leaves_the_release_that_was_kept_before() {
    let mut record =
        Record { kept: Some(manifest("0.2.0")), trial: Some(trial("0.3.0", 0)), ..Record::default() };
    assert_eq!(record.next(&installed("0.1.0")), Next::GoOver(manifest("0.2.0")));
    assert_eq!(record.next(&staged("0.2.0")), Next::Try(trial("0.3.0", 0)));
    record.reject_trial("it hangs");
    assert_eq!(record.next(&staged("0.2.0")), Next::Own);
    assert_eq!(record.next(&installed("0.1.0")), Next::GoOver(manifest("0.2.0")));
    assert!(record.needs("0.2.0") && !record.needs("0.3.0"));
}

#[test]
fn an_installed_package_of_the_same_or_a_newer_version_wins() {
    for version in ["0.3.0", "0.4.0"] {
        let mut record = Record {
            kept: Some(manifest("0.2.0")),
            trial: Some(trial("0.3.0", 1)),
            wanted: Some(wanted("0.3.0")),
            outcome: None,
        };
        assert_eq!(record.next(&installed(version)), Next::Own);
        assert_eq!(record, Record::default(), "{version}");
    }
}

#[test]
fn a_clock_that_was_set_neither_prolongs_nor_breaks_the_wait() {
    let at = |text: &str| wanted("0.2.0").wait(text.parse().unwrap());
    assert_eq!(at("2026-11-21T11:30:00Z"), Duration::from_secs(1800));
    assert_eq!(at("2026-11-21T13:00:00Z"), Duration::ZERO);
    assert_eq!(at("1970-01-01T00:00:00Z"), Duration::from_secs(3600));
    assert_eq!(at("2099-01-01T00:00:00Z"), Duration::ZERO);
}

#[test]
fn files_that_no_release_needs_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path());
    for version in ["0.2.0", "0.3.0", "0.4.0-rc.1"] {
        let path = files::executable(&state, &version.parse().unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "program").unwrap();
    }
    let record = Record { kept: Some(manifest("0.3.0")), ..Record::default() };
    files::clean(&state, &record);
    let left: Vec<_> = fs::read_dir(folder.path().join("releases")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].file_name(), "0.3.0");
}

#[cfg(unix)]
#[test]
fn an_executable_is_checked_and_must_tell_its_version() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (part, path) = (folder.path().join("part"), folder.path().join("kiemke-agent"));
    let script = "#!/bin/sh\necho kiemke-agent 0.2.0\n";
    fs::write(&part, script).unwrap();
    files::finish(&part, &path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    let version = Version::new(0, 2, 0);
    let manifest = Manifest::of(version.clone(), TARGET.into(), script.as_bytes(), noon());
    files::check(&path, &manifest).unwrap();
    files::prove(&path, &version).unwrap();
    let error = files::prove(&path, &Version::new(0, 3, 0)).unwrap_err().to_string();
    assert_eq!(
        error,
        "--version of the release says \"kiemke-agent 0.2.0\" (exit status: 0) where \"kiemke-agent 0.3.0\" was released"
    );
    fs::write(&path, "#!/bin/sh\necho kiemke-agent 0.2.1\n").unwrap();
    let error = files::check(&path, &manifest).unwrap_err().to_string();
    assert_eq!(error, "manifest, field sha256: it is of another executable");
}

#[derive(Debug, Clone)]
enum Step {
    Order(u64),
    Staged,
    Started,
    Reported(u64),
    Rejected,
    Next(u64, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let version = 0..6_u64;
    prop_oneof![
        version.clone().prop_map(Step::Order),
        Just(Step::Staged),
        Just(Step::Started),
        version.clone().prop_map(Step::Reported),
        Just(Step::Rejected),
        (version, any::<bool>()).prop_map(|(version, staged)| Step::Next(version, staged)),
    ]
}

fn me(minor: u64, staged: bool) -> Me {
    Me { version: Version::new(0, minor, 0), target: TARGET.into(), staged }
}

/// What happens, as the program around the record lets it happen.
fn apply(record: &mut Record, step: &Step) {
    match step {
        Step::Order(minor) => record.want(wanted(&format!("0.{minor}.0"))),
        Step::Staged => record.staged(noon()),
        Step::Started => {
            if let Next::Try(mut trial) = record.next(&me(0, false)) {
                trial.starts += 1;
                record.trial = Some(trial);
            }
        }
        Step::Reported(minor) => {
            record.reported(&me(*minor, true));
        }
        Step::Rejected => record.reject_trial("no report"),
        Step::Next(minor, staged) => {
            record.next(&me(*minor, *staged));
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_no_program_goes_back_and_no_trial_lasts_for_ever(
        steps in prop::collection::vec(step(), 0..40), minor in 0..6_u64, staged in any::<bool>(),
    ) {
        let mut record = Record::default();
        for step in &steps {
            apply(&mut record, step);
            prop_assert!(record.trial.as_ref().is_none_or(|trial| trial.starts <= MOST_STARTS));
        }
        let json = serde_json::to_vec(&record).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<Record>(&json).unwrap(), &record);
        let own = me(minor, staged);
        let next = record.next(&own);
        match &next {
            Next::Own => {}
            Next::GoOver(manifest) => prop_assert!(manifest.version > own.version),
            Next::Try(trial) => prop_assert!(trial.manifest.version > own.version && trial.starts < MOST_STARTS),
        }
        prop_assert_eq!(record.next(&own), next);
    }
}
