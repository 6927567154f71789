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
    let missing = Arc::new(AtomicBool::new(false));
    let verifier = Pinned::new(hash, ca, missing.clone(), super::super::provider());
    let name = ServerName::try_from("localhost").unwrap();
    let taken = verifier.verify_server_cert(&leaf.leaf, sent, &name, &[], unix(IN_TERM)).is_ok();
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
fn another_ca_is_refused() {
    let (real, other) = (chain(), chain());
    let hash = fingerprint(&real.ca);
    assert_eq!(pinned(hash, None, std::slice::from_ref(&other.ca), &other), (false, true));
    // The right CA beside a leaf that it did not sign.
    assert!(!pinned(hash, None, std::slice::from_ref(&real.ca), &other).0);
    assert_eq!(pinned(hash, None, &[], &real), (false, true));
}

#[test]
fn a_wrong_clock_does_not_refuse_the_collector_but_a_wrong_name_does() {
    let real = chain();
    let check_on = |system: &str, clock: &'static str, name: &'static str| {
        let verifier = AtTime::new(&real.ca, super::super::provider(), move || at(clock)).unwrap();
        let name = ServerName::try_from(name).unwrap();
        verifier.verify_server_cert(&real.leaf, &[], &name, &[], unix(system)).is_ok()
    };
    let check = |clock, name| check_on("2001-01-01T00:00:00Z", clock, name);
    assert!(check(IN_TERM, "localhost"));
    assert!(!check("2031-01-01T00:00:00Z", "localhost"));
    assert!(!check(IN_TERM, "elsewhere"));
    // Its own certificate ended before the collector's began, and the clock is right.
    assert!(check_on(IN_TERM, "2025-12-01T00:00:00Z", "localhost"));
    assert!(!check_on(IN_TERM, "2025-12-01T00:00:00Z", "elsewhere"));
}
