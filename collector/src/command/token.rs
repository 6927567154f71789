use super::ACTOR;
use crate::{
    app::App,
    identity::token,
    store::{time, tokens::EnrolmentToken},
};
use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Token {
    /// Make a token and print it; it is not shown again
    #[command(after_help = "Example:\n  kiemke-collector token create --unit 760 --uses 50 --days 14")]
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
    /// How long it may be used
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: u32,
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
}

impl Token {
    pub async fn run(&self, app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
        match self {
            Self::Create(args) => {
                let text = create(app, &args.unit, args.uses, args.days, ACTOR).await?;
                writeln!(output, "{text}")?;
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

/// The text that enrols; the store keeps only its hash.
pub async fn create(app: &App, unit: &str, uses: u32, days: u32, actor: &str) -> Result<String> {
    let now = Timestamp::now();
    app.store
        .unit(unit, time::local_date(now))
        .await?
        .with_context(|| format!("field unit: there is no unit {unit}; import units first"))?;
    let made = token::make(&app.authority);
    let expires_at = now.checked_add(SignedDuration::from_hours(24 * i64::from(days)))?;
    app.store
        .insert_token(&EnrolmentToken {
            id: made.id,
            secret_hash: made.secret_hash,
            unit: unit.to_owned(),
            uses_total: uses.into(),
            uses_left: uses.into(),
            expires_at: Some(expires_at),
            created_at: now,
            created_by: actor.to_owned(),
            revoked_at: None,
        })
        .await?;
    Ok(made.text)
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
    }
}
