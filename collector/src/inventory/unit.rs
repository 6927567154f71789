use serde::{Deserialize, Serialize};

/// An office that owns equipment, as of a date: the same code can name another unit later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Code of the General Statistics Office, text with leading zeros; a province's own code for departments.
    pub code: String,
    pub parent: Option<String>,
    pub level: Level,
    /// `quận`, `phường`, `sở`, …
    pub kind: String,
    /// `Bến Nghé`
    pub name: String,
    /// `Phường Bến Nghé`
    pub full_name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Province,
    Department,
    District,
    Commune,
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Province, Self::Department, Self::District, Self::Commune];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Department => "department",
            Self::District => "district",
            Self::Commune => "commune",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}
