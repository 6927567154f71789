//! Thresholds a province may change; the defaults are those of the specification. What is switched on for a
//! unit stands in [`unit`].

pub mod unit;

use serde::{Deserialize, Serialize};

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
