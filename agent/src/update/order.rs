//! Whether an order to update may be obeyed.

use super::Me;
use anyhow::{Context, Result, bail};
use data_encoding::BASE64;
use kiemke_schemas::release::{self, Manifest, is_newer};
use semver::Version;

/// The body of an update command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub counter: u64,
    pub manifest: String,
    pub spread_seconds: u32,
    pub release_key: Option<String>,
}

/// Why not, and which version that was about as far as it could be read.
#[derive(Debug)]
pub struct Refused {
    pub version: Option<Version>,
    pub reason: anyhow::Error,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    pub manifest: Manifest,
    /// The release key to know from now on, where none was known.
    pub pin: Option<String>,
}

/// A key that is known is never replaced by one that an order brings.
pub fn check(order: &Order, pinned: Option<&str>, me: &Me) -> Result<Accepted, Refused> {
    let manifest = open(order, pinned).map_err(|reason| Refused { version: None, reason })?;
    if let Err(reason) = fits(&manifest, me) {
        return Err(Refused { version: Some(manifest.version), reason });
    }
    let pin = if pinned.is_none() { order.release_key.clone() } else { None };
    Ok(Accepted { manifest, pin })
}

fn open(order: &Order, pinned: Option<&str>) -> Result<Manifest> {
    let text = pinned
        .or(order.release_key.as_deref())
        .context("this agent knows no release key, and the order brings none")?;
    let key = release::parse_key(text).context("field release_key")?;
    let sealed = BASE64.decode(order.manifest.as_bytes()).context("field manifest: not base64")?;
    Ok(Manifest::open(&sealed, &key)?)
}

fn fits(manifest: &Manifest, me: &Me) -> Result<()> {
    if manifest.target != me.target {
        bail!("manifest, field target: {} where this agent is for {}", manifest.target, me.target);
    }
    if !is_newer(&manifest.version, &me.version) {
        bail!(
            "manifest, field version: {} is not newer than {}, which runs here",
            manifest.version,
            me.version
        );
    }
    Ok(())
}
