//! Appendices, needs and declarations as files, for the command line and for the pages.

use super::{App, appendix::Appendix, plan};
use crate::{
    export::{self, FormWriter, Format, Heading},
    forms::FormKind,
    inventory::Unit,
    store::time,
};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Equipment,
    Network,
    Infrastructure,
    Software,
    /// Needs for 2024-2025: xlsx, docx, json
    Procurement,
    /// Declared values, also the template for importing them: csv
    Declarations,
}

impl What {
    fn form(self) -> Option<FormKind> {
        match self {
            Self::Equipment => Some(FormKind::Equipment),
            Self::Network => Some(FormKind::Network),
            Self::Infrastructure => Some(FormKind::Infrastructure),
            Self::Software => Some(FormKind::Software),
            Self::Procurement | Self::Declarations => None,
        }
    }

    pub fn takes(self, format: Format) -> bool {
        match self {
            Self::Procurement => format != Format::Csv,
            Self::Declarations => format == Format::Csv,
            Self::Equipment | Self::Network | Self::Infrastructure | Self::Software => true,
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// One file.
#[derive(Debug, Clone)]
pub struct Asked {
    pub what: What,
    /// With everything below it.
    pub unit: String,
    pub format: Format,
    /// A last row with the sums of the equipment appendix.
    pub totals: bool,
}

pub async fn write(app: &App, asked: &Asked, output: &mut (dyn Write + Send)) -> Result<()> {
    app.settle().await?;
    let at = Timestamp::now();
    let on = time::local_date(at);
    let unit = app.store.unit(&asked.unit, on).await?;
    let unit = unit.with_context(|| format!("--unit: there is no unit {} on {on}", asked.unit))?;
    match (asked.what, asked.what.form(), asked.format) {
        (_, Some(kind), _) => form(app, asked, kind, &unit, at, output).await,
        (What::Procurement, _, Format::Json) => {
            export::procurement::json::write(&plan::subtree_needs(app, &unit, at).await?, output)
        }
        (What::Procurement, _, Format::Xlsx) => {
            let rows = plan::subtree_needs(app, &unit, at).await?;
            export::procurement::xlsx::write(&unit, at, &rows, output)
        }
        (What::Procurement, _, Format::Docx) => {
            let rows = plan::subtree_needs(app, &unit, at).await?;
            export::procurement::docx::write(&unit, at, &rows, output)
        }
        (What::Declarations, _, Format::Csv) => declarations(app, &unit, at, output).await,
        (what, ..) => bail!("--format: {} is not written in that format; see export --help", what.name()),
    }
}

async fn form(
    app: &App,
    asked: &Asked,
    kind: FormKind,
    unit: &Unit,
    at: Timestamp,
    output: &mut (dyn Write + Send),
) -> Result<()> {
    let layout = kind.layout();
    let heading = Heading { layout: &layout, unit, as_of: at };
    let mut writer: Box<dyn FormWriter + '_> = match asked.format {
        Format::Xlsx => Box::new(export::xlsx::XlsxWriter::new(&heading, output)?),
        Format::Csv => Box::new(export::csv::CsvWriter::new(&heading, output)?),
        Format::Json => Box::new(export::json::JsonWriter::new(&heading, output)?),
        Format::Docx => Box::new(export::docx::DocxWriter::new(&heading, output)?),
    };
    let form = Appendix { kind, root: unit, at, totals: asked.totals };
    form.rows(app, &mut |row| writer.row(&row)).await?;
    writer.finish()
}

async fn declarations(app: &App, unit: &Unit, at: Timestamp, output: &mut (dyn Write + Send)) -> Result<()> {
    let units = app.store.subtree(&unit.code, time::local_date(at)).await?;
    let codes: Vec<String> = units.into_iter().map(|unit| unit.code).collect();
    let mut template = export::declarations::Template::new(output)?;
    for part in codes.chunks(500) {
        let found = app.store.declarations(part).await?;
        for code in part {
            template.unit(code, found.get(code))?;
        }
    }
    template.finish()
}
