//! From readings to reports.

pub mod composer;
pub mod news;
pub mod sections;

use kiemke_schemas::report::AgentVersion;

pub fn agent_version() -> AgentVersion {
    AgentVersion { version: env!("CARGO_PKG_VERSION").to_owned(), target: env!("KIEMKE_TARGET").to_owned() }
}
