mod by_hand;
mod continuation;

use super::ACTOR;
use crate::{
    app::App,
    inventory::device::DeviceState,
    store::{devices::DeviceRow, time},
};
use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use kiemke_schemas::{DeviceId, command::Body};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::Write;

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Device {
    /// List devices
    #[command(after_help = "Example:\n  kiemke-collector device list --unit 760 --state active --json")]
    List(List),
    /// Show what is known of a device
    #[command(after_help = "Example:\n  kiemke-collector device show PC-BENNGHE-01")]
    Show(Show),
    /// Let a device belong to another unit; its peripherals go along
    #[command(after_help = "Example:\n  kiemke-collector device move PC-BENNGHE-01 --unit 26743")]
    Move(Move),
    /// Take nothing from a device for the time being
    #[command(
        after_help = "Example:\n  kiemke-collector device suspend PC-BENNGHE-01 --reason 'being repaired'"
    )]
    Suspend(Act),
    /// Take reports of a suspended device again
    #[command(after_help = "Example:\n  kiemke-collector device resume PC-BENNGHE-01")]
    Resume(Act),
    /// Never take anything from this identity again; the computer may enrol anew
    #[command(after_help = "Example:\n  kiemke-collector device revoke PC-BENNGHE-01 --reason 'stolen'")]
    Revoke(Act),
    /// A computer that is no longer there: it counts nowhere, its history stays
    #[command(after_help = "Example:\n  kiemke-collector device retire PC-BENNGHE-01 --reason 'scrapped'")]
    Retire(Act),
    /// Let a device go on with the history of a former one: the same computer, installed anew
    #[command(after_help = "Example:\n  kiemke-collector device continue PC-BENNGHE-01 PC-BENNGHE-01A")]
    Continue(continuation::Continue),
    /// Enter a computer that has no agent; it counts until it is retired, and forms say who declared it
    #[command(after_help = "Example:\n  \
        kiemke-collector device add --unit 26743 --name 'PC-MOTCUA-02' --kind workstation --declared-by 'Nguyễn An'")]
    Add(by_hand::Add),
    /// Let a computer look at itself now; it reports what changed
    #[command(after_help = "Example:\n  kiemke-collector device scan PC-BENNGHE-01 --full")]
    Scan(Scan),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct List {
    /// This unit and everything below it (default: every unit)
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    /// active, suspended, revoked or retired (default: all)
    #[arg(long)]
    pub state: Option<String>,
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Show {
    /// Device id or host name
    pub device: String,
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Move {
    /// Device id or host name
    pub device: String,
    #[arg(long, value_name = "CODE")]
    pub unit: String,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Act {
    /// Device id or host name
    pub device: String,
    /// Kept in the device's history
    #[arg(long, default_value = "")]
    pub reason: String,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Scan {
    /// Device id or host name
    pub device: String,
    /// Report everything, changed or not
    #[arg(long)]
    pub full: bool,
}

impl Device {
    pub async fn run(&self, app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
        match self {
            Self::List(args) => list(app, args, output).await,
            Self::Show(args) => show(app, args, output).await,
            Self::Move(args) => move_to(app, args, output).await,
            Self::Suspend(args) => set(app, args, DeviceState::Suspended, output).await,
            Self::Resume(args) => set(app, args, DeviceState::Active, output).await,
            Self::Revoke(args) => set(app, args, DeviceState::Revoked, output).await,
            Self::Retire(args) => set(app, args, DeviceState::Retired, output).await,
            Self::Continue(args) => continuation::run(app, args, output).await,
            Self::Add(args) => by_hand::run(app, args, output).await,
            Self::Scan(args) => scan(app, args, output).await,
        }
    }
}

async fn list(app: &App, args: &List, output: &mut (dyn Write + Send)) -> Result<()> {
    if let Some(state) = &args.state {
        DeviceState::parse(state).with_context(|| {
            format!("field state: {state:?} is none of active, suspended, revoked, retired")
        })?;
    }
    let mut rows = match &args.unit {
        Some(code) => {
            let units = app.store.subtree(code, time::today()).await?;
            ensure!(!units.is_empty(), "field unit: there is no unit {code}");
            let codes: Vec<String> = units.into_iter().map(|unit| unit.code).collect();
            app.store.devices_of(&codes).await?
        }
        None => app.store.all_devices().await?,
    };
    rows.retain(|row| args.state.as_ref().is_none_or(|state| row.state == *state));
    if args.json {
        let shown: Vec<Value> = rows.iter().map(registered).collect();
        serde_json::to_writer(&mut *output, &shown)?;
        writeln!(output)?;
        return Ok(());
    }
    for row in rows {
        let (name, seen) =
            (row.host_name.unwrap_or_default(), row.last_seen_at.unwrap_or_else(|| "never".into()));
        writeln!(output, "{}  {:<24} {:<8} {:<10} {seen}", row.id, name, row.unit_code, row.state)?;
    }
    Ok(())
}

fn registered(row: &DeviceRow) -> Value {
    json!({
        "device": row.id, "host_name": row.host_name, "unit": row.unit_code, "state": row.state,
        "origin": row.origin, "continues": row.continues, "enrolled_at": row.enrolled_at,
        "connected": row.connected != 0, "last_seen_at": row.last_seen_at,
        "last_report_at": row.last_report_at, "boot": row.boot, "sequence": row.sequence,
        "clock_skew_seconds": row.clock_skew_seconds, "agent_version": row.agent_version,
        "certificate_ends_at": row.certificate_ends_at,
    })
}

async fn show(app: &App, args: &Show, output: &mut (dyn Write + Send)) -> Result<()> {
    app.settle().await?;
    let id = app.store.resolve_device(&args.device).await?;
    let row = app.store.device(&id).await?.with_context(|| format!("there is no device {id}"))?;
    let mut shown = registered(&row);
    shown["facts"] = serde_json::to_value(app.store.device_facts(&id).await?)?;
    if args.json {
        serde_json::to_writer(&mut *output, &shown)?;
    } else {
        serde_json::to_writer_pretty(&mut *output, &shown)?;
    }
    writeln!(output)?;
    Ok(())
}

async fn move_to(app: &App, args: &Move, output: &mut (dyn Write + Send)) -> Result<()> {
    let id = app.store.resolve_device(&args.device).await?;
    let unit = app
        .store
        .unit(&args.unit, time::today())
        .await?
        .with_context(|| format!("field unit: there is no unit {}", args.unit))?;
    app.store.move_device(&id, &unit.code, ACTOR).await?;
    writeln!(output, "{id} belongs to {} {} now", unit.code, unit.full_name)?;
    Ok(())
}

async fn set(app: &App, args: &Act, state: DeviceState, output: &mut (dyn Write + Send)) -> Result<()> {
    let id = app.store.resolve_device(&args.device).await?;
    let row = app.store.device(&id).await?.with_context(|| format!("there is no device {id}"))?;
    let before = row.state()?;
    if !before.may_become(state) {
        let (before, after) = (before.as_str(), state.as_str());
        bail!(
            "device {id} is {before} and cannot become {after}; after revoke or retire a computer enrols anew"
        );
    }
    app.store.set_device_state(&id, state, &args.reason, ACTOR).await?;
    app.device_changed(&id).await?;
    writeln!(output, "{id} is {} now", state.as_str())?;
    Ok(())
}

async fn scan(app: &App, args: &Scan, output: &mut (dyn Write + Send)) -> Result<()> {
    let id = app.store.resolve_device(&args.device).await?;
    let device: DeviceId = id.parse()?;
    let body = if args.full { Body::SendFull } else { Body::ScanNow };
    app.store.enqueue_command(&device, &body, ACTOR).await?;
    app.wake_outbox(&id);
    writeln!(output, "{id} was asked")?;
    Ok(())
}
