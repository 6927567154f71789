//! The wire format between agents and the collector: report sections, problems, the signed envelope,
//! topics, commands and the enrolment API. Data and its encoding only: no I/O, nothing that depends on
//! the operating system it runs on.

pub mod command;
pub mod device_id;
pub mod digest;
pub mod enrolment;
pub mod envelope;
pub mod observation;
pub mod problem;
pub mod release;
pub mod report;
pub mod section;
pub mod settings;
pub mod status;
pub mod topic;

pub use device_id::DeviceId;
pub use problem::{Problem, ProblemKind};
pub use report::{Report, ReportKind};
pub use section::{Section, SectionName};

/// The version of the report format. A report of another version is refused, never guessed at.
pub const SCHEMA_VERSION: u32 = 1;
