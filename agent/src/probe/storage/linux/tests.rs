use super::*;
use crate::probe::tests::{link, tree};
use kiemke_schemas::ProblemKind;

#[test]
fn disks_with_kind_bus_and_serial() {
    let (_guard, root) = tree(&[
        ("/sys/devices/pci/ata1/host0/block/sda/size", "500118192\n".as_bytes()),
        ("/sys/devices/pci/ata1/host0/block/sda/removable", b"0\n"),
        ("/sys/devices/pci/ata1/host0/block/sda/queue/rotational", b"0\n"),
        ("/sys/devices/pci/ata1/host0/block/sda/device/vendor", b"ATA     \n"),
        ("/sys/devices/pci/ata1/host0/block/sda/device/model", b"WDC WDS240G2G0A-\n"),
        ("/sys/devices/pci/ata1/host0/block/sda/device/vpd_pg80", b"\x00\x80\x00\x0c203512A00123"),
        ("/sys/devices/pci/usb1/host4/block/sdb/size", b"60062500\n"),
        ("/sys/devices/pci/usb1/host4/block/sdb/queue/rotational", b"1\n"),
        ("/sys/devices/pci/usb1/host4/block/sdc/size", b"0\n"),
        ("/sys/devices/virtual/block/loop0/size", b"8\n"),
        ("/sys/devices/pci/virtio1/block/vda/size", b"100\n"),
        ("/sys/devices/pci/virtio1/block/vda/queue/rotational", b"1\n"),
    ]);
    for (name, place) in [
        ("sda", "pci/ata1/host0"),
        ("sdb", "pci/usb1/host4"),
        ("sdc", "pci/usb1/host4"),
        ("loop0", "virtual"),
        ("vda", "pci/virtio1"),
    ] {
        link(&root, &format!("/sys/block/{name}"), &format!("../devices/{place}/block/{name}"));
    }
    let disks = disks(&root).unwrap().unwrap();
    let sda = Disk {
        name: "sda".into(),
        model: Some("WDC WDS240G2G0A-".into()),
        serial: Some("203512A00123".into()),
        kind: Some(DiskKind::Ssd),
        bus: Some("sata".into()),
        size_bytes: Some(256_060_514_304),
        removable: Some(false),
        health: None,
    };
    assert_eq!(disks[0], sda);
    let rest: Vec<_> =
        disks[1..].iter().map(|d| (d.name.as_str(), d.bus.as_deref(), d.kind, d.removable)).collect();
    assert_eq!(
        rest,
        [("sdb", Some("usb"), Some(DiskKind::Hdd), Some(true)), ("vda", Some("virtio"), None, None)]
    );
}

#[test]
fn file_systems_are_fixed_unless_on_a_stick_or_a_share() {
    let (_guard, root) = tree(&[
        (
            "/proc/self/mountinfo",
            "26 1 8:2 / / rw - ext4 /dev/sda2 rw\n42 26 8:17 / /media/stick rw - vfat /dev/sdb1 rw\n\
             44 26 0:50 / /mnt/share rw - cifs //server/share rw\n45 26 8:3 / /gone rw - ext4 /dev/sda3 rw\n",
        ),
        ("/media/stick/file", ""),
        ("/sys/devices/pci/usb1/block/sdb/sdb1/size", "1"),
        ("/sys/devices/pci/ata1/block/sda/sda2/size", "1"),
    ]);
    link(&root, "/sys/dev/block/8:17", "../../devices/pci/usb1/block/sdb/sdb1");
    link(&root, "/sys/dev/block/8:2", "../../devices/pci/ata1/block/sda/sda2");
    let mut problems = Vec::new();
    let found = file_systems(&root, &mut problems).unwrap().unwrap();
    let seen: Vec<_> =
        found.iter().map(|f| (f.mount_point.as_str(), f.fixed, f.total_bytes.is_some())).collect();
    let expected = [
        ("/", true, true),
        ("/gone", true, false),
        ("/media/stick", false, true),
        ("/mnt/share", false, false),
    ];
    assert_eq!(seen, expected);
    let problems: Vec<_> = problems.iter().map(|p| (p.kind, p.source.as_str())).collect();
    assert_eq!(problems, [(ProblemKind::Absent, "/gone")]);
    assert_eq!(found[0].encrypted, Some(false));
    assert!(found[0].used_bytes <= found[0].total_bytes);
}

#[test]
fn without_sysfs_and_proc_nothing_is_known() {
    let (_guard, root) = tree::<&str>(&[]);
    let section = read(&root);
    assert_eq!(section.value, None);
    assert_eq!(section.problems.len(), 2);
}
