use anyhow::Result;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The one write transaction. Use it as a connection: `sqlx::query(…).execute(&mut *tx)`.
pub struct WriteTransaction {
    inner: Transaction<'static, Sqlite>,
    // After `inner`: the roll back is under way before the next writer comes.
    _turn: OwnedMutexGuard<()>,
}

impl WriteTransaction {
    pub(super) async fn begin(writer: &SqlitePool, gate: Arc<Mutex<()>>) -> Result<Self> {
        let turn = gate.lock_owned().await;
        let inner = writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Self { inner, _turn: turn })
    }

    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}

impl Deref for WriteTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.inner
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }
}
