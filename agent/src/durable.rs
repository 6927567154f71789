//! Files that survive a power cut: written beside, synced, renamed, and the directory synced.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// Names of files being written start with this; they are left over only after a crash.
pub const TEMPORARY_PREFIX: &str = ".new-";

/// Replaces `path` by `bytes`, readable by this user only.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file in a folder"));
    };
    let temporary = folder.join(format!("{TEMPORARY_PREFIX}{}", name.to_string_lossy()));
    let written = platform::create_private(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| platform::replace(&temporary, path)) {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    platform::sync_folder(folder)
}

pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    platform::replace(from, to)?;
    let folders = [from.parent(), to.parent()];
    folders.into_iter().flatten().try_for_each(platform::sync_folder)
}

pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    path.parent().map_or(Ok(()), platform::sync_folder)
}

/// Creates the folder and its parents, for this user only.
pub fn create_folder(path: &Path) -> io::Result<()> {
    platform::create_private_folder(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("value");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        create_folder(&inner).unwrap();
        write(&inner.join("key"), b"secret").unwrap();
        assert_eq!(fs::metadata(inner.join("key")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_folder_that_is_missing_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(&folder.path().join("no/file"), b"").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
