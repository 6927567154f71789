//! The agent as a system service.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::{install, uninstall};

/// One name for code, unit file and installers.
pub const NAME: &str = "kiemke-agent";
