//! What counts, and how often: computers, peripherals, lines, servers of systems. Everything that a cell of
//! a form or a rule says about numbers comes from here, so that both always agree.

pub mod computers;
pub mod lines;
pub mod peripherals;
pub mod router_lines;
pub mod systems;
#[cfg(test)]
mod tests;

pub use computers::{checked, checked_computers, computers, device_counts, protected_computers};
pub use lines::{UnitLines, lines_of_system, lines_of_unit};
pub use peripherals::{Class, checked_peripherals, counted_peripherals, counted_things, peripherals};
pub use router_lines::{ReadLine, router_lines};
pub use systems::{Directory, System, numbered, servers, systems};

use super::{Checks, Provenance, UnitInventory};
use crate::{date, settings::Thresholds};
use jiff::{SignedDuration, Timestamp, civil::Date};

/// The inventory of a unit, seen at a time and under the province's thresholds.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub inventory: &'a UnitInventory,
    pub thresholds: &'a Thresholds,
    pub now: Timestamp,
}

impl View<'_> {
    /// The day in Vietnam.
    pub fn today(&self) -> Date {
        date::local(self.now)
    }

    pub fn days_ago(&self, days: u32) -> Timestamp {
        days_before(self.now, days)
    }
}

pub fn days_before(time: Timestamp, days: u32) -> Timestamp {
    time.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

/// A number with what it was counted from. `value` is `None` where no probe worked: missing, not 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Count {
    pub value: Option<u64>,
    /// Device ids or peripheral identities that were counted, in order.
    pub subjects: Vec<String>,
    /// The oldest report behind the number.
    pub as_of: Option<Timestamp>,
    /// Devices that could not be asked: their probe failed or never reported.
    pub left_out: Vec<String>,
    /// Who said so and when, where everything counted was entered by hand.
    pub declared: Option<(String, Date)>,
    /// Of a count of security checks: who made them.
    pub checks: Option<Vec<Checks>>,
}

impl Count {
    /// `reason`: the message key that says what would fill the cell.
    pub fn provenance(&self, reason: &str) -> Provenance {
        let checked = self.checks.as_ref().is_some_and(|checks| !checks.is_empty());
        match (self.value, &self.declared) {
            (None, _) => Provenance::Missing { reason: reason.to_owned() },
            // Whoever entered a computer by hand is not the inspector who checked it.
            (Some(_), Some((by, on))) if !checked => Provenance::Declared { by: by.clone(), on: *on },
            (Some(_), _) => Provenance::Observed {
                subjects: self.subjects.clone(),
                as_of: self.as_of,
                left_out: self.left_out.clone(),
                checks: self.checks.clone(),
            },
        }
    }
}
