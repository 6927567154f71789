//! End to end: real processes on free ports of the loopback, in a folder of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod browser;
#[cfg(target_os = "linux")]
mod clamav;
#[cfg(target_os = "linux")]
mod cups;
mod help;
mod hostile;
mod kill;
mod main_job;
mod neighbours;
mod news;
#[cfg(target_os = "linux")]
mod pipes;
mod python;
mod quiet;
mod renewal;
mod restore;
#[cfg(unix)]
mod resume;
mod rollout;
mod settings;
mod support;
mod two_lines;
#[cfg(unix)]
mod update;
mod windows;
mod windows_update;
