//! The unit list that `kiemke-collector units import` takes, read for the profiles that cover many units.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{collections::BTreeSet, path::Path};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UnitRow {
    pub code: String,
    pub parent_code: String,
    pub level: Level,
    pub full_name_vi: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Province,
    Department,
    District,
    Commune,
}

pub fn read(path: &Path) -> Result<Vec<UnitRow>> {
    let rows = csv::Reader::from_path(path).with_context(|| path.display().to_string())?.into_deserialize();
    rows.collect::<Result<_, _>>().with_context(|| path.display().to_string())
}

/// The unit with this code and all below it, in the order of the file.
pub fn under(rows: &[UnitRow], code: &str) -> Result<Vec<UnitRow>> {
    if !rows.iter().any(|row| row.code == code) {
        bail!("--under: the unit file has no unit {code}");
    }
    let mut inside = BTreeSet::from([code]);
    loop {
        let before = inside.len();
        let children = rows.iter().filter(|row| inside.contains(row.parent_code.as_str()));
        let found: Vec<_> = children.map(|row| row.code.as_str()).collect();
        inside.extend(found);
        if inside.len() == before {
            break;
        }
    }
    Ok(rows.iter().filter(|row| inside.contains(row.code.as_str())).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_holds_every_level_below() {
        let row = |code: &str, parent: &str| UnitRow {
            code: code.into(),
            parent_code: parent.into(),
            level: Level::Commune,
            full_name_vi: code.into(),
        };
        let rows = [row("26740", "760"), row("79", ""), row("760", "79"), row("01", ""), row("001", "01")];
        let codes: Vec<_> = under(&rows, "79").unwrap().into_iter().map(|row| row.code).collect();
        assert_eq!(codes, ["26740", "79", "760"]);
        assert!(under(&rows, "99").unwrap_err().to_string().contains("no unit 99"));
    }
}
