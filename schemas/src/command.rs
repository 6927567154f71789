use crate::{DeviceId, settings::RemoteSettings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message on `…/command`, sealed by the collector's key (see [`crate::envelope`]). An answer to a report
/// carries no expiry and counter 0; an order carries both, and the agent obeys a counter only once and only upwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Command {
    pub device: DeviceId,
    #[serde(default)]
    pub counter: u64,
    pub issued_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    #[serde(flatten)]
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Body {
    /// The report is durable: it may leave the spool. Repeated for duplicates.
    Stored {
        boot: u64,
        sequence: u64,
    },
    /// The report can never be accepted: it goes to quarantine.
    Refused {
        boot: u64,
        sequence: u64,
        reason: String,
    },
    /// The digests differ, or a person asked: send every section.
    SendFull,
    /// Probe now.
    ScanNow,
    SetInterval {
        seconds: u32,
    },
    /// What is switched on from now on; replaces what was.
    ApplySettings {
        settings: RemoteSettings,
    },
    /// Replace the agent by this release, in a while.
    Update {
        /// A sealed [`crate::release::Manifest`], base64.
        manifest: String,
        /// The agent waits a random part of this time first.
        spread_seconds: u32,
        /// Ed25519 public key, base64, for an agent that knows no release key yet; others ignore it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release_key: Option<String>,
    },
    /// This identity runs on another machine too: enrol anew.
    EnrolAnew {
        reason: String,
    },
}
