//! Finding things: a tantivy index that follows the store and can always be rebuilt from it.
//!
//! [`build`] makes [`Document`]s from inventory values, [`SearchIndex`] keeps them, [`language`] reads what a
//! person types, [`plan`] turns it into a query of the index and [`collect`] counts all hits in one pass.

mod answer;
pub mod build;
mod collect;
mod document;
mod error;
mod forgive;
mod highlight;
mod index;
mod kind;
pub mod language;
mod place;
mod plan;
mod rebuild;
mod schema;
mod table;
mod view;

pub use answer::{Answer, FacetCount, Facets, Forgiven, Hit};
pub use document::{Document, Isp, ProtectionStatus, Thing, UnitName};
pub use error::SearchError;
pub use highlight::{Marked, Match};
pub use index::SearchIndex;
pub use kind::Kind;
pub use language::QueryError;
pub use rebuild::Rebuild;
pub use view::{MAX_LISTED, Request};

#[cfg(test)]
mod tests;
