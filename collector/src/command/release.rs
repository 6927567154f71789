//! Releases of the agent. The release key stays where releases are made: `key` and `sign` need no collector.

mod offline;
mod roll_out;
mod stock;

use crate::{app::App, export::Output};
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use std::path::Path;

#[derive(Subcommand)]
pub enum Release {
    /// The key that signs releases; keep it off the collector
    #[command(subcommand)]
    Key(offline::Key),
    /// Sign an executable of the agent
    Sign(offline::Sign),
    #[command(flatten)]
    Here(Here),
}

/// What needs the store.
#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Here {
    /// Take releases that are signed by this key, and no others
    Trust(stock::Trust),
    /// Take an executable and its manifest
    Add(stock::Add),
    /// List releases
    List(stock::List),
    /// Let the agents of a unit and below it go over to a version; again, to ask those anew that rejected it
    RollOut(roll_out::RollOut),
    /// Order no more agents of a unit to go over; orders nobody has answered are withdrawn
    Stop(roll_out::Stop),
    /// How far roll-outs are
    Progress(roll_out::ShowProgress),
}

impl Release {
    /// What can be done here; the rest needs the store.
    pub fn run_offline(self) -> Result<Option<Here>> {
        match self {
            Self::Key(key) => offline::key(&key).map(|()| None),
            Self::Sign(args) => offline::sign(&args).map(|()| None),
            Self::Here(here) => Ok(Some(here)),
        }
    }
}

impl Here {
    pub fn input_file(&self) -> Option<&Path> {
        match self {
            Self::Add(args) => Some(&args.executable),
            _ => None,
        }
    }

    pub async fn run(&self, app: &App, input: Option<Vec<u8>>, output: Output<'_>) -> Result<()> {
        match self {
            Self::Trust(args) => stock::trust(app, args, output).await,
            Self::Add(args) => stock::add(app, args, input.unwrap_or_default(), output).await,
            Self::List(args) => stock::list(app, args, output).await,
            Self::RollOut(args) => roll_out::start(app, args, output).await,
            Self::Stop(args) => roll_out::stop(app, args, output).await,
            Self::Progress(args) => roll_out::progress(app, args, output).await,
        }
    }
}
