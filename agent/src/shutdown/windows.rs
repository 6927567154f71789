use anyhow::{Context, Result};
use std::future::Future;
use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

/// Completes at Ctrl+C, Ctrl+Break, when the console closes, and at the end of the session. A service gets its
/// order from the service control manager instead.
pub fn ordered() -> Result<impl Future<Output = ()>> {
    const WHY: &str = "the console's events cannot be awaited";
    let (mut interrupt, mut stop) = (ctrl_c().context(WHY)?, ctrl_break().context(WHY)?);
    let (mut close, mut end) = (ctrl_close().context(WHY)?, ctrl_shutdown().context(WHY)?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = stop.recv() => {}
            _ = close.recv() => {}
            _ = end.recv() => {}
        }
    })
}
