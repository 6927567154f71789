//! Where the parts are put together; nothing but this module and the commands knows them all.

pub mod appendix;
pub mod export;
pub mod needs;
pub mod plan;
pub mod tokens;
pub mod users;

use crate::{
    derived::{self, Derivation},
    identity::{authority::Authority, directory::Directory, keys, vault::Vault},
    ingress::{Ingress, connections::Connections},
    outbox::Outbox,
    search::SearchIndex,
    settings::Thresholds,
    store::Store,
};
use anyhow::{Context, Result, bail};
use ed25519_dalek::SigningKey;
use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

const LOCK_FILE: &str = "lock";
const SEARCH_FOLDER: &str = "search";

pub struct App {
    pub store: Store,
    /// Follows the store; rebuilt from it where its marker is missing.
    pub search: SearchIndex,
    thresholds: RwLock<Arc<Thresholds>>,
    pub authority: Authority,
    /// Signs what agents are told.
    pub command_key: SigningKey,
    /// Opens the credentials of unit settings.
    pub vault: Arc<Vault>,
    /// Who may talk: changes of devices go there after the commit.
    pub directory: Arc<Directory>,
    pub connections: Arc<Connections>,
    pub derivation: Derivation,
    /// While `serve` runs.
    pub live: OnceLock<Live>,
    pub data: PathBuf,
    /// Held as long as the store is open: one process writes.
    _lock: File,
}

/// What reaches connected devices.
pub struct Live {
    pub ingress: Arc<dyn Ingress>,
    pub outbox: Outbox,
}

impl App {
    /// Works through what was pending: search, flags and exports are right after it.
    pub async fn settle(&self) -> Result<()> {
        derived::settle(self).await
    }

    pub fn thresholds(&self) -> Arc<Thresholds> {
        self.thresholds.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything that depends on them is made again. They hold before the work for that can begin.
    pub async fn set_thresholds(&self, thresholds: Thresholds, actor: &str) -> Result<()> {
        let before = self.replace_thresholds(Arc::new(thresholds.clone()));
        if let Err(error) = self.store.set_thresholds(&thresholds, actor).await {
            self.replace_thresholds(before);
            return Err(error);
        }
        self.derivation.wake.notify_one();
        Ok(())
    }

    fn replace_thresholds(&self, thresholds: Arc<Thresholds>) -> Arc<Thresholds> {
        let mut held = self.thresholds.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, thresholds)
    }

    /// After a change of a device in the store: what it may do follows at once.
    pub async fn device_changed(&self, id: &str) -> Result<()> {
        let Some(row) = self.store.device(id).await? else { return Ok(()) };
        self.directory.put(&row)?;
        if let (Some(live), Ok(device)) = (self.live.get(), id.parse())
            && self.directory.get(&device).is_none_or(|member| !member.may_talk())
        {
            live.ingress.kick(&device).await;
        }
        Ok(())
    }

    /// Sends what is in the outbox for the device, if it is connected.
    pub fn wake_outbox(&self, id: &str) {
        if let (Some(live), Ok(device)) = (self.live.get(), id.parse()) {
            live.outbox.wake(device);
        }
    }

    /// Makes `data` and what belongs in it where it is missing.
    pub async fn open(data: &Path) -> Result<Arc<Self>> {
        make_folder(data)?;
        let lock = lock(data)?;
        let authority = Authority::load_or_make(data)?;
        let command_key = keys::load_or_make(data)?;
        let vault = Arc::new(Vault::load_or_make(data)?);
        let store = Store::open(data).await?;
        let thresholds = RwLock::new(Arc::new(store.thresholds().await?));
        let search = SearchIndex::open(&data.join(SEARCH_FOLDER))?;
        if search.marker()?.is_none() {
            // Never filled, or damaged: the store has it all.
            store.enqueue_all().await?;
        }
        let directory = Arc::new(Directory::default());
        let data = data.to_owned();
        Ok(Arc::new(Self {
            store,
            search,
            thresholds,
            authority,
            command_key,
            vault,
            directory,
            connections: Arc::default(),
            derivation: Derivation::default(),
            live: OnceLock::new(),
            data,
            _lock: lock,
        }))
    }
}

pub(crate) fn make_folder(data: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder.create(data).with_context(|| format!("cannot make the data folder {}", data.display()))
}

pub(crate) fn lock(data: &Path) -> Result<File> {
    let path = data.join(LOCK_FILE);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("{} is in use by another kiemke-collector", data.display()),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}
