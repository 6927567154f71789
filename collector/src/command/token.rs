use super::ACTOR;
use crate::{
    app::{
        App,
        tokens::{self, Wanted},
    },
    identity::assignment::{Assignment, Rule},
    store::{time, tokens::EnrolmentToken},
};
use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// Make a token and print it; it is not shown again
    #[command(
        after_help = "Examples:\n  kiemke-collector token create --unit 760 --uses 50 --expires 2026-12-31\n  \
            kiemke-collector token create --unit 760 --uses 300 --assign 10.79.1.0/24=26734 --assign 'PC-BN-*=26740'"
    )]
    Create(Create),
    /// List tokens, without their secrets
    #[command(after_help = "Example:\n  kiemke-collector token list --json")]
    List(List),
    /// Let nobody enrol with a token any more
    #[command(after_help = "Example:\n  kiemke-collector token revoke qx3vwz7k")]
    Revoke(Revoke),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Create {
    /// Devices enrol in this unit or below it
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// How many devices may enrol with it
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub uses: u32,
    /// Last day it may be used, yyyy-mm-dd [default: 30 days from today]
    #[arg(long, value_name = "D")]
    pub expires: Option<Date>,
    /// Lead computers to a unit below by subnet or host name; the first rule that fits decides
    #[arg(long, value_name = "SUBNET|PATTERN=UNIT")]
    pub assign: Vec<String>,
    /// Refuse computers that no rule fits, in place of taking them into the token's unit
    #[arg(long, requires = "assign")]
    pub strict: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct List {
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Revoke {
    /// The id that `token list` shows
    pub id: String,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    unit: &'a str,
    state: &'static str,
    uses_left: i64,
    uses_total: i64,
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
    created_by: &'a str,
    assign: &'a [Rule],
    strict: bool,
}

impl Token {
    pub async fn run(&self, app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
        match self {
            Self::Create(args) => {
                let wanted = Wanted {
                    unit: &args.unit,
                    uses: args.uses,
                    last_day: args.expires,
                    assignment: assignment(&args.assign, args.strict)?,
                };
                writeln!(output, "{}", tokens::create(app, wanted, ACTOR).await?)?;
                Ok(())
            }
            Self::List(args) => list(app, args, output).await,
            Self::Revoke(args) => {
                let done = app.store.revoke_token(&args.id, Timestamp::now(), ACTOR).await?;
                ensure!(done, "there is no valid token {}", args.id);
                Ok(())
            }
        }
    }
}

/// Each rule as a person wrote it.
pub fn assignment(rules: &[String], strict: bool) -> Result<Assignment> {
    let rules = rules.iter().map(|rule| rule.parse().context("field assign"));
    Ok(Assignment { rules: rules.collect::<Result<_>>()?, strict })
}

async fn list(app: &App, args: &List, output: &mut (dyn Write + Send)) -> Result<()> {
    let now = Timestamp::now();
    let tokens = app.store.tokens().await?;
    let shown: Vec<Shown> = tokens.iter().map(|token| show(token, now)).collect();
    if args.json {
        serde_json::to_writer(&mut *output, &shown)?;
        writeln!(output)?;
        return Ok(());
    }
    for token in shown {
        let until =
            token.expires_at.map_or_else(String::new, |at| format!(" until {}", time::local_date(at)));
        let (id, unit, state) = (token.id, token.unit, token.state);
        writeln!(
            output,
            "{id}  unit {unit}  {state}  {} of {} uses left{until}",
            token.uses_left, token.uses_total
        )?;
        for rule in token.assign {
            writeln!(output, "    {rule}")?;
        }
        if token.strict {
            writeln!(output, "    else refused")?;
        }
    }
    Ok(())
}

fn show(token: &EnrolmentToken, now: Timestamp) -> Shown<'_> {
    Shown {
        id: &token.id,
        unit: &token.unit,
        state: token.state(now).as_str(),
        uses_left: token.uses_left,
        uses_total: token.uses_total,
        expires_at: token.expires_at,
        created_at: token.created_at,
        created_by: &token.created_by,
        assign: &token.assignment.rules,
        strict: token.assignment.strict,
    }
}
