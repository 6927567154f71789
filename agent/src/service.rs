//! The agent as a system service.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
pub use linux::{install, start, stop, uninstall};
#[cfg(windows)]
pub use windows::{configure, dispatch, install, start, stop, uninstall};

/// One name for code, unit file, service control manager and installers.
pub const NAME: &str = "kiemke-agent";
