#![deny(clippy::print_stdout, clippy::print_stderr)]

use clap::Parser;
use kiemke_collector::command::{self, Cli};
use std::{io::Write, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// Reports are read and written as thousands of small strings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(command::log_filter(&cli)));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody can be told, nobody is.
            let _ = writeln!(std::io::stderr(), "kiemke-collector: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    // Two providers are linked (rmqtt brings aws-lc-rs): name ours before anything speaks TLS.
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("a TLS provider is installed already"))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command::run(cli))
}
