use super::*;
use crate::probe::tests::tree;
use kiemke_schemas::section::antivirus::{FirewallProfile, SignatureState};

fn database(seconds: u64) -> String {
    format!("{:512}", format!("ClamAV-VDB:17 Jun 2025 08-35 +0000:27671:1:90:0:0:builder:{seconds}"))
}

#[test]
fn absent_is_known_to_be_absent() {
    let (_guard, root) = tree(&[("/proc/1/comm", "systemd\n")]);
    assert_eq!(read(&root), Section::known(Antivirus::default()));
}

#[test]
fn clamav_with_its_daemon_is_on_and_dated_by_the_newest_daily_database() {
    let (_guard, root) = tree(&[
        ("/proc/1/comm", "systemd\n".to_owned()),
        ("/proc/712/comm", "clamd\n".to_owned()),
        ("/usr/sbin/clamd", String::new()),
        ("/var/lib/clamav/daily.cvd", database(1_700_000_000)),
        ("/var/lib/clamav/daily.cld", database(1_750_149_301)),
        ("/var/lib/clamav/main.cvd", database(1_760_000_000)),
        (
            "/var/lib/dpkg/status",
            "Package: clamav\nStatus: install ok installed\nVersion: 1.4.3\n".to_owned(),
        ),
    ]);
    let section = read(&root);
    assert_eq!(section.problems, []);
    let products = section.value.unwrap().products;
    assert_eq!(products.len(), 1);
    assert_eq!((products[0].name.as_str(), products[0].state), ("ClamAV", ProductState::On));
    assert_eq!(products[0].version.as_deref(), Some("1.4.3"));
    assert_eq!(products[0].signatures.updated_at, "2025-06-17T08:35:01Z".parse().ok());
    assert_eq!(products[0].signatures.state, SignatureState::Old);
    assert_eq!(products[0].signatures.version.as_deref(), Some("27671"));
}

#[test]
fn an_unsigned_database_is_one_that_the_daemon_loads() {
    let (_guard, root) = tree(&[
        ("/proc/1/comm", "systemd\n".to_owned()),
        ("/usr/sbin/clamd", String::new()),
        ("/var/lib/clamav/daily.cud", database(1_750_149_301)),
    ]);
    let section = read(&root);
    assert_eq!(section.problems, []);
    let signatures = &section.value.unwrap().products[0].signatures;
    assert_eq!(signatures.updated_at, "2025-06-17T08:35:01Z".parse().ok());
}

#[test]
fn clamav_without_its_daemon_is_off_and_a_missing_database_is_said() {
    let (_guard, root) = tree(&[("/proc/1/comm", "systemd\n"), ("/usr/bin/clamscan", "")]);
    let section = read(&root);
    assert_eq!(
        section.problems,
        [Problem::new(ProblemKind::Absent, "/var/lib/clamav", "no signature database")]
    );
    let product = section.value.unwrap().products.remove(0);
    assert_eq!(product.state, ProductState::Off);
    assert_eq!(product.signatures, Signatures::default());
}

#[test]
fn hidden_processes_leave_the_state_unknown() {
    let (_guard, root) = tree(&[("/proc/4711/comm", "kiemke-agent\n"), ("/usr/sbin/clamd", "")]);
    let section = read(&root);
    assert_eq!(section.problems[0].kind, ProblemKind::Denied);
    assert_eq!(section.value.unwrap().products[0].state, ProductState::Unknown);
}

#[test]
fn a_database_of_another_folder_that_is_none_is_a_failure() {
    let (_guard, root) = tree(&[
        ("/proc/1/comm", "systemd\n"),
        ("/usr/sbin/clamd", ""),
        ("/etc/clamav/clamd.conf", "#x\nDatabaseDirectory /srv/clam/\n"),
        ("/srv/clam/daily.cld", "rubbish"),
    ]);
    let expected = Problem::new(ProblemKind::Failed, "/srv/clam/daily.cld", "no header of a ClamAV database");
    assert_eq!(read(&root).problems, [expected]);
}

#[test]
fn other_products_are_found_by_their_files() {
    let (_guard, root) = tree(&[
        ("/proc/1/comm", "systemd\n"),
        ("/proc/9/comm", "wdavdaemon\n"),
        ("/opt/microsoft/mdatp/sbin/wdavdaemon", ""),
        ("/opt/kaspersky/kesl/bin/kesl-control", ""),
        ("/etc/ufw/ufw.conf", "ENABLED=yes\n"),
    ]);
    let antivirus = read(&root).value.unwrap();
    let seen: Vec<_> = antivirus.products.iter().map(|p| (p.name.as_str(), p.state)).collect();
    let expected = [
        ("Microsoft Defender for Endpoint", ProductState::On),
        ("Kaspersky Endpoint Security", ProductState::Off),
    ];
    assert_eq!(seen, expected);
    assert_eq!(antivirus.firewall, [FirewallProfile { profile: "ufw".into(), enabled: Some(true) }]);
}
