use super::device::SecurityCheck;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
        /// The acts of inspectors that made the subjects count; `None` where no act is needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checks: Option<Vec<Checks>>,
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

/// Security checks of one inspector, day and document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    pub by: String,
    pub on: Date,
    pub document: Option<String>,
    /// How many of the subjects.
    pub subjects: u64,
}

impl Checks {
    /// In the order of days.
    pub fn grouped<'a>(checks: impl Iterator<Item = &'a SecurityCheck>) -> Vec<Self> {
        let mut groups: BTreeMap<(Date, &str, Option<&str>), u64> = BTreeMap::new();
        for check in checks {
            let document = check.document.as_deref().map(str::trim).filter(|document| !document.is_empty());
            *groups.entry((check.checked_on, &check.checked_by, document)).or_default() += 1;
        }
        let group = |((on, by, document), subjects): ((Date, &str, Option<&str>), u64)| Self {
            by: by.to_owned(),
            on,
            document: document.map(str::to_owned),
            subjects,
        };
        groups.into_iter().map(group).collect()
    }

    /// `Công an Quận 1, 15/BB-KTANAT, 22/10/2024`
    pub fn told(&self) -> String {
        let on = crate::date::day_first(self.on);
        let parts = [Some(self.by.as_str()), self.document.as_deref(), Some(on.as_str())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
