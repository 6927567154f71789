//! The units that tokens cover, each with the token that lets computers in.

use super::enrolment::Collector;
use anyhow::{Context, Result, bail};
use kiemke_schemas::enrolment::CoveredUnit;
use std::collections::{BTreeMap, BTreeSet};

/// Tokens as they were given, and which of them covers a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    all: Vec<String>,
    by_unit: BTreeMap<String, usize>,
}

impl Tokens {
    pub fn new(all: Vec<String>) -> Result<Self> {
        if all.is_empty() {
            bail!("--token: none is given");
        }
        Ok(Self { all, by_unit: BTreeMap::new() })
    }

    /// All units that the tokens cover; the first token of a unit stays its token.
    pub async fn units(&mut self, collector: &Collector) -> Result<Vec<CoveredUnit>> {
        let mut units = Vec::new();
        for (at, token) in self.all.iter().enumerate() {
            let covered =
                collector.units(token).await.with_context(|| format!("--token, number {}", at + 1))?;
            for unit in covered {
                if !self.by_unit.contains_key(&unit.code) {
                    self.by_unit.insert(unit.code.clone(), at);
                    units.push(unit);
                }
            }
        }
        Ok(units)
    }

    /// A single token is asked for any unit: the collector says whether it covers it.
    pub fn of_unit(&self, unit: &str) -> &str {
        let at = self.by_unit.get(unit).copied().unwrap_or_default();
        self.all.get(at).map_or("", String::as_str)
    }

    pub fn first(&self) -> &str {
        self.all.first().map_or("", String::as_str)
    }
}

/// The unit with this code and all below it, in the order given.
pub fn under(units: &[CoveredUnit], code: &str) -> Result<Vec<CoveredUnit>> {
    if !units.iter().any(|unit| unit.code == code) {
        bail!("--under: no token covers a unit {code}");
    }
    let mut inside = BTreeSet::from([code]);
    for unit in units {
        if unit.parent.as_deref().is_some_and(|parent| inside.contains(parent)) {
            inside.insert(&unit.code);
        }
    }
    Ok(units.iter().filter(|unit| inside.contains(unit.code.as_str())).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiemke_schemas::enrolment::UnitLevel;

    #[test]
    fn a_subtree_holds_every_level_below() {
        let unit = |code: &str, parent: Option<&str>| CoveredUnit {
            code: code.into(),
            parent: parent.map(str::to_owned),
            level: UnitLevel::Commune,
            full_name: code.into(),
        };
        let units = [
            unit("79", None),
            unit("760", Some("79")),
            unit("26740", Some("760")),
            unit("01", None),
            unit("001", Some("01")),
        ];
        let codes: Vec<_> = under(&units, "79").unwrap().into_iter().map(|unit| unit.code).collect();
        assert_eq!(codes, ["79", "760", "26740"]);
        assert_eq!(under(&units, "99").unwrap_err().to_string(), "--under: no token covers a unit 99");
    }
}
