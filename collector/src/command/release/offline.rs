use crate::{
    command::output::Output,
    identity::files::{self, Secrecy},
};
use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use jiff::Timestamp;
use kiemke_schemas::release::{self, Manifest};
use semver::Version;
use std::{fmt::Arguments, fs, io::Write, path::PathBuf};

#[derive(Subcommand)]
pub enum Key {
    /// Make a key and print its public half for `release trust`
    #[command(after_help = "Example:\n  kiemke-collector release key create release.key")]
    Create(Create),
}

#[derive(clap::Args)]
pub struct Create {
    /// Takes the private half (PKCS#8, PEM); must not exist
    pub file: PathBuf,
}

#[derive(clap::Args)]
#[command(
    disable_version_flag = true,
    after_help = "Example:\n  kiemke-collector release sign --key release.key --version 0.2.0 --target x86_64-unknown-linux-musl \\\n    kiemke-agent --out kiemke-agent.manifest"
)]
pub struct Sign {
    /// The executable of the agent
    pub executable: PathBuf,
    /// Private half of the release key
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// What the executable's --version says
    #[arg(long, value_name = "V")]
    pub version: Version,
    /// Rust target triple that it was built for
    #[arg(long, value_name = "T")]
    pub target: String,
    /// Takes the manifest
    #[arg(long, value_name = "MANIFEST")]
    pub out: PathBuf,
}

pub fn key(Key::Create(Create { file }): &Key) -> Result<()> {
    ensure!(!file.exists(), "{} exists; a key is never overwritten", file.display());
    let key = SigningKey::from_bytes(&rand::random());
    let pem = key.to_pkcs8_pem(LineEnding::LF).context("the key cannot be encoded")?;
    files::write(file, pem.as_bytes(), Secrecy::Secret)?;
    say(format_args!("{}", release::key_text(&key.verifying_key())))
}

pub fn sign(args: &Sign) -> Result<()> {
    let pem = fs::read_to_string(&args.key)
        .with_context(|| format!("--key: cannot read {}", args.key.display()))?;
    let key = SigningKey::from_pkcs8_pem(&pem)
        .with_context(|| format!("--key: {} is no Ed25519 key", args.key.display()))?;
    let executable =
        fs::read(&args.executable).with_context(|| format!("cannot read {}", args.executable.display()))?;
    let manifest = Manifest::of(args.version.clone(), args.target.clone(), &executable, Timestamp::now());
    let sealed = manifest.seal(&key).with_context(|| args.executable.display().to_string())?;
    files::write(&args.out, &sealed, Secrecy::Public)?;
    let Manifest { version, target, size, sha256, .. } = manifest;
    say(format_args!("{} {version} for {target}: {size} bytes, SHA-256 {sha256}", args.out.display()))
}

fn say(text: Arguments<'_>) -> Result<()> {
    let mut output = Output::open(None)?;
    writeln!(output, "{text}").context("standard output cannot be written")?;
    output.finish()
}
