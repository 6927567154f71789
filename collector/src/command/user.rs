use super::ACTOR;
use crate::{
    app::App,
    identity::password,
    store::{
        time,
        users::{NewUser, Role},
    },
};
use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use std::io::Write;

const FIRST_ADMINISTRATOR: &str = "admin";

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum User {
    /// Add a user and print the password; it is not shown again
    #[command(after_help = "Example:\n  kiemke-collector user add lan --role editor --unit 760")]
    Add(Add),
    /// Give a user a new password and print it; their sessions end
    #[command(after_help = "Example:\n  kiemke-collector user reset-password lan")]
    ResetPassword(ResetPassword),
    /// List users
    #[command(after_help = "Example:\n  kiemke-collector user list --json")]
    List(List),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Add {
    pub name: String,
    #[arg(long, value_enum, default_value = "reader")]
    pub role: Role,
    /// Sees this unit and those below it [default: every unit]
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct ResetPassword {
    pub name: String,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct List {
    #[arg(long)]
    pub json: bool,
}

impl User {
    pub async fn run(&self, app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
        match self {
            Self::Add(args) => {
                let password = add(app, &args.name, args.role, args.unit.as_deref()).await?;
                writeln!(output, "{password}")?;
            }
            Self::ResetPassword(args) => {
                let password = password::random();
                app.store.set_password(&args.name, &password::hash(&password)?, ACTOR).await?;
                writeln!(output, "{password}")?;
            }
            Self::List(args) => list(app, args, output).await?,
        }
        Ok(())
    }
}

/// Gives the password; the store keeps only its hash.
pub async fn add(app: &App, name: &str, role: Role, unit: Option<&str>) -> Result<String> {
    let named = !name.is_empty()
        && name.len() <= 64
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    ensure!(named, "field name: {name:?}: 1 to 64 letters, digits, '.', '-', '_' or '@'");
    if let Some(code) = unit {
        app.store
            .unit(code, time::today())
            .await?
            .with_context(|| format!("field unit: there is no unit {code}; import units first"))?;
    }
    let password = password::random();
    let user = NewUser {
        name: name.to_owned(),
        password_hash: password::hash(&password)?,
        role,
        unit: unit.map(ToOwned::to_owned),
    };
    app.store.insert_user(&user, ACTOR).await?;
    Ok(password)
}

/// At the first start: name and password of the administrator that had to be made.
pub async fn add_first_administrator(app: &App) -> Result<Option<(&'static str, String)>> {
    if !app.store.users().await?.is_empty() {
        return Ok(None);
    }
    let password = add(app, FIRST_ADMINISTRATOR, Role::Administrator, None).await?;
    Ok(Some((FIRST_ADMINISTRATOR, password)))
}

async fn list(app: &App, args: &List, output: &mut (dyn Write + Send)) -> Result<()> {
    let users = app.store.users().await?;
    if args.json {
        serde_json::to_writer(&mut *output, &users)?;
        writeln!(output)?;
        return Ok(());
    }
    for user in users {
        let unit = user.unit_code.as_deref().unwrap_or("every unit");
        let disabled = if user.disabled_at.is_some() { "  disabled" } else { "" };
        writeln!(output, "{}  {}  {unit}{disabled}", user.name, user.role)?;
    }
    Ok(())
}
