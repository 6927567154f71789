use anyhow::Result;
use clap::Parser;

#[derive(Debug, Parser)]
pub struct Args {}

pub fn run(_args: &Args) -> Result<()> {
    anyhow::bail!("not in this version")
}
