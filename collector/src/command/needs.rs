use super::ACTOR;
use crate::{
    app::{App, needs, plan},
    export,
    inventory::Unit,
    procurement::{Edit, Item, Need, Source, Stage, edit_text},
    store::time,
};
use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// What a unit and everything below it need to buy, computed and edited
    #[command(after_help = "Example:\n  kiemke-collector needs list --unit 760")]
    List(List),
    /// Edit the need of one unit for one item; what is not given stays as it is
    #[command(after_help = "Example:\n  \
        kiemke-collector needs set --unit 26743 --item endpoint-protection --quantity 3 --year 2025 \\\n    \
        --source local --adopt --note \"Theo Quyết định 12/QĐ-UBND\"")]
    Set(Box<Set>),
    /// Drop the edit of a need: the computed values stand again
    #[command(after_help = "Example:\n  kiemke-collector needs clear --unit 26743 --item computer")]
    Clear(Clear),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct List {
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Set {
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// internet-line, endpoint-protection, computer, scanner, card-reader, usb-token or disk
    #[arg(long)]
    pub item: String,
    #[arg(long)]
    pub quantity: Option<String>,
    /// Whole đồng, in place of the price list's
    #[arg(long)]
    pub unit_price: Option<String>,
    /// 2024 or 2025
    #[arg(long)]
    pub year: Option<String>,
    /// local, central or other
    #[arg(long)]
    pub source: Option<String>,
    /// not-planned, policy, project, tender, purchase, done or other
    #[arg(long)]
    pub stage: Option<String>,
    #[arg(long)]
    pub note: Option<String>,
    /// Propose it: it stands in the forms
    #[arg(long, conflicts_with = "withdraw")]
    pub adopt: bool,
    /// Propose it no longer
    #[arg(long)]
    pub withdraw: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Clear {
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    #[arg(long)]
    pub item: String,
}

impl Needs {
    pub async fn run(&self, app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
        app.settle().await?;
        match self {
            Self::List(args) => list(app, args, output).await,
            Self::Set(args) => set(app, args, output).await,
            Self::Clear(args) => {
                let item = edit_text::item(&args.item)?;
                let unit = unit(app, &args.unit).await?;
                let cleared = needs::clear(app, &unit, item, ACTOR).await?;
                ensure!(cleared, "nobody edited the need of {} for {}", unit.code, item.as_str());
                show(app, &unit, item, output).await
            }
        }
    }
}

async fn unit(app: &App, code: &str) -> Result<Unit> {
    let found = app.store.unit(code, time::today()).await?;
    found.with_context(|| format!("--unit: there is no unit {code} today"))
}

async fn list(app: &App, args: &List, output: &mut (dyn Write + Send)) -> Result<()> {
    let unit = unit(app, &args.unit).await?;
    let rows = plan::subtree_needs(app, &unit, Timestamp::now()).await?;
    if args.json {
        return export::procurement::json::write(&rows, output);
    }
    rows.iter().try_for_each(|row| write_need(&row.need, output))
}

/// One line, and one for what was edited.
fn write_need(need: &Need, output: &mut (dyn Write + Send)) -> Result<()> {
    let amount = need.amount.map_or_else(|| "no price".to_owned(), |amount| format!("{amount} đồng"));
    let adopted = if need.adopted { "proposed" } else { "computed" };
    let source = need.source.map_or("-", Source::as_str);
    let (unit, item, stage) = (&need.unit, need.item.as_str(), need.stage.as_str());
    let (quantity, year) = (need.quantity, need.year);
    writeln!(
        output,
        "{unit:<8} {item:<20} {quantity:>6} {amount:>20} {year} {source:<8} {stage:<12} {adopted}"
    )?;
    if let Some(then) = need.changed_from {
        writeln!(output, "         computed now {}, {then} when it was edited", need.computed_quantity)?;
    }
    if let Some(edited) = &need.edited {
        let note = need.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        writeln!(output, "         edited by {} at {}{note}", edited.by, export::local_time(edited.at))?;
    }
    Ok(())
}

async fn set(app: &App, args: &Set, output: &mut (dyn Write + Send)) -> Result<()> {
    let item = edit_text::item(&args.item)?;
    let wanted = wanted(args)?;
    let unit = unit(app, &args.unit).await?;
    needs::edit(app, &unit, item, ACTOR, |edit| wanted.over(edit)).await?;
    show(app, &unit, item, output).await
}

async fn show(app: &App, unit: &Unit, item: Item, output: &mut (dyn Write + Send)) -> Result<()> {
    let needs = needs::of_unit(app, unit, Timestamp::now()).await?;
    needs.iter().filter(|need| need.item == item).try_for_each(|need| write_need(need, output))
}

/// What the command names, checked before anything is changed.
struct Wanted {
    quantity: Option<u32>,
    unit_price: Option<u64>,
    year: Option<u16>,
    source: Option<Source>,
    stage: Option<Stage>,
    note: Option<String>,
    adopted: Option<bool>,
}

fn wanted(args: &Set) -> Result<Wanted> {
    let wanted = Wanted {
        quantity: args.quantity.as_deref().map(edit_text::quantity).transpose()?,
        unit_price: args.unit_price.as_deref().map(edit_text::unit_price).transpose()?,
        year: args.year.as_deref().map(edit_text::year).transpose()?,
        source: args.source.as_deref().map(edit_text::source).transpose()?,
        stage: args.stage.as_deref().map(edit_text::stage).transpose()?,
        note: args.note.as_deref().map(edit_text::note).transpose()?,
        adopted: (args.adopt || args.withdraw).then_some(args.adopt),
    };
    let nothing = wanted.quantity.is_none()
        && wanted.unit_price.is_none()
        && wanted.year.is_none()
        && wanted.source.is_none()
        && wanted.stage.is_none()
        && wanted.note.is_none()
        && wanted.adopted.is_none();
    ensure!(
        !nothing,
        "nothing to set: give --quantity, --unit-price, --year, --source, --stage, --note, --adopt or --withdraw"
    );
    Ok(wanted)
}

impl Wanted {
    fn over(self, edit: Edit) -> Edit {
        Edit {
            quantity: self.quantity.or(edit.quantity),
            unit_price: self.unit_price.or(edit.unit_price),
            year: self.year.or(edit.year),
            source: self.source.or(edit.source),
            stage: self.stage.or(edit.stage),
            note: self.note.or(edit.note).filter(|note| !note.is_empty()),
            adopted: self.adopted.unwrap_or(edit.adopted),
            ..edit
        }
    }
}
