//! The sections of a report. Sizes are bytes, speeds bits per second, shares permille: whole numbers, so
//! that every language writes the same text. `None` is "not known", never "none" and never 0.

pub mod antivirus;
pub mod hardware;
pub mod link;
pub mod load;
pub mod neighbour;
pub mod network;
pub mod operating_system;
pub mod peripheral;
pub mod software;
pub mod storage;

use crate::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What one probe found. Without a value and without problems the machine has no such thing;
/// without a value and with problems nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Section<T> {
    pub value: Option<T>,
    /// With a value too: parts that could not be read, or, where `observed_at` lies before the report, why
    /// the last good value had to be kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl<T> Section<T> {
    pub fn known(value: T) -> Self {
        Self { value: Some(value), problems: Vec::new() }
    }

    pub fn unknown(problem: Problem) -> Self {
        Self { value: None, problems: vec![problem] }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SectionName {
    Antivirus,
    Hardware,
    Link,
    Load,
    Neighbour,
    Network,
    OperatingSystem,
    Peripheral,
    Software,
    Storage,
}

impl SectionName {
    pub const ALL: [Self; 10] = [
        Self::Antivirus,
        Self::Hardware,
        Self::Link,
        Self::Load,
        Self::Neighbour,
        Self::Network,
        Self::OperatingSystem,
        Self::Peripheral,
        Self::Software,
        Self::Storage,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Antivirus => "antivirus",
            Self::Hardware => "hardware",
            Self::Link => "link",
            Self::Load => "load",
            Self::Neighbour => "neighbour",
            Self::Network => "network",
            Self::OperatingSystem => "operating-system",
            Self::Peripheral => "peripheral",
            Self::Software => "software",
            Self::Storage => "storage",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
