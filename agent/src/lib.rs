//! The Kiemke agent: probes → report → spool → transport.

pub mod collect;
pub mod command;
pub mod durable;
pub mod probe;
pub mod report;
pub mod state_dir;
