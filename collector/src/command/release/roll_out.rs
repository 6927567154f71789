use crate::{
    app::App,
    command::ACTOR,
    export::Output,
    release::{self, progress::Progress},
    store::time,
};
use anyhow::{Result, ensure};
use jiff::Timestamp;
use kiemke_schemas::release::MAX_SPREAD_SECONDS;
use semver::Version;
use serde::{Deserialize, Serialize};

const HOUR: u32 = 3600;

#[derive(clap::Args, Serialize, Deserialize)]
#[command(
    disable_version_flag = true,
    after_help = "Example:\n  kiemke-collector release roll-out 0.2.0 --unit 26743 --spread 3600"
)]
pub struct RollOut {
    /// A version that `release list` shows
    pub version: Version,
    /// This unit and everything below it
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// Each agent waits a random part of this time before it fetches the executable
    #[arg(long, value_name = "SECONDS", default_value_t = HOUR,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(MAX_SPREAD_SECONDS)))]
    pub spread: u32,
}

#[derive(clap::Args, Serialize, Deserialize)]
#[command(
    disable_version_flag = true,
    after_help = "Example:\n  kiemke-collector release stop 0.2.0 --unit 26743"
)]
pub struct Stop {
    pub version: Version,
    /// The unit that `release roll-out` named
    #[arg(long, value_name = "CODE")]
    pub unit: String,
}

#[derive(clap::Args, Serialize, Deserialize)]
#[command(
    disable_version_flag = true,
    after_help = "Example:\n  kiemke-collector release progress 0.2.0 --json"
)]
pub struct ShowProgress {
    /// Of this version only
    pub version: Option<Version>,
    #[arg(long)]
    pub json: bool,
}

pub async fn start(app: &App, args: &RollOut, output: Output<'_>) -> Result<()> {
    let version = args.version.to_string();
    let known = app.store.releases().await?.iter().any(|row| row.version == version);
    ensure!(known, "field version: there is no release {version}; see kiemke-collector release list");
    let unit = app.store.unit(&args.unit, time::today()).await?;
    ensure!(unit.is_some(), "field unit: there is no unit {}", args.unit);
    app.store.start_roll_out(&version, &args.unit, args.spread, ACTOR).await?;
    let ordered = release::follow(app).await?;
    writeln!(output, "{version} is rolled out in unit {}: {ordered} devices were told now", args.unit)?;
    Ok(())
}

pub async fn stop(app: &App, args: &Stop, output: Output<'_>) -> Result<()> {
    let version = args.version.to_string();
    let stopped = app.store.stop_roll_out(&version, &args.unit, ACTOR).await?;
    ensure!(stopped, "{version} is not being rolled out in unit {}", args.unit);
    writeln!(output, "{version} is rolled out in unit {} no more", args.unit)?;
    Ok(())
}

pub async fn progress(app: &App, args: &ShowProgress, output: Output<'_>) -> Result<()> {
    let version = args.version.as_ref().map(Version::to_string);
    let all = release::progress::progress(&app.store, version.as_deref(), Timestamp::now()).await?;
    if args.json {
        serde_json::to_writer(&mut *output, &all)?;
        writeln!(output)?;
        return Ok(());
    }
    all.iter().try_for_each(|one| print(one, output))
}

fn print(one: &Progress, output: Output<'_>) -> Result<()> {
    let stopped = one.stopped_at.as_ref().map_or_else(String::new, |at| format!(", stopped {at}"));
    writeln!(output, "{} in unit {} since {}{stopped}", one.version, one.unit, one.started_at)?;
    writeln!(
        output,
        "  {} updated, {} ordered, {} waiting, {} rejected, {} unsuitable",
        one.updated, one.ordered, one.waiting, one.rejected, one.unsuitable
    )?;
    for rejection in &one.rejections {
        let name = rejection.host_name.as_deref().unwrap_or(&rejection.device);
        let reason = rejection.reason.as_deref().unwrap_or("no reason was given");
        writeln!(output, "  rejected by {name} (unit {}): {reason}", rejection.unit)?;
    }
    Ok(())
}
