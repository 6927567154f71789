//! Commands to devices: rows until they are delivered, sealed with the collector's key. A device obeys a
//! counter once, so a command is sent again at every connection until it expires.

use crate::{identity::vault::Vault, ingest::answer, ingress::Ingress, remote, store::Store};
use anyhow::Result;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::{DeviceId, command::Body};
use std::sync::Arc;
use tokio::sync::mpsc;

const QUEUE: usize = 10_000;

#[derive(Clone)]
pub struct Outbox {
    wake: mpsc::Sender<DeviceId>,
}

impl Outbox {
    pub fn new() -> (Self, mpsc::Receiver<DeviceId>) {
        let (wake, woken) = mpsc::channel(QUEUE);
        (Self { wake }, woken)
    }

    /// There may be something for this device. With a full queue it waits for the next connection.
    pub fn wake(&self, device: DeviceId) {
        if self.wake.try_send(device).is_err() {
            tracing::warn!("the outbox is behind: a command waits for its device's next connection");
        }
    }
}

/// Runs until every [`Outbox`] is gone.
pub async fn work(
    mut woken: mpsc::Receiver<DeviceId>,
    store: Store,
    key: Arc<SigningKey>,
    vault: Arc<Vault>,
    ingress: Arc<dyn Ingress>,
) {
    while let Some(device) = woken.recv().await {
        if let Err(error) = deliver(&device, &store, &key, &vault, ingress.as_ref()).await {
            tracing::error!(%device, error = format!("{error:#}"), "commands could not be delivered");
        }
    }
}

async fn deliver(
    device: &DeviceId,
    store: &Store,
    key: &SigningKey,
    vault: &Vault,
    ingress: &dyn Ingress,
) -> Result<()> {
    let now = Timestamp::now();
    let mut sent = Vec::new();
    for (id, mut command) in store.pending_commands(device, now).await? {
        if let Body::ApplySettings { settings } = &mut command.body {
            *settings = remote::settings_of(store, vault, device.as_str(), now).await?;
        }
        if !ingress.send(device, answer::seal_command(&command, key)?).await {
            break;
        }
        sent.push(id);
    }
    if sent.is_empty() { Ok(()) } else { store.commands_sent(&sent, now).await }
}
