use super::*;
use crate::probe::windows::recording::Recording;

const KEYS: &str = r#"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USB\VID_03F0&PID_5C17\S163EJM]
"CompatibleIDs"=hex(7):55,00,53,00,42,00,5c,00,43,00,6c,00,61,00,73,00,73,00,5f,00,30,00,37,00,00,00,00,00
"ContainerID"="{11111111-2222-3333-4444-555555555555}"
"Service"="usbprint"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USB\VID_096E&PID_0807\5&2c24ce2e&0&2]
"DeviceDesc"="@oem1.inf,%token%;USB Token"
"Service"="WUDFRd"
"Class"="SmartCardReader"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USB\VID_072F&PID_90CC\6&1a2b3c4d&0&1]
"DeviceDesc"="ACR38 Smart Card Reader"
"Class"="SmartCardReader"
"Service"="usbccid"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USB\VID_27C6&PID_FFF1\UIDB2A]
"DeviceDesc"="GT Sensor"
"ClassGUID"="{53D29EF7-377C-4D14-864B-EB3A85769359}"
"Service"="WUDFRd"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USBPRINT\Hewlett-PackardHP_LaserJet_P2055d\7&2a&0&USB001]
"ContainerID"="{11111111-2222-3333-4444-555555555555}"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USBPRINT\Hewlett-PackardHP_LaserJet_P2055d\7&2a&0&USB001\Device Parameters]
"PortName"="USB001"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USBPRINT\Hewlett-PackardHP_LaserJet_P2055d\7&2a&0&USB001\Control]
"ActiveService"="usbprint"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Printers\HP P2055]
"Port"="USB001"
"Printer Driver"="HP LaserJet P2055 Series PCL6"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Printers\Old Canon]
"Port"="USB002"
"Printer Driver"="Canon LBP2900"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Printers\Phong mot cua]
"Port"="Mot cua"
"Printer Driver"="Brother MFC-L2701DW series"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Printers\Microsoft Print to PDF]
"Port"="PORTPROMPT:"
"Printer Driver"="Microsoft Print To PDF"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Monitors\Standard TCP/IP Port\Ports\Mot cua]
"HostName"="10.1.2.3"

[HKEY_USERS\S-1-5-21-1-2-3-1001\Printers\Connections\,,PRINT-01,LBP6030]
"#;

fn now() -> Timestamp {
    "2026-08-01T00:00:00Z".parse().unwrap()
}

fn office(plugged: &[&str]) -> Recording {
    Recording {
        plugged: Some(plugged.iter().map(|id| (*id).to_owned()).collect()),
        ..Recording::of_registry(KEYS)
    }
}

#[test]
fn everything_that_the_forms_ask_for() {
    let section = of(
        &office(&[
            r"USB\VID_03F0&PID_5C17\S163EJM",
            r"USB\VID_096E&PID_0807\5&2C24CE2E&0&2",
            r"USB\VID_072F&PID_90CC\6&1a2b3c4d&0&1",
            r"USB\VID_27C6&PID_FFF1\UIDB2A",
        ]),
        now(),
    );
    assert_eq!(section.problems, []);
    let devices = section.value.unwrap().devices;
    let mut seen: Vec<_> = devices
        .iter()
        .map(|d| (d.kind, d.connection, d.name.as_str(), d.serial.as_deref(), d.present))
        .collect();
    seen.sort_by_key(|(kind, _, name, ..)| (*kind, name.to_owned()));
    let expected = [
        (Kind::Printer, Connection::Usb, "Canon LBP2900", None, false),
        (Kind::Printer, Connection::Usb, "HP LaserJet P2055d", Some("S163EJM"), true),
        (Kind::Printer, Connection::Shared, "LBP6030", None, true),
        (Kind::Multifunction, Connection::Network, "Brother MFC-L2701DW series", None, true),
        (Kind::CardReader, Connection::Usb, "ACR38 Smart Card Reader", None, true),
        (Kind::Token, Connection::Usb, "USB Token", None, true),
        (Kind::Fingerprint, Connection::Usb, "GT Sensor", Some("UIDB2A"), true),
    ];
    let names: Vec<_> = seen.iter().map(|s| (s.0, s.1, s.3, s.4)).collect();
    assert_eq!(names, expected.map(|e| (e.0, e.1, e.3, e.4)), "{seen:?}");
    let shared = devices.iter().find(|device| device.connection == Connection::Shared).unwrap();
    assert_eq!((shared.server.as_deref(), shared.name.as_str()), (Some("print-01"), "LBP6030"));
    let network = devices.iter().find(|device| device.connection == Connection::Network).unwrap();
    assert_eq!(network.address, "10.1.2.3".parse().ok());
}

#[test]
fn what_was_plugged_in_years_ago_is_not_there() {
    let devices = of(&office(&[]), now()).value.unwrap().devices;
    assert!(devices.iter().all(|device| !matches!(device.kind, Kind::Token | Kind::CardReader)));
}

#[test]
fn without_devices_and_queues_nothing_is_known() {
    let section = of(&Recording::default(), now());
    assert_eq!((section.value, section.problems.len()), (None, 2));
}
