//! Recorded trees that an agent reads in place of this machine's files.

use std::{fs, os::unix::fs::symlink, path::Path};
use tempfile::TempDir;

pub const USB: &str = "sys/bus/usb/devices";

pub fn plug(root: &Path, port: &str, files: &[(&str, &str)]) {
    let folder = root.join(USB).join(port);
    fs::create_dir_all(&folder).unwrap();
    for (name, content) in files {
        fs::write(folder.join(name), content).unwrap();
    }
}

fn plug_token(root: &Path) {
    let token = [
        ("idVendor", "096e\n"),
        ("idProduct", "0807\n"),
        ("product", "USB Token\n"),
        ("serial", "5A3F0C7711\n"),
    ];
    plug(root, "1-1", &token);
}

/// An office computer with a token in it.
pub fn office() -> TempDir {
    let root = TempDir::with_prefix("kiemke-root-").unwrap();
    for (path, content) in [
        ("proc/1/comm", "systemd\n"),
        ("proc/sys/kernel/hostname", "pc-bennghe-01\n"),
        ("proc/stat", "cpu  1 2 3 10 5 0 0 0 0 0\n"),
        ("sys/class/dmi/id/sys_vendor", "LENOVO\n"),
        ("sys/class/dmi/id/product_name", "ThinkCentre M70s\n"),
        ("sys/class/dmi/id/chassis_type", "3\n"),
        ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nNAME=\"Debian GNU/Linux\"\n"),
    ] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    plug_token(root.path());
    root
}

/// With the network of where it runs; the cable `eth0` of a namespace looks like one of a computer.
pub fn cabled_office() -> TempDir {
    let root = office();
    for (path, content) in [
        ("sys/class/net/eth0/type", "1\n"),
        ("sys/class/net/eth0/address", "d4:be:d9:00:00:02\n"),
        ("sys/class/net/eth0/addr_assign_type", "0\n"),
        ("sys/class/net/eth0/operstate", "up\n"),
        ("sys/class/net/eth0/device/vendor", "0x8086\n"),
    ] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    fs::create_dir_all(root.path().join("proc/net")).unwrap();
    for table in ["arp", "if_inet6", "route"] {
        symlink(Path::new("/proc/self/net").join(table), root.path().join("proc/net").join(table)).unwrap();
    }
    root
}
