//! The agent as a system service.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
pub use linux::{install, start, stop, uninstall, watch_over};
#[cfg(windows)]
pub use windows::{configure, dispatch, install, start, stop, uninstall};

use crate::{agent::Agent, config::Config, enrolment::pending, state_dir::StateDir};
use anyhow::Result;

/// One name for code, unit file, service control manager and installers.
pub const NAME: &str = "kiemke-agent";

/// From the enrolment on, which may come later, until the order to stop.
pub async fn serve(state: StateDir, stop: impl Future<Output = ()>) -> Result<()> {
    tokio::pin!(stop);
    let identity = tokio::select! {
        () = &mut stop => return Ok(()),
        identity = pending::identity(&state) => identity,
    };
    let _lock = state.lock()?;
    Agent::start(state, Config::load()?, identity)?.run(stop).await
}
