//! The command line. While `serve` runs a request goes to it through `DIR/control.sock`; otherwise the
//! command opens the store itself.

pub mod backup;
pub mod check;
pub mod device;
pub mod export;
pub mod flags;
pub mod import;
pub mod local;
pub mod needs;
pub mod output;
pub mod reindex;
pub mod release;
pub mod restore;
pub mod search;
pub mod serve;
pub mod settings;
pub mod thresholds;
pub mod token;
pub mod unit_csv;
pub mod units;
pub mod user;

use crate::{app::App, export::Output, store::actor};
use anyhow::Result;
use clap::{Parser, Subcommand};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Who the store names as the author of what the command line did.
pub const ACTOR: &str = actor::COMMAND_LINE;

/// Kiemke collector: takes the reports of agents, keeps them, and makes flags, forms and plans of them.
#[derive(Parser)]
#[command(name = "kiemke-collector", version, propagate_version = true)]
pub struct Cli {
    /// Folder of the store, the CA and the keys
    #[arg(long, global = true, env = "KIEMKE_DATA", default_value = "/var/lib/kiemke", value_name = "DIR")]
    pub data: PathBuf,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Take reports, serve the web pages, do the derived work
    Serve(serve::Args),
    #[command(flatten)]
    Request(Request),
    /// Sign, keep and roll out releases of the agent
    #[command(subcommand)]
    Release(release::Release),
    /// Bring back what a backup holds; not while the collector runs
    Restore(restore::Args),
}

/// What a running collector does for another process as well.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Import and list units
    #[command(subcommand)]
    Units(units::Units),
    /// Show and set what is switched on for a unit: router and printer polls, neighbours, sweep
    #[command(subcommand)]
    Settings(settings::Settings),
    /// Show and set from when on flags are raised and how long things count
    #[command(subcommand)]
    Thresholds(thresholds::Thresholds),
    /// Create, list and revoke enrolment tokens
    #[command(subcommand)]
    Token(token::Token),
    /// List, show, add, move, continue, suspend, revoke and retire devices
    #[command(subcommand)]
    Device(device::Device),
    /// Import what people hand in: declarations, security checks, prices
    #[command(subcommand)]
    Import(import::Import),
    /// Write appendices, procurement needs and declarations
    Export(export::Args),
    /// List and edit what units need to buy in 2024-2025
    #[command(subcommand)]
    Needs(needs::Needs),
    /// List open flags
    Flags(flags::Args),
    /// Find devices, peripherals, units and lines
    Search(search::Args),
    /// Add, list and change people who log in
    #[command(subcommand)]
    User(user::User),
    #[command(skip)]
    Release(release::Here),
    /// Write the store, the CA and the keys into one archive
    Backup(backup::Args),
    /// Make facts, flags and the search index again from the store
    Reindex(reindex::Args),
    /// Look whether the store, the keys and the search index are sound
    Check(check::Args),
}

impl Request {
    /// The file whose content is the input; `-` is standard input.
    pub fn input_file(&self) -> Option<&Path> {
        match self {
            Self::Units(units) => units.input_file(),
            Self::Import(import) => Some(import.input_file()),
            Self::Settings(settings) => settings.input_file(),
            Self::Thresholds(thresholds) => thresholds.input_file(),
            Self::Release(release) => release.input_file(),
            Self::Token(_)
            | Self::Device(_)
            | Self::Reindex(_)
            | Self::Check(_)
            | Self::Flags(_)
            | Self::Needs(_)
            | Self::Search(_)
            | Self::User(_)
            | Self::Backup(_)
            | Self::Export(_) => None,
        }
    }

    /// The file that takes the output in place of standard output.
    pub fn output_file(&self) -> Option<&Path> {
        match self {
            Self::Backup(args) => Some(&args.file),
            Self::Export(args) => args.output_file(),
            _ => None,
        }
    }

    pub async fn run(&self, app: &App, input: Option<Vec<u8>>, output: Output<'_>) -> Result<()> {
        if matches!(self, Self::Search(_) | Self::Flags(_)) {
            app.settle().await?;
        }
        match self {
            Self::Units(units) => units.run(app, input, output).await,
            Self::Settings(settings) => settings.run(app, input, output).await,
            Self::Thresholds(thresholds) => thresholds.run(app, input, output).await,
            Self::Token(token) => token.run(app, output).await,
            Self::Device(device) => device.run(app, output).await,
            Self::Import(import) => import.run(app, input, output).await,
            Self::Export(args) => export::run(app, args, output).await,
            Self::Needs(needs) => needs.run(app, output).await,
            Self::Flags(args) => flags::run(app, args, output).await,
            Self::Search(args) => search::run(app, args, output).await,
            Self::User(user) => user.run(app, output).await,
            Self::Release(release) => release.run(app, input, output).await,
            Self::Backup(args) => backup::run(app, args, output).await,
            Self::Reindex(_) => reindex::run(app, output).await,
            Self::Check(_) => check::run(app, output).await,
        }
    }
}

/// Commands say what they have to say on standard output; the collector at work logs.
/// Statements over a whole country take their second: the pages of their text help nobody.
pub fn log_filter(cli: &Cli) -> &'static str {
    match &cli.command {
        Command::Serve(_) => "info,rmqtt=warn,rmqtt_net=warn,tantivy=warn,sqlx::query=error",
        Command::Request(_) | Command::Release(_) | Command::Restore(_) => "warn,sqlx::query=error",
    }
}

pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Serve(args) => serve::run(&cli.data, &args).await,
        Command::Request(request) => local::run(&cli.data, &request).await,
        Command::Release(release) => match release.run_offline()? {
            Some(here) => local::run(&cli.data, &Request::Release(here)).await,
            None => Ok(()),
        },
        Command::Restore(args) => restore::run(&cli.data, &args),
    }
}
