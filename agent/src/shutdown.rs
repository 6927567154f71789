//! The order to stop.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::ordered;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::ordered;
