#[cfg(windows)]
use crate::state_dir::StateDir;
use crate::{output, probe::Root, service};
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
    /// Install the service (systemd unit, Windows service) for this program, enable and start it
    #[command(after_help = "Example:\n  sudo kiemke-agent service install")]
    Install,
    /// Stop, disable and remove the service; identity and spool stay
    #[command(after_help = "Example:\n  sudo kiemke-agent service uninstall")]
    Uninstall,
    /// Start the installed service
    #[command(after_help = "Example:\n  sudo kiemke-agent service start")]
    Start,
    /// Stop the service until it is started again or the computer starts
    #[command(after_help = "Example:\n  sudo kiemke-agent service stop")]
    Stop,
    /// What an installer runs: the service's settings without starting it
    #[cfg(windows)]
    #[command(hide = true)]
    Configure,
    /// What an installer runs that shall leave nothing behind: identity, spool and settings are deleted
    #[cfg(windows)]
    #[command(hide = true)]
    Purge,
    /// What the service control manager runs
    #[cfg(windows)]
    #[command(hide = true)]
    Run,
}

pub fn run(args: &Args) -> Result<()> {
    let root = Root::system();
    let done = match args.action {
        Action::Install => service::install(&root)?,
        Action::Uninstall => service::uninstall(&root)?,
        Action::Start => service::start(&root)?,
        Action::Stop => service::stop(&root)?,
        #[cfg(windows)]
        Action::Configure => return service::configure(),
        #[cfg(windows)]
        Action::Purge => return StateDir::from_environment().delete(),
        #[cfg(windows)]
        Action::Run => return service::dispatch(),
    };
    output::line(done)
}
