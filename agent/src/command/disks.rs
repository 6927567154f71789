use crate::{
    durable,
    probe::{Root, storage::Answers},
};
use anyhow::{Context, Result};
use clap::Parser;
use jiff::Timestamp;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(after_help = "Example:\n  kiemke-agent disks --out /run/kiemke-agent/disks.json")]
pub struct Args {
    /// The file that the service reads
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub fn run(args: &Args) -> Result<()> {
    let answers = serde_json::to_vec(&Answers::ask(&Root::system(), Timestamp::now()))?;
    durable::write(&args.out, &answers).with_context(|| format!("{} cannot be written", args.out.display()))
}
