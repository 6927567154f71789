use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Daily figures of minute samples, in the machine's own calendar days, oldest first, at most 31.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Load {
    pub days: Vec<DayPeaks>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DayPeaks {
    pub date: Date,
    /// Minutes sampled.
    pub samples: u32,
    /// 95th percentile of the share of all processors in use.
    #[serde(default)]
    pub processor_p95_permille: Option<u32>,
    #[serde(default)]
    pub memory_max_permille: Option<u32>,
    /// Highest number of established TCP connections.
    #[serde(default)]
    pub connections_max: Option<u64>,
    /// Highest throughput of one minute, received and sent, over all real adapters.
    #[serde(default)]
    pub throughput_max_bps: Option<u64>,
    /// From here to the collector and back.
    #[serde(default)]
    pub latency_median_us: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_max_us: Option<u64>,
    /// Minutes in which the collector was asked for and could not be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_minutes: Option<u32>,
    /// The same for the further targets of the settings, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetLatency>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetLatency {
    /// `host:port`.
    pub target: String,
    #[serde(default)]
    pub median_us: Option<u64>,
    #[serde(default)]
    pub max_us: Option<u64>,
    /// Minutes in which it was asked for and could not be reached.
    #[serde(default)]
    pub unreachable_minutes: Option<u32>,
}
