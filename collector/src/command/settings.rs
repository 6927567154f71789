use super::ACTOR;
use crate::{
    app::App,
    export::Output,
    remote,
    settings::{describe, unit::UnitSettings},
    store::{time, unit_settings::KeptSettings},
};
use anyhow::{Context, Result, anyhow};
use clap::Subcommand;
use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const EXAMPLE: &str = "Example of a file (TOML, or the same as JSON):\n  \
    report_interval_seconds = 1800\n  snmp_interval_seconds = 300\n  neighbours = true\n  sweep = false\n  mdns = true\n  \
    latency_targets = [\"dichvucong.gov.vn:443\"]\n\n  \
    [[snmp]]\n  role = \"router\"\n  host = \"gateway\"        # or an address\n  version = \"2c\"\n  community = \"…\"\n\n  \
    [[snmp]]\n  role = \"printer\"\n  host = \"discovered\"     # by multicast DNS or a sweep; or an address\n  version = \"3\"\n  \
    user = \"kiemke\"\n  authentication = { protocol = \"sha256\", password = \"…\" }\n  \
    privacy = { protocol = \"aes128\", password = \"…\" }\n\n\
    What a unit leaves out comes from the unit above. An empty community or password stays what it was.\n\n\
    kiemke-collector settings set 760 quan1.toml";

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settings {
    /// Show what is switched on for a unit, without credentials, and who was elected
    #[command(after_help = "Example:\n  kiemke-collector settings show 760 --json")]
    Show(Show),
    /// Switch on what a file says, for a unit and those below it; replaces the unit's own settings
    #[command(after_help = EXAMPLE)]
    Set(Set),
    /// Withdraw a unit's own settings
    #[command(after_help = "Example:\n  kiemke-collector settings clear 760")]
    Clear(Clear),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Show {
    pub unit: String,
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Set {
    pub unit: String,
    /// TOML or JSON; `-` is standard input
    pub file: PathBuf,
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Clear {
    pub unit: String,
}

impl Settings {
    pub fn input_file(&self) -> Option<&Path> {
        match self {
            Self::Set(args) => Some(&args.file),
            Self::Show(_) | Self::Clear(_) => None,
        }
    }

    pub async fn run(&self, app: &App, input: Option<Vec<u8>>, output: Output<'_>) -> Result<()> {
        match self {
            Self::Show(args) => show(app, args, output).await,
            Self::Set(args) => {
                known(app, &args.unit).await?;
                let settings =
                    parse(&input.unwrap_or_default()).with_context(|| args.file.display().to_string())?;
                let told = remote::set(app, &args.unit, Some(settings), ACTOR)
                    .await
                    .with_context(|| args.file.display().to_string())?;
                writeln!(output, "settings of {} are kept; {told} agent(s) are told", args.unit)?;
                Ok(())
            }
            Self::Clear(args) => {
                known(app, &args.unit).await?;
                let told = remote::set(app, &args.unit, None, ACTOR).await?;
                writeln!(output, "settings of {} are withdrawn; {told} agent(s) are told", args.unit)?;
                Ok(())
            }
        }
    }
}

async fn known(app: &App, unit: &str) -> Result<()> {
    let found = app.store.unit(unit, time::today()).await?;
    found.map(drop).with_context(|| format!("field unit: there is no unit {unit}"))
}

/// JSON where the text starts with a brace, else TOML.
fn parse(text: &[u8]) -> Result<UnitSettings> {
    let text = std::str::from_utf8(text).context("not UTF-8")?;
    let figment = if text.trim_start().starts_with('{') {
        let value: Value = serde_json::from_str(text).context("not JSON")?;
        Figment::from(Serialized::globals(value))
    } else {
        Figment::from(Toml::string(text))
    };
    figment.extract().map_err(|error: figment::Error| anyhow!(describe(&error)))
}

async fn show(app: &App, args: &Show, output: Output<'_>) -> Result<()> {
    known(app, &args.unit).await?;
    let now = Timestamp::now();
    let own = app.store.unit_settings(std::slice::from_ref(&args.unit)).await?.remove(&args.unit);
    let effective = remote::effective(&app.store, &app.vault, &args.unit, now).await?.without_secrets();
    let elected = app.store.elected(&args.unit).await?;
    let devices = app.store.devices_of(std::slice::from_ref(&args.unit)).await?;
    let ids: Vec<String> = devices.iter().map(|row| row.id.clone()).collect();
    let sent = app.store.sent_settings(&ids).await?;
    let agents: Vec<Value> = devices
        .iter()
        .filter_map(|row| {
            let sent = sent.get(&row.id)?;
            let networks: Vec<&str> =
                elected.iter().filter(|one| one.device == row.id).map(|one| one.network.as_str()).collect();
            Some(json!({
                "device": row.id, "host_name": row.host_name, "connected": row.connected != 0,
                "elected_for": networks, "sent_at": sent.sent_at,
                "in_force": sent.in_force == Some(sent.counter),
            }))
        })
        .collect();
    let shown = json!({
        "unit": args.unit, "own": own.as_ref().map(of_unit), "effective": effective, "agents": agents,
    });
    if args.json {
        serde_json::to_writer(&mut *output, &shown)?;
    } else {
        serde_json::to_writer_pretty(&mut *output, &shown)?;
    }
    writeln!(output)?;
    Ok(())
}

fn of_unit(kept: &KeptSettings) -> Value {
    json!({"settings": kept.settings, "changed_at": kept.changed_at, "changed_by": kept.changed_by})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        format!("{:#}", parse(text.as_bytes()).unwrap_err())
    }

    #[test]
    fn toml_and_json_say_the_same() {
        let toml = "neighbours = true\n[[snmp]]\nrole = \"router\"\nhost = \"10.0.0.1\"\nversion = \"3\"\nuser = \"u\"\n\
                    authentication = { protocol = \"sha256\", password = \"12345678\" }\n";
        let json = r#"{"neighbours": true, "snmp": [{"role": "router", "host": "10.0.0.1", "version": "3", "user": "u",
                      "authentication": {"protocol": "sha256", "password": "12345678"}}]}"#;
        let read = parse(toml.as_bytes()).unwrap();
        assert_eq!(read, parse(json.as_bytes()).unwrap());
        assert_eq!(read.snmp.unwrap()[0].port, 161);
    }

    #[test]
    fn errors_name_the_field() {
        assert!(
            error("neighbors = true").starts_with("field neighbors: unknown field"),
            "{}",
            error("neighbors = true")
        );
        assert!(
            error("sweep = \"yes\"").starts_with("field sweep: invalid type"),
            "{}",
            error("sweep = \"yes\"")
        );
        let host = error("[[snmp]]\nrole = \"router\"\nhost = \"x\"\nversion = \"1\"\ncommunity = \"c\"\n");
        assert!(host.contains("snmp") && host.contains("\"x\" is neither an IP address"), "{host}");
        assert!(error("{").starts_with("not JSON"), "{}", error("{"));
    }
}
