//! Tables of facts embedded in the binary, made by `packaging/reference/make.py`: whose network an address
//! belongs to, until when an operating system gets security updates, who makes a network adapter. See `NOTICE` for the sources.

pub mod address;
pub mod isp;
pub mod lifecycle;
pub mod oui;
#[cfg(test)]
mod tests;

use isp::IspTable;
use lifecycle::LifecycleTable;
use oui::VendorTable;
use std::sync::LazyLock;

/// Administrative units before 1 July 2025 (three tiers) and since (two tiers), in the columns of
/// `units import`, and the successors of the old communes.
pub const UNITS_2025H1: &str = include_str!("../reference/units-2025h1.csv");
pub const UNITS_2025: &str = include_str!("../reference/units-2025.csv");
pub const UNITS_2025_SUCCESSORS: &str = include_str!("../reference/units-2025-successors.csv");

pub fn isps() -> &'static IspTable {
    static TABLE: LazyLock<IspTable> = LazyLock::new(IspTable::embedded);
    &TABLE
}

pub fn lifecycle() -> &'static LifecycleTable {
    static TABLE: LazyLock<LifecycleTable> = LazyLock::new(LifecycleTable::embedded);
    &TABLE
}

pub fn vendors() -> &'static VendorTable {
    static TABLE: LazyLock<VendorTable> = LazyLock::new(VendorTable::embedded);
    &TABLE
}

/// Rows of an embedded table. A row that does not fit is left out; a test sees to it that none is.
fn rows<R: serde::de::DeserializeOwned>(csv: &str) -> impl Iterator<Item = R> {
    csv::Reader::from_reader(csv.as_bytes()).into_deserialize().filter_map(Result::ok)
}
