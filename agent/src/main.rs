#![deny(clippy::print_stdout, clippy::print_stderr)]

use clap::Parser;
use kiemke_agent::{
    command::{Cli, Command, enrol, inventory, run, service, status},
    output,
};
use std::process::ExitCode;

fn main() -> ExitCode {
    kiemke_agent::tls::install_provider();
    let result = match Cli::parse().command {
        Command::Inventory(args) => inventory::run(&args),
        Command::Enrol(args) => enrol::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Parse(args) => kiemke_agent::parse::command::run(&args),
        Command::Snmp(args) => kiemke_agent::snmp::command::run(&args),
        #[cfg(target_os = "linux")]
        Command::Disks(args) => kiemke_agent::command::disks::run(&args),
        Command::Service(args) => service::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(format_args!("kiemke-agent: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
