use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a probe could not read something. A problem travels in the report: it is a fact about the machine
/// ("the world failed"), not an error of the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The source does not exist on this machine (no such file, class or service).
    Absent,
    /// The source exists and the agent may not read it.
    Denied,
    /// This operating system or version has no such source.
    Unsupported,
    /// The source answered with an error or with something unreadable.
    Failed,
    /// The probe did not end within its time limit.
    Timeout,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    pub kind: ProblemKind,
    /// What was read: a path, a WMI class, a command.
    pub source: String,
    /// In English, for IT staff.
    pub message: String,
}

impl Problem {
    pub fn new(kind: ProblemKind, source: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, source: source.into(), message: message.into() }
    }
}
