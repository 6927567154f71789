//! Key files: written whole or not at all, readable by the owner alone.

use anyhow::{Context, Result};
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::Path,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    Public,
    Secret,
}

pub fn write(path: &Path, content: &[u8], secrecy: Secrecy) -> Result<()> {
    let temporary = path.with_extension("new");
    let what = || format!("cannot write {}", path.display());
    create(&temporary, secrecy)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .with_context(what)?;
    fs::rename(&temporary, path).with_context(what)?;
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).with_context(what)?;
    }
    Ok(())
}

fn create(path: &Path, secrecy: Secrecy) -> std::io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        if secrecy == Secrecy::Secret { 0o600 } else { 0o644 },
    );
    #[cfg(not(unix))]
    let _ = secrecy;
    options.open(path)
}

/// `None` where there is no such file.
pub fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
