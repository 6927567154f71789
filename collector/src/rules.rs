//! Flags: one rule a file, each a pure function of a unit's inventory, the thresholds and the date.
//! A probe that failed leads to no flag about what it would have found.

mod computers_short;
mod cpu_near_limit;
mod disk_nearly_full;
pub mod evidence;
mod internet_unknown;
mod line_down;
mod no_protection;
mod not_checked;
mod os_unsupported;
mod protection_off;
mod reader_missing;
mod same_isp_group;
mod scanner_missing;
pub mod security_share_low;
mod server_unprotected;
mod shortage;
mod signatures_old;
mod silent;
mod single_line;
mod storage_near_limit;
#[cfg(test)]
mod tests;
mod tokens_short;
pub mod unmanaged;

pub use evidence::Evidence;
pub use shortage::{Compared, compared};

use crate::{
    inventory::{UnitInventory, counting::View},
    settings::Thresholds,
};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::LazyLock;

/// What a rule is, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RuleInfo {
    pub id: &'static str,
    pub title_vi: &'static str,
    pub title_en: &'static str,
    pub legal_basis_vi: &'static str,
    pub legal_basis_en: &'static str,
}

/// A rule that applies now. A unit, device and system have at most one finding of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: &'static str,
    pub unit: String,
    /// Device id.
    pub device: Option<String>,
    /// Name of the system.
    pub system: Option<String>,
    pub evidence: Evidence,
}

pub trait Rule: Sync {
    fn info(&self) -> RuleInfo;
    /// What the rule finds, without the unit that it is found in.
    fn evaluate(&self, view: View<'_>) -> Vec<Subject>;
}

/// What a finding is about, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    device: Option<String>,
    system: Option<String>,
    evidence: Evidence,
}

impl Subject {
    fn unit(evidence: impl Into<Evidence>) -> Self {
        Self { device: None, system: None, evidence: evidence.into() }
    }

    fn device(device: &str, evidence: impl Into<Evidence>) -> Self {
        Self { device: Some(device.to_owned()), ..Self::unit(evidence) }
    }

    fn system(system: &str, evidence: impl Into<Evidence>) -> Self {
        Self { system: Some(system.to_owned()), ..Self::unit(evidence) }
    }
}

/// In the order of the specification. [`security_share_low`] is found elsewhere.
const RULES: [&dyn Rule; 19] = [
    &single_line::SingleLine,
    &same_isp_group::SameIspGroup,
    &line_down::LinesDown,
    &internet_unknown::InternetUnknown,
    &no_protection::NoProtection,
    &protection_off::ProtectionOff,
    &signatures_old::SignaturesOld,
    &os_unsupported::OsUnsupported,
    &disk_nearly_full::DiskNearlyFull,
    &not_checked::NotChecked,
    &silent::Silent,
    &unmanaged::Unmanaged,
    &computers_short::ComputersShort,
    &scanner_missing::ScannerMissing,
    &reader_missing::ReaderMissing,
    &tokens_short::TokensShort,
    &cpu_near_limit::CpuNearLimit,
    &storage_near_limit::StorageNearLimit,
    &server_unprotected::ServerUnprotected,
];

pub fn catalogue() -> &'static [RuleInfo] {
    static CATALOGUE: LazyLock<Vec<RuleInfo>> =
        LazyLock::new(|| RULES.iter().map(|rule| rule.info()).chain([security_share_low::INFO]).collect());
    &CATALOGUE
}

pub fn info(id: &str) -> Option<&'static RuleInfo> {
    catalogue().iter().find(|info| info.id == id)
}

/// Every finding of a unit. A unit with no device and no declaration has none: it is shown as "no data".
pub fn evaluate(inventory: &UnitInventory, thresholds: &Thresholds, now: Timestamp) -> Vec<Finding> {
    if inventory.devices.is_empty() && inventory.declarations.is_empty() {
        return Vec::new();
    }
    let view = View { inventory, thresholds, now };
    let findings_of = |rule: &&dyn Rule| {
        let id = rule.info().id;
        rule.evaluate(view).into_iter().map(move |subject| Finding {
            rule: id,
            unit: inventory.unit.code.clone(),
            device: subject.device,
            system: subject.system,
            evidence: subject.evidence,
        })
    };
    RULES.iter().flat_map(findings_of).collect()
}

/// The next moment at which time alone raises a flag that must not wait for the hourly look.
pub fn due(inventory: &UnitInventory, thresholds: &Thresholds, now: Timestamp) -> Option<Timestamp> {
    line_down::due(View { inventory, thresholds, now })
}
