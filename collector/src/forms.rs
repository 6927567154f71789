//! The appendices of official letter 2551/TCTTKĐA as models: what stands in each cell, and where it comes
//! from. No SQL and no clock; whoever builds a form passes the inventories and the time along.

pub mod cell;
pub mod cell_of;
pub mod equipment;
pub mod fields;
pub mod import;
pub mod infrastructure;
pub mod layout;
pub mod names;
pub mod network;
pub mod numbering;
pub mod proposal;
pub mod reason;
pub mod software;
pub mod systems;
pub mod text;
pub mod totals;

pub use cell::{Cell, State};
pub use layout::{Column, FormKind, FormLayout, HeaderCell, Row};

#[cfg(test)]
pub(crate) mod tests;
