use super::{ACTOR, unit_csv};
use crate::{app::App, export::Output, inventory::Unit, store::time};
use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Units {
    /// Take over a list of units: all of it, or nothing where a row is wrong
    #[command(
        after_help = "Example:\n  kiemke-collector units import units.csv --date 2025-07-01 --complete"
    )]
    Import(Import),
    /// List units as a tree
    #[command(after_help = "Example:\n  kiemke-collector units list --unit 760")]
    List(List),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Import {
    /// CSV with the columns code,parent_code,level,kind,name_vi,full_name_vi
    pub file: PathBuf,
    /// The day from which the list holds (default: today)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<Date>,
    /// Units that the file does not name end on that day
    #[arg(long)]
    pub complete: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct List {
    /// This unit and everything below it (default: every unit)
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    /// As of this day (default: today)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<Date>,
    #[arg(long)]
    pub json: bool,
}

impl Units {
    pub fn input_file(&self) -> Option<&Path> {
        match self {
            Self::Import(args) => Some(&args.file),
            Self::List(_) => None,
        }
    }

    pub async fn run(&self, app: &App, input: Option<Vec<u8>>, output: Output<'_>) -> Result<()> {
        match self {
            Self::Import(args) => import(app, args, &input.unwrap_or_default(), output).await,
            Self::List(args) => list(app, args, output).await,
        }
    }
}

async fn import(app: &App, args: &Import, input: &[u8], output: Output<'_>) -> Result<()> {
    let file = args.file.display().to_string();
    let on = args.date.unwrap_or_else(time::today);
    let units = unit_csv::parse(input, &file)?;
    let known = if args.complete { Vec::new() } else { app.store.units(on).await? };
    if let Some(unit) = unit_csv::missing_parents(&units, &known).first() {
        let parent = unit.parent.as_deref().unwrap_or_default();
        bail!("{file}, unit {}, field parent_code: no unit {parent} in the file or in the store", unit.code);
    }
    let done = app.store.import_units(&units, on, args.complete).await.with_context(|| file.clone())?;
    let changed = done.opened + done.changed + done.closed;
    app.store.audit_import(ACTOR, "units", &file, units.len(), changed).await?;
    writeln!(
        output,
        "{} units as of {on}: {} new, {} changed, {} unchanged, {} ended",
        units.len(),
        done.opened,
        done.changed,
        done.unchanged,
        done.closed
    )?;
    Ok(())
}

async fn list(app: &App, args: &List, output: Output<'_>) -> Result<()> {
    let on = args.date.unwrap_or_else(time::today);
    let units = match &args.unit {
        Some(code) => app.store.subtree(code, on).await?,
        None => all_in_tree_order(app.store.units(on).await?),
    };
    ensure!(
        !units.is_empty() || args.unit.is_none(),
        "there is no unit {} on {on}",
        args.unit.as_deref().unwrap_or_default()
    );
    if args.json {
        serde_json::to_writer(&mut *output, &units)?;
        writeln!(output)?;
        return Ok(());
    }
    let mut depths = BTreeMap::<&str, usize>::new();
    for unit in &units {
        let depth = unit.parent.as_deref().and_then(|parent| depths.get(parent)).map_or(0, |depth| depth + 1);
        depths.insert(&unit.code, depth);
        writeln!(output, "{:indent$}{} {}", "", unit.code, unit.full_name, indent = 2 * depth)?;
    }
    Ok(())
}

/// Parents before children; a unit whose parent is not in the list is a root.
fn all_in_tree_order(units: Vec<Unit>) -> Vec<Unit> {
    let codes: std::collections::BTreeSet<String> = units.iter().map(|unit| unit.code.clone()).collect();
    let mut below = BTreeMap::<Option<String>, Vec<Unit>>::new();
    for unit in units {
        below.entry(unit.parent.clone().filter(|parent| codes.contains(parent))).or_default().push(unit);
    }
    let mut waiting = below.remove(&None).unwrap_or_default();
    waiting.reverse();
    let mut ordered = Vec::new();
    while let Some(unit) = waiting.pop() {
        let mut children = below.remove(&Some(unit.code.clone())).unwrap_or_default();
        children.reverse();
        waiting.append(&mut children);
        ordered.push(unit);
    }
    ordered
}
