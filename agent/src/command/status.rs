use crate::{
    agent::LAST_STORED_FILE,
    certificate::Term,
    identity::{Identity, Superseded},
    output,
    remote::{self, InForce},
    spool::{Limits, Spool, quarantine::Refusal},
    state_dir::StateDir,
    update::record::{self, Record},
};
use anyhow::{Context, Result};
use clap::Parser;
use jiff::Timestamp;
use kiemke_schemas::{
    settings::SnmpRole,
    status::{Outcome, UpdateOutcome},
};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Debug, Parser)]
#[command(after_help = "Example:\n  kiemke-agent status --json")]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    device: String,
    unit: String,
    collector: String,
    mqtt: String,
    enrolled_at: Timestamp,
    interval_seconds: u32,
    certificate_ends_at: Timestamp,
    certificate_renewed_from: Timestamp,
    last_stored_at: Option<Timestamp>,
    spooled: usize,
    spooled_bytes: u64,
    quarantine: Vec<Refusal>,
    enrol_anew: Option<Superseded>,
    /// What the collector switched on, without credentials; `None`: nothing ever.
    settings: Option<InForce>,
    version: &'static str,
    update: Record,
}

pub fn run(args: &Args) -> Result<()> {
    let state = StateDir::from_environment();
    let identity = Identity::load(&state)?
        .with_context(|| format!("not enrolled: no identity in {}", state.path().display()))?;
    let report = report(&state, identity)?;
    if args.json {
        output::line(serde_json::to_string_pretty(&report)?)
    } else {
        output::print(|out| print(out, &report))
    }
}

fn report(state: &StateDir, identity: Identity) -> Result<Report> {
    let term = Term::of(&identity.certificate)?;
    let spool = Spool::look(state, Limits::default());
    let entries = spool.entries()?;
    Ok(Report {
        device: identity.device.to_string(),
        unit: identity.unit,
        collector: identity.collector.to_string(),
        mqtt: format!("{}:{}", identity.mqtt_host, identity.mqtt_port),
        enrolled_at: identity.enrolled_at,
        interval_seconds: identity.interval_seconds,
        certificate_ends_at: term.ends_at,
        certificate_renewed_from: term.renew_at(),
        last_stored_at: state.read(LAST_STORED_FILE)?,
        spooled: entries.len(),
        spooled_bytes: entries.iter().map(|entry| entry.bytes).sum(),
        quarantine: spool.quarantine().refusals()?,
        enrol_anew: Superseded::load(state)?,
        settings: remote::load(state)?,
        version: env!("CARGO_PKG_VERSION"),
        update: state.read(record::FILE)?.unwrap_or_default(),
    })
}

fn print(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "device        {}", report.device)?;
    writeln!(out, "unit          {}", report.unit)?;
    writeln!(out, "collector     {} (MQTT {})", report.collector, report.mqtt)?;
    writeln!(out, "enrolled      {}", report.enrolled_at)?;
    writeln!(
        out,
        "certificate   until {}, renewed from {}",
        report.certificate_ends_at, report.certificate_renewed_from
    )?;
    let interval = report.settings.as_ref().and_then(|kept| kept.settings.report_interval_seconds);
    writeln!(out, "interval      {} s", interval.unwrap_or(report.interval_seconds))?;
    writeln!(
        out,
        "last stored   {}",
        report.last_stored_at.map_or_else(|| "never".to_owned(), |at| at.to_string())
    )?;
    writeln!(out, "spool         {} report(s), {} bytes", report.spooled, report.spooled_bytes)?;
    writeln!(out, "quarantine    {} report(s)", report.quarantine.len())?;
    for refusal in &report.quarantine {
        writeln!(out, "  {}/{} {}: {}", refusal.boot, refusal.sequence, refusal.at, refusal.reason)?;
    }
    print_settings(out, report.settings.as_ref())?;
    print_update(out, report)?;
    if let Some(superseded) = &report.enrol_anew {
        writeln!(
            out,
            "enrol anew    wanted by the collector since {}: {}",
            superseded.at, superseded.reason
        )?;
    }
    Ok(())
}

fn print_settings(out: &mut impl Write, kept: Option<&InForce>) -> io::Result<()> {
    let Some(kept) = kept.filter(|kept| !kept.settings.is_quiet()) else {
        return writeln!(out, "switched on   nothing: this agent speaks to its collector alone");
    };
    writeln!(out, "switched on   by the collector at {} (command {})", kept.applied_at, kept.counter)?;
    let settings = &kept.settings;
    for target in &settings.snmp {
        let role = match target.role {
            SnmpRole::Router => "router",
            SnmpRole::Printer => "printer",
        };
        writeln!(
            out,
            "  {role} poll by SNMP v{}: {} port {}",
            target.credentials.version(),
            target.host,
            target.port
        )?;
    }
    for (on, what) in [
        (settings.neighbours, "tables of neighbours"),
        (settings.sweep, "ARP sweep of the own /24"),
        (settings.mdns, "printers and scanners by multicast DNS"),
    ] {
        if on {
            writeln!(out, "  {what}")?;
        }
    }
    for url in &settings.echo_urls {
        writeln!(out, "  public address asked of {url}")?;
    }
    for target in &settings.latency_targets {
        writeln!(out, "  latency to {target}")?;
    }
    Ok(())
}

fn print_update(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let Record { kept, wanted, trial, outcome } = &report.update;
    writeln!(out, "version       {}", report.version)?;
    if let Some(kept) = kept {
        writeln!(out, "  release {} is kept: it runs in place of the installed program", kept.version)?;
    }
    if let Some(wanted) = wanted {
        writeln!(
            out,
            "  release {} is ordered; it is fetched from {}",
            wanted.manifest.version, wanted.not_before
        )?;
    }
    if let Some(trial) = trial {
        writeln!(out, "  release {} is on trial, started {} time(s)", trial.manifest.version, trial.starts)?;
    }
    if let Some(UpdateOutcome { version, outcome: Outcome::Rejected, reason, .. }) = outcome {
        let version = version.as_ref().map_or_else(|| "of the last order".to_owned(), ToString::to_string);
        writeln!(
            out,
            "  release {version} was rejected: {}",
            reason.as_deref().unwrap_or("no reason is known")
        )?;
    }
    Ok(())
}
