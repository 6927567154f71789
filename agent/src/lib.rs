//! The Kiemke agent: probes → report → spool → transport.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod address;
pub mod agent;
pub mod certificate;
pub mod collect;
pub mod command;
pub mod config;
pub mod delivery;
pub mod durable;
pub mod echo;
pub mod enrolment;
pub mod identity;
pub mod neighbourhood;
pub mod orders;
pub mod output;
pub mod parse;
pub mod polls;
pub mod probe;
pub mod reach;
pub mod remote;
pub mod renewal;
pub mod report;
pub mod service;
pub mod shutdown;
pub mod snmp;
pub mod spool;
pub mod state_dir;
pub mod survey;
pub mod tls;
pub mod transport;
pub mod update;
pub mod vault;
pub mod wake;
pub mod watch;
pub mod web_api;
