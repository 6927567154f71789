//! Procurement needs as a workbook with formulas, and as JSON.

mod evidence;
pub mod json;
pub mod xlsx;

use crate::{inventory::Unit, procurement::Need};

/// One row: a need, its unit, and the district (or department) under which it is rolled up.
pub struct NeedRow {
    pub unit: Unit,
    pub group: Unit,
    pub need: Need,
}
