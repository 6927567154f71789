//! Whether a file system lies on LUKS, directly or below LVM and RAID.

use crate::probe::Root;

/// Layers of mapped devices; deeper ones would be a loop.
const DEEPEST: u32 = 8;

/// `None` where what lies below cannot be seen.
pub fn is_encrypted(root: &Root, number: &str, source: &str) -> Option<bool> {
    let by_number = format!("/sys/dev/block/{number}");
    if root.exists(&by_number) {
        return of_device(root, &by_number, DEEPEST);
    }
    // Btrfs gives numbers of its own: the name tells, through the link that /dev/mapper holds.
    let target = root.link_target(source).unwrap_or_else(|| source.to_owned());
    let by_name = format!("/sys/class/block/{}", target.rsplit('/').next()?);
    if root.exists(&by_name) { of_device(root, &by_name, DEEPEST) } else { None }
}

fn of_device(root: &Root, at: &str, layers_left: u32) -> Option<bool> {
    let layers_left = layers_left.checked_sub(1)?;
    let uuid = root.attribute(&format!("{at}/dm/uuid"));
    if uuid.as_deref().is_some_and(|uuid| uuid.starts_with("CRYPT-")) {
        return Some(true);
    }
    // Only whole devices list what they lie on.
    let at = if root.exists(&format!("{at}/partition")) { format!("{at}/..") } else { at.to_owned() };
    let below = root.names(&format!("{at}/slaves")).unwrap_or_default();
    if below.is_empty() {
        return if uuid.is_some() { None } else { Some(false) };
    }
    // One part that lies open is enough to read from.
    let parts = below.iter().map(|name| of_device(root, &format!("{at}/slaves/{name}"), layers_left));
    parts.reduce(|one, other| match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (None, _) | (_, None) => None,
        _ => Some(true),
    })?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::{link, tree};

    fn lvm(below: &[(&str, Option<&str>)]) -> (tempfile::TempDir, Root) {
        let (guard, root) = tree(&[("/sys/devices/virtual/block/dm-5/dm/uuid", "LVM-abc\n")]);
        link(&root, "/sys/dev/block/253:5", "../../devices/virtual/block/dm-5");
        link(&root, "/sys/class/block/dm-5", "../../devices/virtual/block/dm-5");
        for (name, uuid) in below {
            let at = format!("/sys/devices/{name}");
            std::fs::create_dir_all(root.path(&at)).unwrap();
            if let Some(uuid) = uuid {
                std::fs::create_dir_all(root.path(&format!("{at}/dm"))).unwrap();
                std::fs::write(root.path(&format!("{at}/dm/uuid")), uuid).unwrap();
            }
            link(
                &root,
                &format!("/sys/devices/virtual/block/dm-5/slaves/{name}"),
                &format!("../../../../{name}"),
            );
        }
        (guard, root)
    }

    fn by_number(root: &Root) -> Option<bool> {
        is_encrypted(root, "253:5", "/dev/mapper/vg-root")
    }

    #[test]
    fn below_lvm_every_part_must_be_encrypted() {
        assert_eq!(by_number(&lvm(&[("dm-0", Some("CRYPT-LUKS2-x"))]).1), Some(true));
        assert_eq!(by_number(&lvm(&[("sda2", None)]).1), Some(false));
        assert_eq!(by_number(&lvm(&[("dm-0", Some("CRYPT-LUKS2-x")), ("sdb1", None)]).1), Some(false));
        assert_eq!(by_number(&lvm(&[]).1), None);
    }

    #[test]
    fn btrfs_is_found_by_the_name_of_its_device() {
        let (_guard, root) = lvm(&[("dm-0", Some("CRYPT-LUKS1-x"))]);
        link(&root, "/dev/mapper/vg-root", "../dm-5");
        assert_eq!(is_encrypted(&root, "0:31", "/dev/mapper/vg-root"), Some(true));
        assert_eq!(is_encrypted(&root, "0:31", "tank/home"), None);
    }
}
