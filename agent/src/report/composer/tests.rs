use super::*;
use crate::{report::sections::as_read, spool::Limits, state_dir::StateDir};
use kiemke_schemas::{
    Section,
    digest::{SectionHash, StateDigest},
    envelope::Unverified,
    observation::Event,
};

struct Fixture {
    _folder: tempfile::TempDir,
    store: SectionStore,
    spool: Spool,
    composer: Composer,
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn device() -> DeviceId {
    DeviceId::of_key(key().verifying_key().as_bytes())
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path());
    Fixture {
        store: SectionStore::open(&state).unwrap(),
        spool: Spool::open(&state, Limits::default(), Timestamp::now()).unwrap(),
        composer: Composer::new(device(), key(), 4),
        _folder: folder,
    }
}

impl Fixture {
    fn read(&mut self, name: SectionName, value: i32) {
        if self.store.put(name, Section::known(value), Timestamp::UNIX_EPOCH, as_read).unwrap() {
            self.composer.sections.insert(name);
        }
    }

    fn report(&mut self) -> Option<Report> {
        let id = self.composer.spool(&self.store, &mut self.spool).unwrap()?;
        let sealed = self.spool.read(id).unwrap();
        let json = Unverified::parse(&sealed).unwrap().open(Purpose::Report, &key().verifying_key()).unwrap();
        Some(Report::from_json(&json).unwrap())
    }
}

/// What a collector holds after these reports, as bytes.
fn digest_of(reports: &[&Report]) -> StateDigest {
    let mut state: BTreeMap<SectionName, SectionHash> = BTreeMap::new();
    for report in reports {
        if report.kind == ReportKind::Full {
            state.clear();
        }
        state.extend(report.section_hashes());
    }
    StateDigest::of(&state)
}

#[test]
fn first_a_full_report_then_changes_then_nothing() {
    let mut f = fixture();
    f.read(SectionName::Storage, 1);
    f.read(SectionName::Hardware, 1);
    let first = f.report().unwrap();
    assert_eq!((first.boot, first.sequence, first.kind, first.sections.len()), (4, 1, ReportKind::Full, 2));
    f.read(SectionName::Storage, 2);
    f.read(SectionName::Hardware, 1);
    let second = f.report().unwrap();
    assert_eq!((second.sequence, second.kind), (2, ReportKind::Delta));
    assert_eq!(second.sections.keys().collect::<Vec<_>>(), [&SectionName::Storage]);
    assert_eq!(second.state_digest, digest_of(&[&first, &second]));
    f.read(SectionName::Storage, 2);
    assert!(f.report().is_none());
}

#[test]
fn an_observation_alone_makes_a_report_without_sections() {
    let mut f = fixture();
    f.read(SectionName::Storage, 1);
    let first = f.report().unwrap();
    let event = Event::LinkDown { interface: "eth0".into(), gateway: None };
    f.composer.observe([Observation { at: Timestamp::UNIX_EPOCH, event: event.clone() }]);
    let second = f.report().unwrap();
    assert_eq!((second.sections.len(), &second.observations[0].event), (0, &event));
    assert_eq!(second.state_digest, digest_of(&[&first, &second]));
    assert!(f.report().is_none());
}

#[test]
fn a_full_report_on_demand_carries_everything() {
    let mut f = fixture();
    f.read(SectionName::Storage, 1);
    f.report().unwrap();
    f.composer.want_full();
    let report = f.report().unwrap();
    assert_eq!((report.kind, report.sections.len()), (ReportKind::Full, 1));
}

#[test]
fn observations_are_bounded() {
    let mut f = fixture();
    let event = |seconds| Observation { at: Timestamp::UNIX_EPOCH, event: Event::ClockJumped { seconds } };
    f.composer.observe((0..600).map(event));
    assert_eq!(f.composer.observations.len(), 500);
    assert_eq!(f.composer.observations[0].event, Event::ClockJumped { seconds: 100 });
}

/// What the reports in the spool say, from the last full one on.
fn state_of(f: &Fixture) -> BTreeMap<SectionName, String> {
    let mut state = BTreeMap::new();
    for entry in f.spool.entries().unwrap() {
        let sealed = f.spool.read(entry.id).unwrap();
        let json = Unverified::parse(&sealed).unwrap().open(Purpose::Report, &key().verifying_key()).unwrap();
        let report = Report::from_json(&json).unwrap();
        if report.kind == ReportKind::Full {
            state.clear();
        }
        state.extend(report.sections.into_iter().map(|(name, text)| (name, text.get().to_owned())));
    }
    state
}

#[test]
fn a_spool_that_overflows_for_weeks_keeps_the_current_state() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path());
    let limits = Limits { bytes: 4000, ..Limits::default() };
    let mut f = Fixture {
        store: SectionStore::open(&state).unwrap(),
        spool: Spool::open(&state, limits, Timestamp::now()).unwrap(),
        composer: Composer::new(device(), key(), 4),
        _folder: folder,
    };
    for hour in 0..200_i32 {
        f.read(SectionName::Hardware, 1);
        if hour % 3 == 0 {
            f.read(SectionName::Storage, hour);
        }
        let event = Event::ClockJumped { seconds: hour.into() };
        f.composer.observe([Observation { at: Timestamp::UNIX_EPOCH, event }]);
        f.composer.spool_all(&f.store, &mut f.spool).unwrap();
        let bytes: u64 = f.spool.entries().unwrap().iter().map(|entry| entry.bytes).sum();
        assert!(bytes <= 4000, "hour {hour}: {bytes} bytes");
        let expected = [(SectionName::Hardware, 1), (SectionName::Storage, hour - hour % 3)]
            .map(|(name, value)| (name, format!("{{\"value\":{value}}}")));
        assert_eq!(state_of(&f), BTreeMap::from(expected), "hour {hour}");
    }
}
