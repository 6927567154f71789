use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

struct Chain {
    ca: CertificateDer<'static>,
    leaf: CertificateDer<'static>,
}

/// A CA and its certificate for `localhost`, valid in 2026.
fn chain() -> Chain {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    let leaf = params.signed_by(&KeyPair::generate().unwrap(), &ca).unwrap();
    Chain { ca: ca.der().clone(), leaf: leaf.der().clone() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn unix(text: &str) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at(text).as_second()).unwrap()))
}

const IN_TERM: &str = "2026-06-01T00:00:00Z";

/// Whether the pinned chain is taken, and whether the CA was missing.
fn pinned(
    hash: [u8; 32],
    ca: Option<CertificateDer<'static>>,
    sent: &[CertificateDer<'_>],
    leaf: &Chain,
) -> (bool, bool) {
    pinned_at(IN_TERM, hash, ca, sent, leaf)
}

fn pinned_at(
    clock: &str,
    hash: [u8; 32],
    ca: Option<CertificateDer<'static>>,
    sent: &[CertificateDer<'_>],
    leaf: &Chain,
) -> (bool, bool) {
    let missing = Arc::new(AtomicBool::new(false));
    let verifier = Pinned::new(hash, ca, missing.clone(), super::super::provider());
    let name = ServerName::try_from("localhost").unwrap();
    let taken = verifier.verify_server_cert(&leaf.leaf, sent, &name, &[], unix(clock)).is_ok();
    (taken, missing.load(Ordering::Acquire))
}

#[test]
fn a_chain_is_taken_when_it_leads_to_the_ca_of_the_token() {
    let real = chain();
    let hash = fingerprint(&real.ca);
    assert_eq!(pinned(hash, None, std::slice::from_ref(&real.ca), &real), (true, false));
    assert_eq!(pinned(hash, Some(real.ca.clone()), &[], &real), (true, false));
}

#[test]
fn a_clock_far_behind_enrols_and_a_certificate_that_is_over_stays_over() {
    let (real, other) = (chain(), chain());
    let hash = fingerprint(&real.ca);
    let at = |clock, leaf| pinned_at(clock, hash, Some(real.ca.clone()), &[], leaf);
    assert_eq!(at("2009-01-01T00:00:00Z", &real), (true, false));
    assert!(!at("2009-01-01T00:00:00Z", &other).0);
    assert_eq!(at("2027-06-01T00:00:00Z", &real), (false, false));
}

#[test]
fn another_ca_is_refused() {
    let (real, other) = (chain(), chain());
    let hash = fingerprint(&real.ca);
    assert_eq!(pinned(hash, None, std::slice::from_ref(&other.ca), &other), (false, true));
    // The right CA beside a leaf that it did not sign.
    assert!(!pinned(hash, None, std::slice::from_ref(&real.ca), &other).0);
    assert_eq!(pinned(hash, None, &[], &real), (false, true));
}

/// Whether the collector with this chain is taken by an agent with this term, on this clock.
fn taken(
    collector: &Chain,
    (begins_at, ends_at): (&str, &str),
    clock: &'static str,
    name: &'static str,
) -> bool {
    let term = Term { begins_at: at(begins_at), ends_at: at(ends_at) };
    let verifier = AtTime::new(&collector.ca, super::super::provider(), term, move || at(clock)).unwrap();
    let name = ServerName::try_from(name).unwrap();
    verifier.verify_server_cert(&collector.leaf, &[], &name, &[], unix(clock)).is_ok()
}

#[test]
fn a_wrong_clock_does_not_refuse_the_collector_but_a_wrong_name_does() {
    let real = chain();
    let term = ("2026-05-01T00:00:00Z", "2026-11-01T00:00:00Z");
    for clock in ["2001-01-01T00:00:00Z", IN_TERM, "2040-01-01T00:00:00Z"] {
        assert!(taken(&real, term, clock, "localhost"), "{clock}");
        assert!(!taken(&real, term, clock, "elsewhere"), "{clock}");
    }
    // Its own certificate ended before the collector's began, and the clock is right.
    let former = ("2025-06-01T00:00:00Z", "2025-12-01T00:00:00Z");
    assert!(taken(&real, former, IN_TERM, "localhost"));
    assert!(!taken(&real, former, IN_TERM, "elsewhere"));
    assert!(!taken(&real, former, "2009-01-01T00:00:00Z", "localhost"));
}

#[test]
fn a_clock_far_behind_does_not_refuse_a_collector_that_started_anew() {
    let real = chain();
    // The agent was enrolled before the collector's certificate of this start was made.
    let term = ("2025-10-01T00:00:00Z", "2026-10-01T00:00:00Z");
    assert!(taken(&real, term, "2009-01-01T00:00:00Z", "localhost"));
    assert!(!taken(&real, term, "2009-01-01T00:00:00Z", "elsewhere"));
    // What the agent knows to be over stays over, whatever the clock says.
    let later = ("2027-06-01T00:00:00Z", "2028-06-01T00:00:00Z");
    assert!(!taken(&real, later, "2009-01-01T00:00:00Z", "localhost"));
}
