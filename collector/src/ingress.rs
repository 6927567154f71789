//! How packets come in and commands go out. The broker is behind [`Ingress`]; what it may let through is
//! decided in [`gate`], which knows nothing of brokers.

pub mod connections;
pub mod embedded;
pub mod gate;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use kiemke_schemas::DeviceId;

#[async_trait]
pub trait Ingress: Send + Sync {
    /// On the device's command topic. False where it is not there to hear it.
    async fn send(&self, device: &DeviceId, payload: Vec<u8>) -> bool;

    /// Ends the device's session.
    async fn kick(&self, device: &DeviceId);
}
