//! The order to stop.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::ordered;
