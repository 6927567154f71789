//! `/proc/self/mountinfo` (proc(5)).

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `8:1`: the file system's device number.
    pub number: String,
    pub mount_point: String,
    pub kind: String,
    pub source: String,
    pub read_only: bool,
}

/// Lines that do not have the format are left out.
pub fn parse(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mount).collect()
}

fn mount(line: &str) -> Option<Mount> {
    let (before, after) = line.split_once(" - ")?;
    let mut before = before.split(' ').skip(2);
    let (number, _root, mount_point) = (before.next()?, before.next()?, before.next()?);
    let mut after = after.split(' ');
    let (kind, source) = (after.next()?, after.next()?);
    // Of the file system, not of this mount: a sandboxed service sees everything mounted read-only.
    let read_only = after.next()?.split(',').any(|option| option == "ro");
    Some(Mount {
        number: number.to_owned(),
        mount_point: unescape(mount_point),
        kind: kind.to_owned(),
        source: unescape(source),
        read_only,
    })
}

/// Space, tab, line feed and backslash stand as three octal digits.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'\\').then(|| tail.get(..3)).flatten();
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// File systems on a medium; everything else is made by the kernel or comes over the network.
const ON_DISK: &[&str] = &[
    "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "hfsplus", "jfs", "msdos",
    "nilfs2", "ntfs", "ntfs3", "reiserfs", "vfat", "xfs", "zfs",
];
const NETWORK: &[&str] =
    &["9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Disk,
    Network,
}

/// `None` for what holds no user's data: pseudo file systems, images, layers of containers.
pub fn place(mount: &Mount) -> Option<Place> {
    if ON_DISK.contains(&mount.kind.as_str()) && !mount.source.starts_with("/dev/loop") {
        return Some(Place::Disk);
    }
    NETWORK.contains(&mount.kind.as_str()).then_some(Place::Network)
}

/// One mount a file system: bind mounts repeat the device number. The shortest mount point stands for all.
pub fn distinct(mounts: Vec<Mount>) -> Vec<Mount> {
    let mut kept: Vec<Mount> = Vec::new();
    for mount in mounts {
        match kept.iter_mut().find(|known| known.number == mount.number) {
            Some(known) if mount.mount_point.len() < known.mount_point.len() => *known = mount,
            Some(_) => {}
            None => kept.push(mount),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "\
26 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro
22 26 0:21 / /proc rw,nosuid - proc proc rw
40 26 8:1 / /boot/efi rw - vfat /dev/sda1 rw
41 26 8:2 /srv /var/lib/x rw - ext4 /dev/sda2 rw
42 26 8:17 / /media/USB\\040DISK rw - vfat /dev/sdb1 ro
43 26 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro
44 26 0:50 / /mnt/share rw - cifs //server/share rw
broken line";

    #[test]
    fn mounts_are_read_with_their_escapes() {
        let mounts = parse(LINES);
        assert_eq!(mounts.len(), 7);
        assert_eq!(
            mounts[4],
            Mount {
                number: "8:17".into(),
                mount_point: "/media/USB DISK".into(),
                kind: "vfat".into(),
                source: "/dev/sdb1".into(),
                read_only: true,
            }
        );
    }

    #[test]
    fn only_what_holds_data_stays_and_only_once() {
        let kept: Vec<_> =
            distinct(parse(LINES).into_iter().filter(|mount| place(mount).is_some()).collect());
        let points: Vec<_> =
            kept.iter().map(|mount| (mount.mount_point.as_str(), place(mount).unwrap())).collect();
        let expected = [
            ("/", Place::Disk),
            ("/boot/efi", Place::Disk),
            ("/media/USB DISK", Place::Disk),
            ("/mnt/share", Place::Network),
        ];
        assert_eq!(points, expected);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            let _ = parse(&text);
        }

        #[test]
        fn near_lines_are_read_without_panic(text in "[0-9: /\\\\a-z-]{0,80}") {
            let _ = distinct(parse(&text));
        }
    }
}
