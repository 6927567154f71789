//! What units need to buy in 2024-2025, computed from open flags. No SQL and no clock. Nothing
//! is bought that nobody priced: an item without a price has no amount.

pub mod compute;
pub mod edit_text;
mod ground;
mod ground_text;
pub mod item;
pub mod need;
pub mod plan;
pub mod share;

pub use compute::{OpenFlag, Planning, needs};
pub use ground::{DeviceReference, Gap, Ground};
pub use item::Item;
pub use need::Need;
pub use plan::{Edit, PriceList, Source, Stage};

#[cfg(test)]
mod tests;
