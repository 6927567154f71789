use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The current value a person declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    pub value: String,
    pub declared_by: String,
    pub declared_on: Date,
}

/// Current declarations of a unit by (system, field); the unit's own have no system (empty string).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declarations(pub BTreeMap<String, BTreeMap<String, Declared>>);

impl Declarations {
    pub fn of_unit(&self, field: &str) -> Option<&Declared> {
        self.of_system("", field)
    }

    pub fn of_system(&self, system: &str, field: &str) -> Option<&Declared> {
        self.0.get(system)?.get(field)
    }

    /// A whole number of the unit; `None` where nobody declared one.
    pub fn number(&self, field: &str) -> Option<u64> {
        self.of_unit(field)?.value.trim().parse().ok()
    }

    pub fn systems(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| !name.is_empty())
    }

    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeMap::is_empty)
    }
}
