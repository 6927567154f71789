//! Current declarations as CSV, with empty rows for what a unit may declare: what is exported is imported
//! again without a change.

use super::{Output, csv::MARK};
use crate::{
    forms::{fields::UNIT_TEMPLATE, import::declarations::COLUMNS},
    inventory::{Declarations, Declared},
};
use anyhow::Result;
use std::collections::BTreeMap;

pub struct Template<'a> {
    csv: csv::Writer<Output<'a>>,
}

impl<'a> Template<'a> {
    pub fn new(output: Output<'a>) -> Result<Self> {
        output.write_all(MARK.as_bytes())?;
        let mut csv = csv::Writer::from_writer(output);
        csv.write_record(COLUMNS)?;
        Ok(Self { csv })
    }

    pub fn unit(&mut self, code: &str, declarations: Option<&Declarations>) -> Result<()> {
        let none = Declarations::default();
        let by_system = &declarations.unwrap_or(&none).0;
        let empty = BTreeMap::new();
        let own = by_system.get("").unwrap_or(&empty);
        for field in UNIT_TEMPLATE {
            self.row(code, "", field, own.get(*field))?;
        }
        for (field, value) in own.iter().filter(|(field, _)| !UNIT_TEMPLATE.contains(&field.as_str())) {
            self.row(code, "", field, Some(value))?;
        }
        for (system, fields) in by_system.iter().filter(|(system, _)| !system.is_empty()) {
            for (field, value) in fields {
                self.row(code, system, field, Some(value))?;
            }
        }
        Ok(())
    }

    fn row(&mut self, code: &str, system: &str, field: &str, declared: Option<&Declared>) -> Result<()> {
        let date = declared.map(|value| value.declared_on.to_string()).unwrap_or_default();
        let (value, by) = declared.map_or(("", ""), |value| (&value.value, &value.declared_by));
        Ok(self.csv.write_record([code, system, field, value, by, &date])?)
    }

    pub fn finish(mut self) -> Result<()> {
        Ok(self.csv.flush()?)
    }
}
