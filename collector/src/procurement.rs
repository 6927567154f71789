//! What units need to buy in 2024-2025, computed from open flags. No SQL and no clock. Nothing
//! is bought that nobody priced: an item without a price has no amount.

pub mod compute;
pub mod edit_text;
mod ground;
pub mod item;
pub mod need;
pub mod plan;
pub mod share;

pub use compute::{OpenFlag, Planning, needs};
pub use item::Item;
pub use need::{DeviceReference, Ground, Need};
pub use plan::{Edit, PriceList, Source, Stage};

#[cfg(test)]
mod tests;
