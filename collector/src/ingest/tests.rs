//! The ingest against a real store in a temporary folder.

mod healing;
mod hostile;
mod ordering;
pub mod support;
