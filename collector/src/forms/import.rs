//! Reading what people hand in as CSV. Every error of a file is listed, and a file with an error changes nothing.

pub mod declarations;
pub mod prices;
pub mod references;
pub mod security_checks;
pub mod table;

use std::fmt;
pub use table::Table;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    pub line: u64,
    /// The column; empty for the row as a whole.
    pub field: String,
    pub message: String,
}

/// All that is wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportErrors {
    pub file: String,
    pub errors: Vec<RowError>,
}

impl fmt::Display for ImportErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors.len();
        write!(f, "{}: {count} error{}, nothing imported", self.file, if count == 1 { "" } else { "s" })?;
        for RowError { line, field, message } in &self.errors {
            write!(f, "\n{}:{line}: ", self.file)?;
            if !field.is_empty() {
                write!(f, "{field}: ")?;
            }
            f.write_str(message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ImportErrors {}

/// Collects errors while the rows are read.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<RowError>);

impl Errors {
    pub fn add(&mut self, line: u64, field: &str, message: impl fmt::Display) {
        self.0.push(RowError { line, field: field.to_owned(), message: message.to_string() });
    }

    /// The value, or its error noted.
    pub fn take<T, E: fmt::Display>(&mut self, line: u64, field: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(line, field, error)).ok()
    }

    pub fn finish<T>(mut self, file: &str, value: T) -> Result<T, ImportErrors> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort_by_key(|error| error.line);
        Err(ImportErrors { file: file.to_owned(), errors: self.0 })
    }
}
