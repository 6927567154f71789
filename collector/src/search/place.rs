//! Where the index lies: `DIR/v<version>-<number>`, named by the file `DIR/CURRENT`, so that a rebuilt index
//! replaces the old one in one rename.

use super::schema::VERSION;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const CURRENT: &str = "CURRENT";
const CURRENT_NEW: &str = "CURRENT.new";

/// The directory in use, if there is one of this version.
pub fn current(dir: &Path) -> io::Result<Option<PathBuf>> {
    let name = match fs::read_to_string(dir.join(CURRENT)) {
        Ok(name) => name,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(None),
        Err(error) => return Err(error),
    };
    let current = number(name.trim()).map(|_| dir.join(name.trim()));
    Ok(current.filter(|path| path.is_dir()))
}

/// A new empty directory, not in use yet.
pub fn create(dir: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    let numbers = entries(dir)?.filter_map(|entry| number(&entry.file_name().to_string_lossy()));
    let path = dir.join(format!("v{VERSION}-{}", numbers.max().unwrap_or(0) + 1));
    fs::create_dir(&path)?;
    Ok(path)
}

/// Makes `path` the one in use.
pub fn switch(dir: &Path, path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = dir.join(CURRENT_NEW);
    let mut file = fs::File::create(&new)?;
    io::Write::write_all(&mut file, name.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, dir.join(CURRENT))?;
    #[cfg(unix)]
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

/// Removes every index but `kept`. What cannot be removed now (a file in use) is removed next time.
pub fn remove_others(dir: &Path, kept: &Path) -> io::Result<()> {
    for entry in entries(dir)? {
        let name = entry.file_name();
        let is_index = name.to_string_lossy().starts_with('v') && entry.path().is_dir();
        if is_index
            && entry.path() != kept
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(%error, path = %entry.path().display(), "an old search index stays behind");
        }
    }
    Ok(())
}

fn entries(dir: &Path) -> io::Result<impl Iterator<Item = fs::DirEntry>> {
    Ok(fs::read_dir(dir)?.filter_map(Result::ok))
}

fn number(name: &str) -> Option<u32> {
    name.strip_prefix(&format!("v{VERSION}-"))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_seen_and_the_old_one_goes() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert_eq!(current(dir).unwrap(), None);
        let first = create(dir).unwrap();
        assert_eq!(current(dir).unwrap(), None);
        switch(dir, &first).unwrap();
        let second = create(dir).unwrap();
        assert_eq!(current(dir).unwrap(), Some(first.clone()));
        switch(dir, &second).unwrap();
        remove_others(dir, &second).unwrap();
        assert!(!first.exists());
        assert_eq!(current(dir).unwrap(), Some(second));
    }

    #[test]
    fn another_version_or_rubbish_is_no_current_index() {
        let dir = tempfile::tempdir().unwrap();
        for rubbish in ["v999-1", "../v1-1", "", "\u{0}"] {
            fs::write(dir.path().join(CURRENT), rubbish).unwrap();
            assert_eq!(current(dir.path()).unwrap(), None);
        }
    }
}
