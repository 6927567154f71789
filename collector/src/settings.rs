//! Thresholds a province may change; the defaults are those of the specification. What is switched on for a
//! unit stands in [`unit`].

pub mod unit;

use serde::{Deserialize, Serialize};

/// What is wrong with a file of settings, by the field.
pub fn describe(error: &figment::Error) -> String {
    let path = error.path.join(".");
    if path.is_empty() { error.kind.to_string() } else { format!("field {path}: {}", error.kind) }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// A device counts until it is silent for this long.
    pub device_counts_days: u32,
    /// A line or a token counts this long after it was last seen.
    pub sighting_days: u32,
    pub silent_days: u32,
    pub signatures_old_days: u32,
    pub disk_full_permille: u32,
    pub internet_unknown_days: u32,
    pub line_down_minutes: u32,
    /// How sure it must be that a neighbour is a computer.
    pub unmanaged_confidence_permille: u32,
    /// A neighbour that was not seen for longer is none.
    pub unmanaged_seen_days: u32,
    pub system_near_limit_permille: u32,
    /// A security check without its own end is valid this long; 0: without end.
    pub check_valid_days: u32,
    pub security_share_permille: u32,
    /// Buy a disk for a computer whose disk is nearly full.
    pub buy_disks: bool,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            device_counts_days: 90,
            sighting_days: 30,
            silent_days: 3,
            signatures_old_days: 7,
            disk_full_permille: 900,
            internet_unknown_days: 7,
            line_down_minutes: 30,
            unmanaged_confidence_permille: 700,
            unmanaged_seen_days: 7,
            system_near_limit_permille: 850,
            check_valid_days: 0,
            security_share_permille: 100,
            buy_disks: false,
        }
    }
}

const MOST_DAYS: u32 = 3650;
const WEEK_MINUTES: u32 = 7 * 24 * 60;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field {field}: {value} is not from {least} to {most}")]
pub struct InvalidThreshold {
    field: &'static str,
    value: u32,
    least: u32,
    most: u32,
}

impl Thresholds {
    /// Shares are in thousandths; only two of the fields may be 0.
    pub fn check(&self) -> Result<(), InvalidThreshold> {
        let limits = [
            ("device_counts_days", self.device_counts_days, 1, MOST_DAYS),
            ("sighting_days", self.sighting_days, 1, MOST_DAYS),
            ("silent_days", self.silent_days, 1, MOST_DAYS),
            ("signatures_old_days", self.signatures_old_days, 1, MOST_DAYS),
            ("disk_full_permille", self.disk_full_permille, 1, 1000),
            ("internet_unknown_days", self.internet_unknown_days, 1, MOST_DAYS),
            ("line_down_minutes", self.line_down_minutes, 1, WEEK_MINUTES),
            ("unmanaged_confidence_permille", self.unmanaged_confidence_permille, 1, 1000),
            ("unmanaged_seen_days", self.unmanaged_seen_days, 1, MOST_DAYS),
            ("system_near_limit_permille", self.system_near_limit_permille, 1, 1000),
            ("check_valid_days", self.check_valid_days, 0, MOST_DAYS),
            ("security_share_permille", self.security_share_permille, 0, 1000),
        ];
        let wrong = limits.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
        wrong
            .map_or(Ok(()), |(field, value, least, most)| Err(InvalidThreshold { field, value, least, most }))
    }
}
