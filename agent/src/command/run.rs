use crate::{
    agent::Agent, config::Config, identity::Identity, output, service, shutdown, state_dir::StateDir, update,
};
use anyhow::Result;
use clap::Parser;
use std::time::Duration;
use tokio::runtime::Runtime;
use tracing::level_filters::LevelFilter;

#[derive(Debug, Parser)]
#[command(after_help = "Example:\n  kiemke-agent run --once && echo stored\n\n\
    The log goes to standard error; KIEMKE_LOG sets its level (error, warn, info, debug). Settings are read from\n\
    /etc/kiemke/agent.toml (on Windows %ProgramData%\\kiemke-agent\\agent.toml) or $KIEMKE_CONFIG: echo_urls, spool_max_mib, spool_max_days.")]
pub struct Args {
    /// Send one full report, wait until the collector has stored everything in the spool, and end
    #[arg(long)]
    once: bool,
    /// Wait for this computer's enrolment instead of ending without one. What the service does
    #[arg(long, conflicts_with = "once")]
    wait: bool,
    /// With --once: how long to wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 50, requires = "once")]
    timeout: u64,
}

pub fn run(args: &Args) -> Result<()> {
    log(if args.once { LevelFilter::WARN } else { LevelFilter::INFO })?;
    let state = StateDir::from_environment();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if args.wait {
        state.create()?;
        return serve(runtime, state);
    }
    Identity::for_running(&state)?;
    if args.once {
        update::become_kept(&state)?;
        let identity = Identity::for_running(&state)?;
        let _lock = state.lock()?;
        let agent = Agent::start(state, Config::load()?, identity)?;
        runtime.block_on(agent.run_once(Duration::from_secs(args.timeout)))?;
        return output::line("stored");
    }
    serve(runtime, state)
}

fn serve(runtime: Runtime, state: StateDir) -> Result<()> {
    let done = runtime.block_on(serve_until_stopped(state));
    // What is still being read, a sweep for example, must not hold up the stop.
    runtime.shutdown_background();
    done
}

async fn serve_until_stopped(state: StateDir) -> Result<()> {
    #[cfg(target_os = "linux")]
    tokio::spawn(service::watch_over());
    let ordered = shutdown::ordered()?;
    let stop = async {
        tokio::select! {
            () = ordered => {}
            () = update::parent_gone() => {}
        }
    };
    service::serve(state, stop).await
}

fn log(default: LevelFilter) -> Result<()> {
    #[cfg(windows)]
    if update::is_supervised() {
        service::be_part();
        return Ok(());
    }
    let level = match std::env::var("KIEMKE_LOG") {
        Ok(text) => text
            .parse()
            .map_err(|_| anyhow::anyhow!("KIEMKE_LOG: {text} is no level (error, warn, info, debug)"))?,
        Err(_) => default,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(false)
        .log_internal_errors(false)
        .init();
    Ok(())
}
