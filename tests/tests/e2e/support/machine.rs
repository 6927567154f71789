//! Recorded trees that an agent reads in place of this machine's files.

use std::{fs, path::Path};
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
