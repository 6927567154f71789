//! The agent as a system service.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
pub use linux::{install, start, stop, uninstall, watch_over};
#[cfg(windows)]
pub use windows::{be_part, configure, dispatch, install, start, stop, uninstall};

use crate::{
    agent::{Agent, Ended},
    config::Config,
    enrolment::pending,
    state_dir::StateDir,
    update::{self, Attended},
};
use anyhow::Result;

/// One name for code, unit file, service control manager and installers.
pub const NAME: &str = "kiemke-agent";

/// From the enrolment on, which may come later, until the order to stop. Versions of this program take turns.
pub async fn serve(state: StateDir, stop: impl Future<Output = ()>) -> Result<()> {
    tokio::pin!(stop);
    loop {
        if update::attend(&state, stop.as_mut()).await? == Attended::Stopped {
            return Ok(());
        }
        let identity = tokio::select! {
            () = &mut stop => return Ok(()),
            identity = pending::identity(&state) => identity,
        };
        let _lock = state.lock()?;
        let agent = Agent::start(state.clone(), Config::load()?, identity)?;
        if agent.run(stop.as_mut()).await? == Ended::Stopped || update::is_supervised() {
            return Ok(());
        }
    }
}
