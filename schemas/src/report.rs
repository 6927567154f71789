use crate::{
    DeviceId, SCHEMA_VERSION, SectionName,
    digest::{SectionHash, StateDigest},
    observation::Observation,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// One report. `device`, `boot` and `sequence` make it unique and give its order; clocks never do.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema: u32,
    pub device: DeviceId,
    /// Counts the starts of the agent since enrolment, from 1.
    pub boot: u64,
    /// Counts the reports since that start, from 1.
    pub sequence: u64,
    /// The agent's clock; may be years off.
    pub created_at: Timestamp,
    pub agent: AgentVersion,
    pub kind: ReportKind,
    /// Section objects (`{"value": …, "problems": […]}`) by name. Kept as sent: the digest is over these bytes.
    #[schemars(with = "BTreeMap<SectionName, serde_json::Value>")]
    pub sections: BTreeMap<SectionName, Box<RawValue>>,
    /// When the value of each section was read. Older than `created_at` where a failed probe kept the last good value.
    pub observed_at: BTreeMap<SectionName, Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// Over all sections the agent holds, not only those sent: see [`StateDigest`].
    pub state_digest: StateDigest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportKind {
    /// Every section; a section that is not sent no longer exists.
    Full,
    /// The sections that changed; the others stand.
    Delta,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgentVersion {
    pub version: String,
    /// Rust target triple, or the name of another implementation.
    pub target: String,
}

/// Of the arrays and objects of a section. Sections are kept as text, so that the parser's own limit does
/// not meet them; whoever reads them later would.
pub const MAX_DEPTH: u32 = 64;

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("not a report: {0}")]
    Json(#[from] serde_json::Error),
    #[error("field schema: version {found}, this side reads {SCHEMA_VERSION}")]
    SchemaVersion { found: u32 },
    #[error("field {field}: {message}")]
    Field { field: &'static str, message: &'static str },
    #[error("section {section}: nested deeper than {MAX_DEPTH} levels")]
    TooDeep { section: SectionName },
    #[error("section {section}: {source}")]
    Section { section: SectionName, source: serde_json::Error },
}

#[derive(Deserialize)]
struct VersionOnly {
    schema: u32,
}

impl Report {
    /// Decodes and checks everything that does not need the collector's state.
    pub fn from_json(json: &[u8]) -> Result<Self, ReportError> {
        let report = serde_json::from_slice::<Self>(json).map_err(|error| Self::why_not(json, error))?;
        report.check()?;
        Ok(report)
    }

    /// A report of another version may fail anywhere: say the version, not the first field that differs.
    fn why_not(json: &[u8], error: serde_json::Error) -> ReportError {
        match serde_json::from_slice::<VersionOnly>(json) {
            Ok(VersionOnly { schema }) if schema != SCHEMA_VERSION => {
                ReportError::SchemaVersion { found: schema }
            }
            _ => ReportError::Json(error),
        }
    }

    fn check(&self) -> Result<(), ReportError> {
        let field = |field, message| Err(ReportError::Field { field, message });
        if self.schema != SCHEMA_VERSION {
            return Err(ReportError::SchemaVersion { found: self.schema });
        }
        if self.boot == 0 || self.boot > i64::MAX as u64 {
            return field("boot", "must be from 1 to 2^63-1");
        }
        if self.sequence == 0 || self.sequence > i64::MAX as u64 {
            return field("sequence", "must be from 1 to 2^63-1");
        }
        if !self.sections.keys().eq(self.observed_at.keys()) {
            return field("observed_at", "must have exactly the names of sections");
        }
        match self.sections.iter().find(|(_, raw)| depth(raw.get()) > MAX_DEPTH) {
            Some((section, _)) => Err(ReportError::TooDeep { section: *section }),
            None => Ok(()),
        }
    }

    pub fn section_hashes(&self) -> BTreeMap<SectionName, SectionHash> {
        self.sections.iter().map(|(name, raw)| (*name, SectionHash::of(raw.get()))).collect()
    }
}

/// Of valid JSON, without recursion.
fn depth(json: &str) -> u32 {
    let (mut depth, mut deepest) = (0u32, 0u32);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn skip_string(bytes: &mut std::str::Bytes) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert_eq!(depth("1"), 0);
        assert_eq!(depth(r#"{"a":[{"b":"]]{{\"[["}],"c":[]}"#), 3);
    }
}
