use crate::{
    collect::{Probes, Readings},
    output,
    probe::{Root, load},
    report,
};
use anyhow::Result;
use clap::Parser;
use jiff::{Timestamp, Zoned};
use kiemke_schemas::{
    Problem, ProblemKind, ReportKind, SCHEMA_VERSION, Section, SectionName, report::AgentVersion,
    section::load::Load,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Debug, Parser)]
#[command(
    after_help = "Example:\n  kiemke-agent inventory --pretty\n\nRun as root: serial numbers of the machine are hidden from other users."
)]
pub struct Args {
    /// Indent the JSON
    #[arg(long)]
    pretty: bool,
}

/// A report without what only an enrolled agent has.
#[derive(Serialize)]
struct Inventory {
    schema: u32,
    created_at: Timestamp,
    agent: AgentVersion,
    kind: ReportKind,
    sections: BTreeMap<SectionName, Box<RawValue>>,
    observed_at: BTreeMap<SectionName, Timestamp>,
}

pub fn run(args: &Args) -> Result<()> {
    let now = Timestamp::now();
    let probes = Probes::new(Root::system());
    let not_asked = Problem::new(ProblemKind::Unsupported, "inventory", "does not use the network");
    let readings = probes.read(now, load_now(probes.root()), Section::unknown(not_asked));
    let sections = sections(&readings)?;
    let inventory = Inventory {
        schema: SCHEMA_VERSION,
        created_at: now,
        agent: report::agent_version(),
        kind: ReportKind::Full,
        observed_at: sections.keys().map(|name| (*name, now)).collect(),
        sections,
    };
    output::line(if args.pretty {
        serde_json::to_string_pretty(&inventory)?
    } else {
        serde_json::to_string(&inventory)?
    })
}

/// One look: the connections and memory of this moment. A share of the processor needs two.
fn load_now(root: &Root) -> Section<Load> {
    let (counters, problems) = load::counters(root);
    let mut day = load::day::Day::new(Zoned::now().date());
    day.add(&load::sample::moment(&counters));
    Section { value: Some(Load { days: vec![day.peaks()] }), problems }
}

fn sections(readings: &Readings) -> Result<BTreeMap<SectionName, Box<RawValue>>> {
    fn raw<T: Serialize>(section: &Section<T>) -> serde_json::Result<Box<RawValue>> {
        serde_json::value::to_raw_value(section)
    }
    Ok(BTreeMap::from([
        (SectionName::Antivirus, raw(&readings.antivirus)?),
        (SectionName::Hardware, raw(&readings.hardware)?),
        (SectionName::Link, raw(&readings.link)?),
        (SectionName::Load, raw(&readings.load)?),
        (SectionName::Network, raw(&readings.network)?),
        (SectionName::OperatingSystem, raw(&readings.operating_system)?),
        (SectionName::Peripheral, raw(&readings.peripheral)?),
        (SectionName::Software, raw(&readings.software)?),
        (SectionName::Storage, raw(&readings.storage)?),
    ]))
}
