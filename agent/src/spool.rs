//! Reports that the collector has not answered yet. A file leaves only by a verified answer, or because the
//! spool is full: never because it could not be read just now.

pub mod format;
pub mod quarantine;

use crate::{durable, state_dir::StateDir};
use anyhow::{Context, Result};
use format::{Carries, Damaged, Stored};
use jiff::{SignedDuration, Timestamp};
use quarantine::Quarantine;
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    pub boot: u64,
    pub sequence: u64,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.boot, self.sequence)
    }
}

impl Id {
    /// Digits enough for any number, so that names sort oldest first.
    fn file_name(self) -> String {
        format!("{:020}-{:020}.report", self.boot, self.sequence)
    }

    fn of_file_name(name: &str) -> Option<Self> {
        let (boot, sequence) = name.strip_suffix(".report")?.split_once('-')?;
        let number = |text: &str| (text.len() == 20).then(|| text.parse().ok()).flatten();
        Some(Self { boot: number(boot)?, sequence: number(sequence)? })
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub bytes: u64,
    pub age: SignedDuration,
    /// So many of the newest stay whatever their age: a clock that jumped must not empty the spool.
    pub always_kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 32 << 20, age: SignedDuration::from_hours(24 * 60), always_kept: 64 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub id: Id,
    pub bytes: u64,
}

#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    limits: Limits,
    quarantine: Quarantine,
    /// State was pruned since this was last asked: the collector misses it.
    lost: bool,
}

impl Spool {
    pub fn open(state: &StateDir, limits: Limits, now: Timestamp) -> Result<Self> {
        let folder = state.file("spool");
        durable::create_folder(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
        let quarantine = Quarantine::open(state)?;
        let mut spool = Self { folder, limits, quarantine, lost: false };
        spool.remove_leftovers()?;
        spool.prune(now)?;
        Ok(spool)
    }

    /// For a look from outside, beside a running agent: changes nothing.
    pub fn look(state: &StateDir, limits: Limits) -> Self {
        Self { folder: state.file("spool"), limits, quarantine: Quarantine::look(state), lost: false }
    }

    fn path(&self, id: Id) -> PathBuf {
        self.folder.join(id.file_name())
    }

    fn remove_leftovers(&self) -> Result<()> {
        for entry in read_folder(&self.folder)? {
            if entry.file_name().to_string_lossy().starts_with(durable::TEMPORARY_PREFIX) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Oldest first.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in read_folder(&self.folder)? {
            if let Some(id) = Id::of_file_name(&entry.file_name().to_string_lossy()) {
                entries.push(Entry { id, bytes: entry.metadata().map_or(0, |data| data.len()) });
            }
        }
        entries.sort_unstable_by_key(|entry| entry.id);
        Ok(entries)
    }

    /// Durable when it returns.
    pub fn put(&mut self, id: Id, created_at: Timestamp, carries: Carries, envelope: &[u8]) -> Result<()> {
        let file = Stored { id, carries, created_at: created_at.as_second(), envelope: envelope.to_vec() };
        let path = self.path(id);
        durable::write(&path, &format::encode(&file))
            .with_context(|| format!("{} cannot be written", path.display()))?;
        self.prune(created_at)
    }

    /// The envelope. A damaged file is for quarantine; any other error passes.
    pub fn read(&self, id: Id) -> Result<Vec<u8>, ReadError> {
        let file = format::decode(&fs::read(self.path(id))?)?;
        if file.id == id { Ok(file.envelope) } else { Err(ReadError::Damaged(Damaged::Number)) }
    }

    /// The collector has it: a verified `stored`. False where the report is not here (a repeated answer).
    pub fn stored(&mut self, id: Id) -> Result<bool> {
        match durable::remove(&self.path(id)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).with_context(|| format!("report {id} cannot be taken out of the spool")),
        }
    }

    /// It can never be sent: a verified `refused`, or a damaged file.
    pub fn set_aside(&mut self, id: Id, reason: &str, now: Timestamp) -> Result<bool> {
        let path = self.path(id);
        if !path.exists() {
            return Ok(false);
        }
        self.quarantine.take(&path, id, reason, now)?;
        Ok(true)
    }

    pub fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    /// Whether state was pruned since this was last asked.
    pub fn take_lost(&mut self) -> bool {
        std::mem::take(&mut self.lost)
    }

    fn prune(&mut self, now: Timestamp) -> Result<()> {
        let entries = self.entries()?;
        let kept = entries.len().saturating_sub(self.limits.always_kept);
        for entry in entries.iter().take(kept) {
            if self.is_too_old(entry.id, now) {
                self.remove(entry.id, "too old")?;
            }
        }
        self.thin_out()
    }

    /// While there is too much: first the oldest reports that carry observations alone, then the oldest of all. The
    /// newest stays even where it alone is over the limit.
    fn thin_out(&mut self) -> Result<()> {
        let entries = self.entries()?;
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        if bytes <= self.limits.bytes {
            return Ok(());
        }
        let older = &entries[..entries.len().saturating_sub(1)];
        let (observations, state): (Vec<&Entry>, Vec<&Entry>) =
            older.iter().partition(|entry| self.carries(entry.id) == Some(Carries::ObservationsOnly));
        for entry in observations.into_iter().chain(state) {
            if bytes <= self.limits.bytes {
                break;
            }
            self.remove(entry.id, "the spool is full")?;
            bytes -= entry.bytes;
        }
        Ok(())
    }

    fn remove(&mut self, id: Id, reason: &str) -> Result<()> {
        tracing::warn!(report = %id, reason, "a report was pruned from the spool");
        // Without a readable mark it may have been state.
        self.lost |= self.carries(id) != Some(Carries::ObservationsOnly);
        durable::remove(&self.path(id))
            .with_context(|| format!("report {id} cannot be taken out of the spool"))
    }

    fn carries(&self, id: Id) -> Option<Carries> {
        let mut mark = [0; format::MARK_BYTES];
        File::open(self.path(id)).and_then(|mut file| file.read_exact(&mut mark)).ok()?;
        Carries::of_mark(&mark)
    }

    /// What cannot be read now is not too old.
    fn is_too_old(&self, id: Id, now: Timestamp) -> bool {
        let created = fs::read(self.path(id)).ok().and_then(|bytes| format::decode(&bytes).ok());
        let created = created.and_then(|file| Timestamp::from_second(file.created_at).ok());
        created.is_some_and(|created| now.duration_since(created) > self.limits.age)
    }
}

/// For a new identity: no collector would take what the former one sealed.
pub fn set_all_aside(state: &StateDir, reason: &str) -> Result<()> {
    let now = Timestamp::now();
    let mut spool = Spool::open(state, Limits::default(), now)?;
    for entry in spool.entries()? {
        spool.set_aside(entry.id, reason, now)?;
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("damaged on disk: {0}")]
    Damaged(#[from] Damaged),
    #[error("cannot be read now: {0}")]
    Now(#[from] io::Error),
}

/// A folder that does not exist yet is empty.
fn read_folder(folder: &Path) -> Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.and_then(Iterator::collect),
    }
    .with_context(|| format!("{} cannot be read", folder.display()))
}

#[cfg(test)]
mod tests;
