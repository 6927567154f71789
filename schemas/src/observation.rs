use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that happened since the last report and that no snapshot shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Observation {
    pub at: Timestamp,
    #[serde(flatten)]
    pub event: Event,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A default route stopped or started to carry traffic.
    LinkDown {
        interface: String,
        gateway: Option<String>,
    },
    LinkUp {
        interface: String,
        gateway: Option<String>,
    },
    /// The collector could not be reached any more, and could again, while default routes stood.
    CollectorUnreachable,
    CollectorReachable,
    /// A protection product changed state; states as in the antivirus section.
    ProtectionChanged {
        product: String,
        from: String,
        to: String,
    },
    PeripheralAttached {
        identity: String,
    },
    PeripheralDetached {
        identity: String,
    },
    /// The wall clock jumped by this many seconds.
    ClockJumped {
        seconds: i64,
    },
}
