//! SNMP: [`client`] walks a device into a [`mib::Mib`], the probes read from that alone.

pub mod client;
pub mod command;
pub mod mib;
pub mod oid;
pub mod poll;
pub mod recording;
