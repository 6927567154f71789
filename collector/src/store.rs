//! The store: one SQLite file in WAL mode, many readers, one writer. One file a table group; each adds
//! `impl Store` functions. SQL is what PostgreSQL understands too, with `$1` placeholders.

pub mod actor;
pub mod audit;
pub mod checks;
pub mod commands;
pub mod declarations;
pub mod declared_devices;
pub mod derived;
pub mod devices;
pub mod enrolments;
pub mod facts;
pub mod flags;
pub mod ingest;
pub mod integrity;
pub mod inventory;
mod list;
pub mod pages;
pub mod prices;
pub mod procurement_edits;
pub mod releases;
pub mod roll_outs;
pub mod sections;
pub mod settings;
pub mod sightings;
pub mod snapshot;
#[cfg(test)]
mod tests;
pub mod time;
pub mod tokens;
pub mod transaction;
pub mod unit_import;
pub mod unit_settings;
pub mod unit_tree;
pub mod units;
pub mod users;

use anyhow::{Context, Result};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::Mutex;
pub use transaction::WriteTransaction;

const FILE_NAME: &str = "kiemke.sqlite";
const READERS: u32 = 8;
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Below SQLite's limit on bound values, whatever a query binds besides.
pub(crate) const CODES_PER_QUERY: usize = 500;

#[derive(Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    /// Whoever writes holds it, the ingest thread too: nobody waits in SQLite's busy handler.
    gate: Arc<Mutex<()>>,
    path: Arc<Path>,
    trees: unit_tree::TreeCache,
}

impl Store {
    /// Opens or makes the store in `data` and brings its tables up to date.
    pub async fn open(data: &Path) -> Result<Self> {
        let path = data.join(FILE_NAME);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .statement_cache_capacity(200)
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "1073741824")
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .with_context(|| format!("cannot open {}", path.display()))?;
        sqlx::migrate!("./migrations").run(&writer).await.context("cannot bring the tables up to date")?;
        let readers =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { readers, writer, gate: Arc::default(), path: path.into(), trees: Default::default() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For `SELECT` only.
    pub fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// The one write transaction at a time; dropped without [`WriteTransaction::commit`] it changes nothing.
    pub async fn begin(&self) -> Result<WriteTransaction> {
        WriteTransaction::begin(&self.writer, self.gate.clone()).await
    }

    /// Only for threads outside the runtime.
    pub fn wait_for_turn(&self) -> tokio::sync::OwnedMutexGuard<()> {
        self.gate.clone().blocking_lock_owned()
    }

    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
