//! Read queries of the web pages: what a page shows in one or two statements, not in its handler.

pub mod administration;
pub mod device;
pub mod figures;
pub mod flags;
pub mod sessions;
