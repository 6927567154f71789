//! Settings of this computer's administrator. All have defaults; most agents have no file.

use crate::state_dir::default_folder;
use anyhow::{Context, Result};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use std::{env, path::PathBuf};
use url::Url;

pub const VARIABLE: &str = "KIEMKE_CONFIG";

/// `/etc/kiemke/agent.toml`, on Windows in the agent's folder, which only administrators may write.
pub fn default_file() -> PathBuf {
    if cfg!(windows) { default_folder().join("agent.toml") } else { "/etc/kiemke/agent.toml".into() }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Asked for the public address instead of the collector.
    pub echo_urls: Vec<Url>,
    pub spool_max_mib: u32,
    pub spool_max_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { echo_urls: Vec::new(), spool_max_mib: 32, spool_max_days: 60 }
    }
}

impl Config {
    /// The file of `KIEMKE_CONFIG` must exist, the usual one need not; `KIEMKE_AGENT_…` variables come last.
    pub fn load() -> Result<Self> {
        let named = env::var_os(VARIABLE).map(PathBuf::from);
        if let Some(path) = named.as_ref().filter(|path| !path.is_file()) {
            anyhow::bail!("{VARIABLE}: {} is no file", path.display());
        }
        let path = named.unwrap_or_else(default_file);
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(&path))
            .merge(Env::prefixed("KIEMKE_AGENT_"))
            .extract()
            .with_context(|| format!("settings ({})", path.display()))
    }
}
