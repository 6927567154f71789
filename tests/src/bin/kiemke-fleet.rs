use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use jiff::Timestamp;
use kiemke_tests::fleet::{
    catalogue::Catalogue,
    enrolment::Collector,
    identity, live, load,
    once::{self, Target},
    profile::{Scene, area, quan1},
    units::{self, Tokens},
};
use std::{fs, path::PathBuf, process::ExitCode, time::Duration};
use tracing_subscriber::EnvFilter;

/// What the generator spares is left to the collector it measures.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Simulated agents that speak the real protocol. The machines are invented, the same for the same seed;
/// keys, enrolment, signatures and answers are real.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
struct Options {
    /// Address of the collector's HTTPS side.
    #[arg(long, value_name = "URL")]
    collector: reqwest::Url,
    /// The collector's CA, PEM (DIR/ca.pem of its data directory).
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// Enrolment token that covers the units of the profile (`kiemke-collector token create`); several, with
    /// commas or again, for units that no single one covers.
    #[arg(long, required = true, value_delimiter = ',')]
    token: Vec<String>,
    /// What to simulate; without it, --agents makes load.
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// Number of agents; with a profile of many units, at most this many.
    #[arg(long, value_name = "N")]
    agents: Option<usize>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End when every report was answered `stored`.
    #[arg(long)]
    once: bool,
    /// Writes declarations.csv and security-checks.csv here and keeps the agents' identities, so that the
    /// next run with the same directory goes on as the same devices.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Of the units that the tokens cover, only this one and those below it (province, country).
    #[arg(long, value_name = "CODE")]
    under: Option<String>,
    /// Full reports each agent sends under load.
    #[arg(long, value_name = "R", default_value_t = 10)]
    reports: usize,
    /// Agents that enrol or connect at a time under load.
    #[arg(long, default_value_t = 64)]
    at_a_time: usize,
    /// Seconds between two changes anywhere in the fleet, on average.
    #[arg(long, value_name = "SECONDS", default_value_t = 15.0)]
    pace: f64,
    /// Seconds in which the reports of a phase must be stored.
    #[arg(long, value_name = "SECONDS", default_value_t = 240)]
    time_limit: u64,
}

const EXAMPLES: &str = "Examples:
  kiemke-fleet --collector https://127.0.0.1:8443 --ca data/ca.pem --token $TOKEN --profile quan1 --once --out fleet
  kiemke-fleet --collector https://127.0.0.1:8443 --ca data/ca.pem --token $TOKEN_OF_79 --profile province --agents 2000
  kiemke-fleet --collector https://127.0.0.1:8443 --ca data/ca.pem --token $TOKEN_OF_01,$TOKEN_OF_79 --profile country
  kiemke-fleet --collector https://127.0.0.1:8443 --ca data/ca.pem --token $TOKEN --agents 2000 --reports 10";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Profile {
    /// District 1 of Ho Chi Minh City: 84 computers, planted faults.
    Quan1,
    /// The unit of the token and all below it.
    Province,
    /// The units of all tokens: one of each province for the whole country.
    Country,
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match start(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kiemke-fleet: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(options: Options) -> Result<()> {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        bail!("a TLS provider was installed before");
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(options))
}

async fn run(options: Options) -> Result<()> {
    let mut target = target(&options)?;
    let Some(profile) = options.profile else {
        let Some(agents) = options.agents else { bail!("give --profile, or --agents for load") };
        let plan = load::Plan {
            agents,
            reports: options.reports,
            at_a_time: options.at_a_time.max(1),
            seed: options.seed,
        };
        return load::run(&plan, &target).await;
    };
    let scene = scene(&options, profile, &mut target).await?;
    let mut agents = once::bring(scene, &target).await?;
    if options.once {
        futures::future::join_all(agents.iter_mut().map(|agent| agent.close())).await;
        return Ok(());
    }
    let pace = Duration::try_from_secs_f64(options.pace).context("--pace")?;
    live::run(agents, options.seed, pace).await;
    Ok(())
}

fn target(options: &Options) -> Result<Target> {
    let ca_pem = fs::read(&options.ca).with_context(|| format!("--ca {}", options.ca.display()))?;
    if let Some(out) = &options.out {
        fs::create_dir_all(out).with_context(|| format!("--out {}", out.display()))?;
    }
    Ok(Target {
        collector: Collector::new(options.collector.clone(), &ca_pem)?,
        roots: identity::roots(&ca_pem)?,
        ca_pem,
        tokens: Tokens::new(options.token.clone())?,
        out: options.out.clone(),
        time_limit: Duration::from_secs(options.time_limit),
    })
}

async fn scene(options: &Options, profile: Profile, target: &mut Target) -> Result<Scene> {
    let echo_url = &target.collector.echo_url()?;
    let catalogue = Catalogue::load()?;
    let now = Timestamp::now();
    if matches!(profile, Profile::Quan1) {
        return quan1::scene(&catalogue, options.seed, echo_url, now);
    }
    if matches!(profile, Profile::Province) && options.token.len() > 1 {
        bail!("--token: the profile province has one; country takes several");
    }
    let mut list = target.tokens.units(&target.collector).await?;
    if let Some(code) = &options.under {
        list = units::under(&list, code)?;
    }
    area::scene(&catalogue, &list, options.agents.unwrap_or(usize::MAX), options.seed, echo_url, now)
}
