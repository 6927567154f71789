use crate::{app::App, command::ACTOR, export::Output, release};
use anyhow::{Context, Result, ensure};
use data_encoding::BASE64;
use kiemke_schemas::release::parse_key;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// A manifest is some hundred bytes.
const MAX_MANIFEST_BYTES: u64 = 64 * 1024;

#[derive(clap::Args, Serialize, Deserialize)]
#[command(
    after_help = "Example:\n  kiemke-collector release trust dhL0eCGvmBb2pjTlhxNiRyGvPHGf1a9o9CrbSzEHEw0="
)]
pub struct Trust {
    /// What `release key create` printed
    #[arg(value_name = "PUBLIC_KEY")]
    pub key: String,
}

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  kiemke-collector release add kiemke-agent kiemke-agent.manifest")]
pub struct Add {
    /// The executable of the agent
    pub executable: PathBuf,
    /// What `release sign` wrote for it
    #[arg(value_parser = SignedManifest::read)]
    pub manifest: SignedManifest,
}

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  kiemke-collector release list --json")]
pub struct List {
    #[arg(long)]
    pub json: bool,
}

/// A manifest's file, read where the command was given: the collector may run as another user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedManifest {
    path: String,
    /// base64
    sealed: String,
}

impl SignedManifest {
    fn read(path: &str) -> Result<Self, String> {
        let size = fs::metadata(path).map_err(|error| format!("cannot read {path}: {error}"))?.len();
        if size > MAX_MANIFEST_BYTES {
            return Err(format!("{path} is no manifest: {size} bytes"));
        }
        let sealed = fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
        Ok(Self { path: path.to_owned(), sealed: BASE64.encode(&sealed) })
    }
}

pub async fn trust(app: &App, args: &Trust, output: Output<'_>) -> Result<()> {
    let key = args.key.trim();
    parse_key(key).with_context(|| format!("field key: {key:?}"))?;
    let former = app.store.release_key().await?;
    app.store.set_release_key(key, ACTOR).await?;
    writeln!(output, "releases signed by {key} are taken from now on")?;
    if former.is_some_and(|former| former != key) {
        writeln!(output, "agents that know the former key keep it until they enrol anew")?;
    }
    Ok(())
}

pub async fn add(app: &App, args: &Add, executable: Vec<u8>, output: Output<'_>) -> Result<()> {
    let sealed = BASE64.decode(args.manifest.sealed.as_bytes()).context("field manifest: not base64")?;
    ensure!(!executable.is_empty(), "{} is empty", args.executable.display());
    let manifest = release::add(&app.store, &sealed, &executable, ACTOR)
        .await
        .with_context(|| format!("{} with {}", args.executable.display(), args.manifest.path))?;
    writeln!(output, "release {} for {} is here", manifest.version, manifest.target)?;
    Ok(())
}

pub async fn list(app: &App, args: &List, output: Output<'_>) -> Result<()> {
    let rows = app.store.releases().await?;
    if args.json {
        let shown: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!({
                    "version": row.version, "target": row.target, "size": row.size, "sha256": row.sha256,
                    "released_at": row.released_at, "added_at": row.added_at, "added_by": row.added_by,
                })
            })
            .collect();
        serde_json::to_writer(&mut *output, &shown)?;
        writeln!(output)?;
        return Ok(());
    }
    for row in rows {
        let (version, target) = (row.version, row.target);
        writeln!(output, "{version:<12} {target:<32} {:>9} bytes  {}", row.size, row.released_at)?;
    }
    Ok(())
}
