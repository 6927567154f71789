use super::ACTOR;
use crate::{
    app::{App, users},
    store::{
        time,
        users::{Role, UserChange},
    },
};
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum User {
    /// Add a user and print the password; it is not shown again
    #[command(after_help = "Example:\n  kiemke-collector user add lan --role editor --unit 760")]
    Add(Add),
    /// Give a user a new password and print it; their sessions end
    #[command(after_help = "Example:\n  kiemke-collector user reset-password lan")]
    ResetPassword(ResetPassword),
    /// Give a user another role or unit, or disable the account; their sessions end
    #[command(after_help = "Examples:\n  kiemke-collector user set lan --role editor --unit 26740\n  \
            kiemke-collector user set lan --disable")]
    Set(Set),
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
#[group(required = true, multiple = true)]
pub struct Changes {
    #[arg(long, value_enum)]
    pub role: Option<Role>,
    /// Sees this unit and those below it
    #[arg(long, value_name = "CODE", conflicts_with = "every_unit")]
    pub unit: Option<String>,
    #[arg(long)]
    pub every_unit: bool,
    /// Let the user log in no more; what they did stays in the audit log
    #[arg(long, conflicts_with = "enable")]
    pub disable: bool,
    #[arg(long)]
    pub enable: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Set {
    pub name: String,
    #[command(flatten)]
    pub changes: Changes,
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

impl Changes {
    fn asked(&self) -> UserChange {
        UserChange {
            role: self.role,
            unit: self.every_unit.then_some(None).or_else(|| self.unit.clone().map(Some)),
            disabled: (self.disable || self.enable).then_some(self.disable),
        }
    }
}

impl User {
    pub async fn run(&self, app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
        match self {
            Self::Add(args) => {
                let unit = args.unit.as_deref();
                writeln!(output, "{}", users::add(app, &args.name, args.role, unit, ACTOR).await?)?;
            }
            Self::ResetPassword(args) => {
                writeln!(output, "{}", users::reset_password(app, &args.name, ACTOR).await?)?;
            }
            Self::Set(args) => users::change(app, &args.name, &args.changes.asked(), ACTOR).await?,
            Self::List(args) => list(app, args, output).await?,
        }
        Ok(())
    }
}

async fn list(app: &App, args: &List, output: &mut (dyn Write + Send)) -> Result<()> {
    let users = app.store.users().await?;
    if args.json {
        serde_json::to_writer(&mut *output, &users)?;
        writeln!(output)?;
        return Ok(());
    }
    for user in users {
        let unit = match user.unit_code.as_deref() {
            None => "every unit".to_owned(),
            Some(code) if app.store.unit(code, time::today()).await?.is_some() => code.to_owned(),
            Some(code) => format!("{code} (ended: user set {} --unit CODE)", user.name),
        };
        let disabled = if user.disabled_at.is_some() { "  disabled" } else { "" };
        writeln!(output, "{}  {}  {unit}{disabled}", user.name, user.role)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        user: User,
    }

    fn parsed(line: &str) -> Result<User, clap::Error> {
        Line::try_parse_from(["user"].into_iter().chain(line.split(' '))).map(|line| line.user)
    }

    async fn said(app: &App, line: &str) -> Result<String> {
        let mut output = Vec::new();
        parsed(line)?.run(app, &mut output).await?;
        Ok(String::from_utf8(output)?)
    }

    #[tokio::test]
    async fn an_account_is_disabled_moved_and_given_another_role() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).await.unwrap();
        said(&app, "add lan --role editor").await.unwrap();
        let session = [7_u8; 32];
        let now = jiff::Timestamp::now();
        let later = now.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
        app.store.start_session(&session, "lan", "csrf", now, later).await.unwrap();
        said(&app, "set lan --role reader --disable").await.unwrap();
        assert_eq!(said(&app, "list").await.unwrap(), "lan  reader  every unit  disabled\n");
        said(&app, "set lan --enable").await.unwrap();
        assert_eq!(said(&app, "list").await.unwrap(), "lan  reader  every unit\n");
        assert!(app.store.session(&session, now).await.unwrap().is_none());
        let audit = app.store.audit_page(2).await.unwrap();
        let deed = |at: usize| (audit[at].act.as_str(), audit[at].object.as_str(), audit[at].detail.as_str());
        assert_eq!(deed(0), ("user-changed", "lan", r#"{"disabled":false}"#));
        assert_eq!(deed(1), ("user-changed", "lan", r#"{"role":"reader","disabled":true}"#));

        let unknown = said(&app, "set lan --unit 760").await.unwrap_err().to_string();
        assert_eq!(unknown, "field unit: there is no unit 760; import units first");
        let reserved = said(&app, "add command-line").await.unwrap_err().to_string();
        assert_eq!(
            reserved,
            r#"field name: "command-line": Kiemke's own work stands in the log under this name"#
        );
        let nobody = said(&app, "set minh --enable").await.unwrap_err().to_string();
        assert_eq!(nobody, "field name: there is no user minh");
    }

    #[test]
    fn a_change_says_what_it_changes_and_does_not_contradict_itself() {
        assert!(parsed("set lan").is_err());
        assert!(parsed("set lan --unit 760 --every-unit").is_err());
        assert!(parsed("set lan --enable --disable").is_err());
        let Ok(User::Set(set)) = parsed("set lan --every-unit") else { panic!("not read") };
        assert_eq!(set.changes.asked(), UserChange { unit: Some(None), ..UserChange::default() });
    }
}
