use crate::{probe::Root, service};
use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(after_help = "Example:\n  sudo kiemke-agent service install")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Install the systemd unit for this program, enable and start it
    #[command(after_help = "Example:\n  sudo kiemke-agent service install")]
    Install,
    /// Stop, disable and remove the systemd unit; identity and spool stay
    #[command(after_help = "Example:\n  sudo kiemke-agent service uninstall")]
    Uninstall,
}

pub fn run(args: &Args) -> Result<()> {
    let root = Root::system();
    let done = match args.action {
        Action::Install => service::install(&root)?,
        Action::Uninstall => service::uninstall(&root)?,
    };
    println!("{done}");
    Ok(())
}
