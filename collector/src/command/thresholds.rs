use super::ACTOR;
use crate::{app::App, export::Output, settings};
use anyhow::{Context, Result, anyhow};
use clap::Subcommand;
use figment::{
    Figment,
    providers::{Format, Toml},
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const EXAMPLE: &str = "Example of a file (TOML); what it leaves out is as the specification has it:\n  \
    silent_days = 7\n  disk_full_permille = 950   # in thousandths: 95 %\n  buy_disks = true\n\n\
    kiemke-collector thresholds set thresholds.toml";

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thresholds {
    /// Show from when on flags are raised and how long things count; the output is a file for `set`
    #[command(after_help = "Example:\n  kiemke-collector thresholds show > thresholds.toml")]
    Show(Show),
    /// Take the thresholds of a file for the whole province; flags and figures follow
    #[command(after_help = EXAMPLE)]
    Set(Set),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Show {
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Set {
    /// TOML; `-` is standard input
    pub file: PathBuf,
}

impl Thresholds {
    pub fn input_file(&self) -> Option<&Path> {
        match self {
            Self::Set(args) => Some(&args.file),
            Self::Show(_) => None,
        }
    }

    pub async fn run(&self, app: &App, input: Option<Vec<u8>>, output: Output<'_>) -> Result<()> {
        match self {
            Self::Show(args) => show(&app.thresholds(), args.json, output),
            Self::Set(args) => {
                let told =
                    parse(&input.unwrap_or_default()).with_context(|| args.file.display().to_string())?;
                app.set_thresholds(told.clone(), ACTOR).await?;
                show(&told, false, output)
            }
        }
    }
}

fn show(thresholds: &settings::Thresholds, json: bool, output: Output<'_>) -> Result<()> {
    let value = serde_json::to_value(thresholds)?;
    if json {
        writeln!(output, "{value}")?;
        return Ok(());
    }
    // Whole numbers and booleans are the same in TOML.
    let mut fields = value.as_object().into_iter().flatten();
    fields.try_for_each(|(name, value)| Ok(writeln!(output, "{name} = {value}")?))
}

fn parse(text: &[u8]) -> Result<settings::Thresholds> {
    let text = std::str::from_utf8(text).context("not UTF-8")?;
    let read: settings::Thresholds =
        Figment::from(Toml::string(text)).extract().map_err(|error| anyhow!(settings::describe(&error)))?;
    read.check()?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{derived::WorkKind, time};
    use jiff::Timestamp;

    #[test]
    fn a_file_reads_back_and_errors_name_the_field() {
        let told = parse(b"silent_days = 7\nbuy_disks = true\n").unwrap();
        assert_eq!((told.silent_days, told.buy_disks, told.sighting_days), (7, true, 30));
        let mut shown = Vec::new();
        show(&told, false, &mut shown).unwrap();
        assert!(String::from_utf8_lossy(&shown).contains("silent_days = 7\n"));
        assert_eq!(parse(&shown).unwrap(), told);
        for (text, expected) in [
            ("disk_full_permille = 1001", "field disk_full_permille: 1001 is not from 1 to 1000"),
            ("silent_days = 0", "field silent_days: 0 is not from 1 to 3650"),
            (
                "silent_days = \"many\"",
                "field silent_days: invalid type: found string \"many\", expected u32",
            ),
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap_err().to_string(), expected);
        }
        let unknown = parse(b"silent = 3").unwrap_err().to_string();
        assert!(unknown.contains("`silent`") && unknown.contains("`silent_days`"), "{unknown}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn new_thresholds_hold_at_once_and_make_everything_anew() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).await.unwrap();
        let unit = crate::inventory::testing::unit().unit;
        app.store.import_units(&[unit], time::today(), false).await.unwrap();
        app.settle().await.unwrap();
        let set = Thresholds::Set(Set { file: "t.toml".into() });
        let wrong = set.run(&app, Some(b"silent_days = 0".to_vec()), &mut Vec::new()).await.unwrap_err();
        assert_eq!(format!("{wrong:#}"), "t.toml: field silent_days: 0 is not from 1 to 3650");
        assert_eq!(app.thresholds().silent_days, 3);
        let now = Timestamp::now;
        assert!(!app.store.has_untried_work(WorkKind::Unit, now()).await.unwrap());
        set.run(&app, Some(b"silent_days = 9".to_vec()), &mut Vec::new()).await.unwrap();
        assert_eq!(app.thresholds().silent_days, 9);
        assert_eq!(app.store.thresholds().await.unwrap().silent_days, 9);
        assert!(app.store.has_untried_work(WorkKind::Unit, now()).await.unwrap());
        let acts: Vec<(String, String)> =
            sqlx::query_as("SELECT actor, act FROM audit WHERE act = 'thresholds'")
                .fetch_all(app.store.reader())
                .await
                .unwrap();
        assert_eq!(acts, [("command-line".to_owned(), "thresholds".to_owned())]);
    }
}
