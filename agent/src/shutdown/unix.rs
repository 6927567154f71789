use anyhow::{Context, Result};
use std::future::Future;
use tokio::signal::unix::{SignalKind, signal};

/// Completes at SIGTERM or SIGINT.
pub fn ordered() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be awaited")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be awaited")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
