//! Digests let a delta heal: sender and receiver hash the bytes that travelled, so that no canonical form
//! of JSON is needed and any language can take part.

use crate::SectionName;
use data_encoding::HEXLOWER;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt};

/// SHA-256 of a section object's JSON text exactly as it stands in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SectionHash(pub [u8; 32]);

impl SectionHash {
    pub fn of(json: &str) -> Self {
        Self(Sha256::digest(json.as_bytes()).into())
    }
}

/// SHA-256, lower-case hex, over the lines `<section> <hex of its hash>\n` of all sections in order of name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StateDigest(String);

impl StateDigest {
    pub fn of(sections: &BTreeMap<SectionName, SectionHash>) -> Self {
        let mut names: Vec<_> = sections.iter().map(|(name, hash)| (name.as_str(), hash)).collect();
        names.sort_unstable_by_key(|(name, _)| *name);
        let mut hasher = Sha256::new();
        for (name, hash) in names {
            hasher.update(format!("{name} {}\n", HEXLOWER.encode(&hash.0)));
        }
        Self(HEXLOWER.encode(&hasher.finalize()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
