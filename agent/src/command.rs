//! The command line, one file a subcommand.

#[cfg(target_os = "linux")]
pub mod disks;
pub mod enrol;
pub mod inventory;
pub mod run;
pub mod service;
pub mod status;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "kiemke-agent",
    version,
    about = "Takes stock of this computer and reports to a Kiemke collector"
)]
#[command(
    after_help = "Example:\n  kiemke-agent enrol --collector https://kiemke.example.vn:8443 --token TOKEN\n  \
    kiemke-agent run\n\nState is kept in $KIEMKE_STATE_DIR (default /var/lib/kiemke-agent, on Windows\n%ProgramData%\\kiemke-agent)."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print what the probes find on this computer as JSON; sends nothing
    Inventory(inventory::Args),
    /// Enrol this computer with a collector
    Enrol(enrol::Args),
    /// Report to the collector: for good, or once
    Run(run::Args),
    /// Show identity, spool and quarantine
    Status(status::Args),
    /// Read recorded outputs of tools and print them as sections of a report
    Parse(crate::parse::command::Args),
    /// Ask a router or a printer by SNMP what it is
    Snmp(crate::snmp::command::Args),
    /// Ask the disks for their health, for the service, whose sandbox does not let it ask
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    Disks(disks::Args),
    /// Install or remove the system service
    Service(service::Args),
}
