//! What is known of units, devices, peripherals and lines, as plain values: the input of rules, forms and
//! procurement. No SQL, no clock: whoever builds these values passes the date along.

pub mod counting;
pub mod declaration;
pub mod declared_line;
pub mod derive;
pub mod device;
pub mod line;
pub mod neighbour;
pub mod peripheral;
pub mod provenance;
pub mod support_extension;
#[cfg(test)]
pub mod testing;
pub mod unit;
pub mod unit_inventory;

pub use declaration::{Declarations, Declared};
pub use declared_line::DeclaredLine;
pub use device::{DeviceFacts, DeviceKind, Protection};
pub use line::Line;
pub use neighbour::NeighbourFacts;
pub use peripheral::PeripheralFacts;
pub use provenance::{Checks, Provenance};
pub use support_extension::SupportExtension;
pub use unit::Unit;
pub use unit_inventory::UnitInventory;
