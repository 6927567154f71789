//! `declarations.csv` and `security-checks.csv` as `kiemke-collector import` takes them.

use super::profile::{Check, Declaration, Identifier};
use anyhow::{Context, Result};
use kiemke_schemas::DeviceId;
use std::path::Path;

pub fn write_declarations(path: &Path, rows: &[Declaration]) -> Result<()> {
    let mut file = csv::Writer::from_path(path).with_context(|| path.display().to_string())?;
    file.write_record(["unit", "system", "field", "value", "declared_by", "declared_on"])?;
    for row in rows {
        let on = row.declared_on.to_string();
        file.write_record([&row.unit, &row.system, &row.field, &row.value, &row.declared_by, &on])?;
    }
    file.flush().with_context(|| path.display().to_string())
}

/// `devices` are the ids of the scene's machines, in their order.
pub fn write_checks(path: &Path, rows: &[Check], devices: &[DeviceId]) -> Result<()> {
    let mut file = csv::Writer::from_path(path).with_context(|| path.display().to_string())?;
    file.write_record([
        "unit",
        "subject",
        "identifier",
        "checked_on",
        "checked_by",
        "document",
        "valid_until",
    ])?;
    for row in rows {
        let identifier = match &row.identifier {
            Identifier::Text(text) => text.clone(),
            // Identities are folded.
            Identifier::BusPath { machine, path } => {
                format!("host:{}:{}", devices[*machine], path.to_lowercase())
            }
        };
        let on = row.checked_on.to_string();
        let until = row.valid_until.map(|date| date.to_string()).unwrap_or_default();
        file.write_record([
            &row.unit,
            row.subject,
            &identifier,
            &on,
            &row.checked_by,
            &row.document,
            &until,
        ])?;
    }
    file.flush().with_context(|| path.display().to_string())
}
