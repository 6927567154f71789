//! Who is connected now.

use kiemke_schemas::DeviceId;
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Tells a session from the one that takes its place.
    pub peer: Option<SocketAddr>,
    /// Of the certificate it came with.
    pub serial: String,
    pub subscribed: bool,
}

#[derive(Default)]
pub struct Connections {
    open: Mutex<HashMap<DeviceId, Connection>>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, HashMap<DeviceId, Connection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn put(&self, device: &DeviceId, connection: Connection) {
        self.lock().insert(device.clone(), connection);
    }

    pub fn serial(&self, device: &DeviceId) -> Option<String> {
        self.lock().get(device).map(|connection| connection.serial.clone())
    }

    pub fn set_subscribed(&self, device: &DeviceId) {
        if let Some(connection) = self.lock().get_mut(device) {
            connection.subscribed = true;
        }
    }

    pub fn listens(&self, device: &DeviceId) -> bool {
        self.lock().get(device).is_some_and(|connection| connection.subscribed)
    }

    /// False where another session of the device has taken over.
    pub fn remove(&self, device: &DeviceId, peer: Option<SocketAddr>) -> bool {
        let mut open = self.lock();
        let own = open.get(device).is_some_and(|connection| connection.peer == peer);
        if own {
            open.remove(device);
        }
        own
    }

    pub fn devices(&self) -> Vec<DeviceId> {
        self.lock().keys().cloned().collect()
    }
}
