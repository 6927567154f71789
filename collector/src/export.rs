//! Forms, declarations and procurement as files. Rows are written as they come, so that memory stays flat
//! for a whole province.

pub mod csv;
pub mod declarations;
pub mod docx;
pub mod json;
pub mod procurement;
pub mod provenance_text;
pub mod xlsx;

use crate::{
    date::VIET_NAM,
    forms::{FormLayout, layout::Row},
    inventory::Unit,
};
use anyhow::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::Write;

pub type Output<'a> = &'a mut (dyn Write + Send);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Xlsx,
    Docx,
    Csv,
    Json,
}

/// What every page of an exported form says about itself.
pub struct Heading<'a> {
    pub layout: &'a FormLayout,
    pub unit: &'a Unit,
    pub as_of: Timestamp,
}

impl Heading<'_> {
    /// The line under the title.
    pub fn subtitle(&self) -> String {
        subtitle(self.unit, self.as_of)
    }
}

fn subtitle(unit: &Unit, as_of: Timestamp) -> String {
    format!("Đơn vị: {}. Số liệu tính đến {}", unit.full_name, local_time(as_of))
}

pub trait FormWriter: Send {
    fn row(&mut self, row: &Row) -> Result<()>;
    fn finish(self: Box<Self>) -> Result<()>;
}

pub fn local_datetime(time: Timestamp) -> jiff::civil::DateTime {
    VIET_NAM.to_datetime(time)
}

/// `HH:mm dd/MM/yyyy` in Viet Nam.
pub fn local_time(time: Timestamp) -> String {
    let local = local_datetime(time);
    let (hour, minute) = (local.hour(), local.minute());
    format!("{hour:02}:{minute:02} {}", local_date(local.date()))
}

pub use crate::date::day_first as local_date;

#[cfg(test)]
mod tests;
