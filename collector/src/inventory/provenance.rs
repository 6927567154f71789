use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Where a value comes from. Every cell of every appendix carries at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case")]
pub enum Provenance {
    Observed {
        /// Device ids, or peripheral identities, behind the value.
        subjects: Vec<String>,
        /// The oldest observation among them.
        as_of: Option<Timestamp>,
        /// Devices left out because their probe failed.
        left_out: Vec<String>,
    },
    Declared {
        by: String,
        on: Date,
    },
    Computed {
        /// In English and Vietnamese by message key, see `web/locales`.
        rule: String,
    },
    Missing {
        /// Message key saying what would fill it.
        reason: String,
    },
}
