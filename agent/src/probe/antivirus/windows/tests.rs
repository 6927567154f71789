use super::*;
use crate::probe::windows::recording::Recording;
use kiemke_schemas::section::antivirus::SignatureState;

const FIREWALL: &str = r#"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\PublicProfile]
"EnableFirewall"=dword:00000001

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile]
"EnableFirewall"=dword:00000000
"#;
const TWO: &str = "displayName : Bitdefender Endpoint Security Tools\nproductState : 266240\n\n\
    displayName : Windows Defender\nproductState : 393472\n";
const MP: &str = "AntivirusEnabled : True\nAMServiceEnabled : True\nRealTimeProtectionEnabled : True\n\
    AMProductVersion : 4.18.2\nAntivirusSignatureAge : 9\n";

fn windows(major: u32, minor: u32, product_type: u8, keys: &str) -> Recording {
    let version = Version { major, minor, product_type, ..Version::default() };
    Recording { version: Some(version), ..Recording::of_registry(&format!("{FIREWALL}\n{keys}")) }
}

fn states(section: &Section<Antivirus>) -> Vec<(&str, ProductState)> {
    section.value.as_ref().unwrap().products.iter().map(|p| (p.name.as_str(), p.state)).collect()
}

#[test]
fn a_workstation_with_another_product_beside_defender() {
    let keys = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\EPSecurityService]\n";
    let recording = windows(10, 0, 1, keys)
        .with_wmi(SECURITY_CENTER, TWO)
        .with_service("EPSecurityService", ServiceState::Running)
        .with_service("WinDefend", ServiceState::Stopped);
    let section = of(&recording);
    assert_eq!(section.problems, []);
    let expected =
        [("Bitdefender Endpoint Security Tools", ProductState::On), ("Windows Defender", ProductState::Off)];
    assert_eq!(states(&section), expected);
    let firewall: Vec<_> =
        section.value.unwrap().firewall.into_iter().map(|f| (f.profile, f.enabled)).collect();
    assert_eq!(firewall, [("public".to_owned(), Some(true)), ("private".to_owned(), Some(false))]);
}

#[test]
fn what_a_registered_product_says_stands_above_its_service() {
    for (registered, service) in [
        ("Cortex XDR Advanced Endpoint Protection", "cyserver"),
        ("360 Total Security", "QHActiveDefense"),
        ("FortiClient AntiVirus", "FA_Scheduler"),
        ("Dr.Web Anti-virus", "DrWebEngine"),
        ("McAfee Endpoint Security", "mfetp"),
        ("Trellix Endpoint Security", "mfetp"),
        ("F-Secure Client Security", "fsulprothoster"),
    ] {
        let key = format!("[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\{service}]\n");
        let list = format!("displayName : {registered}\nproductState : 262144\n");
        let recording = windows(10, 0, 1, &key)
            .with_wmi(SECURITY_CENTER, &list)
            .with_service(service, ServiceState::Running);
        assert_eq!(states(&of(&recording)), [(registered, ProductState::Off)]);
    }
}

#[test]
fn defender_speaks_for_itself_while_it_runs() {
    let recording = windows(10, 0, 1, "")
        .with_wmi(SECURITY_CENTER, "displayName : Windows Defender\nproductState : 397568\n")
        .with_wmi(DEFENDER, MP)
        .with_service("WinDefend", ServiceState::Running);
    let section = of(&recording);
    let product = &section.value.unwrap().products[0];
    assert_eq!((product.source.as_str(), product.state), ("MSFT_MpComputerStatus", ProductState::On));
    assert_eq!((product.version.as_deref(), product.signatures.state), (Some("4.18.2"), SignatureState::Old));
}

#[test]
fn an_empty_list_means_none_only_while_the_security_center_runs() {
    let empty = |state| windows(10, 0, 1, "").with_wmi(SECURITY_CENTER, "").with_service("wscsvc", state);
    let section = of(&empty(ServiceState::Running));
    assert_eq!((section.value.unwrap().products, section.problems), (vec![], vec![]));
    let section = of(&empty(ServiceState::Stopped));
    assert_eq!((section.value, section.problems[0].kind), (None, ProblemKind::Failed));
    let section = of(&empty(ServiceState::Absent));
    assert_eq!((section.value, section.problems[0].kind), (None, ProblemKind::Absent));
}

#[test]
fn a_server_is_judged_by_its_services_and_a_management_agent_protects_nothing() {
    let keys = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\KAVFS]\n\n\
        [HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\klnagent]\n";
    let recording = windows(10, 0, 3, keys)
        .with_service("KAVFS", ServiceState::Running)
        .with_service("klnagent", ServiceState::Running)
        .with_service("WinDefend", ServiceState::Stopped);
    let section = of(&recording);
    assert_eq!(section.problems, []);
    let expected = [
        ("Kaspersky Security for Windows Server", ProductState::On),
        ("Microsoft Defender Antivirus", ProductState::Off),
    ];
    assert_eq!(states(&section), expected);
    let bare = of(&windows(6, 3, 3, "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\klnagent]\n"));
    assert_eq!((bare.value.unwrap().products, bare.problems), (vec![], vec![]));
}

#[test]
fn the_defender_of_windows_7_is_none() {
    let recording = windows(6, 1, 1, "")
        .with_wmi(SECURITY_CENTER, "displayName : Bkav Pro\nproductState : 266256\n")
        .with_service("WinDefend", ServiceState::Running);
    assert_eq!(states(&of(&recording)), [("Bkav Pro", ProductState::On)]);
}

#[test]
fn products_of_vietnamese_makers_by_service_or_name() {
    let keys = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\BkavService]\n\n\
        [HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\AVPSUS]\n\n\
        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\V]\n\"DisplayName\"=\"VCS-aJiant\"\n";
    let section = of(&windows(10, 0, 3, keys).with_service("BkavService", ServiceState::Stopped));
    assert_eq!(states(&section), [("Bkav", ProductState::Off), ("VCS-aJiant", ProductState::Unknown)]);
}

#[test]
fn without_anybody_to_ask_nothing_is_known() {
    let section = of(&Recording::default());
    assert_eq!(section.value, None);
    assert!(section.problems.iter().any(|problem| problem.source == SECURITY_CENTER));
}
