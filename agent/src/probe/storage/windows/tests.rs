use super::*;
use crate::probe::windows::recording::Recording;

/// A descriptor as the driver gives it.
fn descriptor(bus: u32, removable: bool, vendor: &str, product: &str, serial: &str) -> Vec<u8> {
    let mut bytes = vec![0; 40];
    bytes[10] = u8::from(removable);
    bytes[28..32].copy_from_slice(&bus.to_le_bytes());
    for (at, text) in [(12, vendor), (16, product), (24, serial)] {
        if !text.is_empty() {
            let offset = bytes.len() as u32;
            bytes[at..at + 4].copy_from_slice(&offset.to_le_bytes());
            bytes.extend(text.as_bytes());
            bytes.push(0);
        }
    }
    bytes
}

fn raw(number: u32, descriptor: Vec<u8>, seek_penalty: Option<bool>) -> RawDisk {
    RawDisk { number, descriptor, seek_penalty, size_bytes: Some(500_107_862_016), ..RawDisk::default() }
}

fn volume(mount_point: &str, kind: DriveKind, disk: Option<u32>) -> Volume {
    Volume {
        mount_point: mount_point.into(),
        device: None,
        kind,
        disk,
        file_system: Some("NTFS".into()),
        total_bytes: Some(1000),
        free_bytes: Some(400),
        read_only: Some(false),
    }
}

#[test]
fn disks_of_an_office_computer() {
    let swapped = "2020202057202d44435739533234333430343639";
    let recording = Recording {
        disks: Some(vec![
            raw(0, descriptor(11, false, "", "WDC WD10EZEX-08WN4A0", swapped), Some(true)),
            raw(1, descriptor(17, false, "NVMe", "Samsung SSD 970", "0025_3854_31B1_4E6C."), None),
            raw(2, descriptor(7, false, "WD", "Elements 25A2", "WX61A1"), None),
            raw(3, descriptor(14, false, "Msft", "Virtual Disk", ""), Some(false)),
            RawDisk { size_bytes: None, ..raw(4, descriptor(7, true, "Generic", "Card Reader", ""), None) },
        ]),
        volumes: Some(Vec::new()),
        ..Recording::default()
    };
    let section = of(&recording);
    assert_eq!(section.problems, []);
    let disks = section.value.unwrap().disks;
    let seen: Vec<_> = disks
        .iter()
        .map(|d| {
            (d.model.as_deref().unwrap(), d.serial.as_deref(), d.kind, d.bus.as_deref().unwrap(), d.removable)
        })
        .collect();
    let expected = [
        ("WDC WD10EZEX-08WN4A0", Some("WD-WCS942434096"), Some(DiskKind::Hdd), "sata", Some(false)),
        ("Samsung SSD 970", Some("0025_3854_31B1_4E6C"), Some(DiskKind::Ssd), "nvme", Some(false)),
        ("WD Elements 25A2", Some("WX61A1"), None, "usb", Some(true)),
        ("Msft Virtual Disk", None, None, "virtual", Some(false)),
    ];
    assert_eq!(seen, expected);
    assert_eq!(disks[0].name, r"\\.\PHYSICALDRIVE0");
}

#[test]
fn volumes_with_their_encryption() {
    let recording = Recording {
        disks: Some(vec![
            raw(0, descriptor(11, false, "", "SSD", "ABCD1"), Some(false)),
            raw(1, descriptor(7, false, "WD", "Elements", "ABCD2"), None),
        ]),
        volumes: Some(vec![
            volume(r"C:\", DriveKind::Fixed, Some(0)),
            volume(r"D:\", DriveKind::Fixed, Some(0)),
            volume(r"E:\", DriveKind::Fixed, Some(1)),
            volume(r"F:\", DriveKind::Optical, None),
            volume(r"Z:\", DriveKind::Network, None),
            Volume { total_bytes: None, ..volume(r"G:\", DriveKind::Removable, None) },
        ]),
        ..Recording::default()
    }
    .with_wmi(
        BITLOCKER,
        "DriveLetter : C:\nProtectionStatus : 1\n\nDriveLetter : D:\nProtectionStatus : 0\n",
    );
    let section = of(&recording);
    assert_eq!(section.problems, []);
    let seen: Vec<_> = section
        .value
        .unwrap()
        .file_systems
        .into_iter()
        .map(|f| (f.mount_point, f.used_bytes, f.fixed, f.encrypted))
        .collect();
    let expected = [
        (r"C:\".to_owned(), Some(600), true, Some(true)),
        (r"D:\".to_owned(), Some(600), true, Some(false)),
        (r"E:\".to_owned(), Some(600), false, None),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn what_cannot_be_read_is_told() {
    let section = of(&Recording::default());
    assert_eq!((section.value, section.problems.len()), (None, 2));
    let denied = Problem::new(kiemke_schemas::ProblemKind::Denied, BITLOCKER, "access denied");
    let disk = raw(0, descriptor(11, false, "", "SSD", "ABCD1"), Some(false));
    let mut recording = Recording {
        volumes: Some(vec![volume(r"C:\", DriveKind::Fixed, None)]),
        disks: Some(vec![disk]),
        ..Recording::default()
    };
    recording.wmi.insert(BITLOCKER, Err(denied.clone()));
    let section = of(&recording);
    assert_eq!(section.problems, [denied]);
    assert_eq!(section.value.unwrap().file_systems[0].encrypted, None);
}

/// As the driver answers: head, and the log behind it.
fn nvme(warnings: u8) -> Vec<u8> {
    let words = [48_u32, 560, 3, 2, 2, 0, 40, 512, 0, 0, 0, 0];
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.push(warnings);
    bytes.resize(48 + 512, 0);
    bytes
}

#[test]
fn a_disk_says_whether_it_fails() {
    let of = |failure_predicted, nvme_health: Vec<u8>| {
        health(&RawDisk { failure_predicted, nvme_health, ..RawDisk::default() })
    };
    assert_eq!(of(Some(false), vec![]), Some(DiskHealth::Good));
    assert_eq!(of(Some(true), vec![]), Some(DiskHealth::Failing));
    assert_eq!(of(None, nvme(0)), Some(DiskHealth::Good));
    // Reliability degraded.
    assert_eq!(of(None, nvme(4)), Some(DiskHealth::Failing));
    assert_eq!(of(None, nvme(4)[..100].to_vec()), None);
    assert_eq!(of(None, vec![]), None);
}

proptest::proptest! {
    #[test]
    fn any_answer_of_a_driver_is_read_without_panic(bytes: Vec<u8>) {
        let _ = nvme_warns(&bytes);
    }

    #[test]
    fn any_descriptor_is_read_without_panic(bytes: Vec<u8>) {
        let _ = Descriptor::read(&bytes);
    }
}
