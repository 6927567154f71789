use crate::{
    app::{App, appendix::Appendix, plan},
    export::{self, FormWriter, Format, Heading},
    forms::FormKind,
    inventory::Unit,
    store::time,
};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Examples:\n  \
    kiemke-collector export equipment --unit 760 --format xlsx --out equipment.xlsx\n  \
    kiemke-collector export network --unit 760 --format docx --out network.docx\n  \
    kiemke-collector export declarations --unit 760 --format csv --out declarations.csv")]
pub struct Args {
    #[arg(value_enum)]
    pub what: What,
    /// This unit and everything below it
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    #[arg(long, value_enum, default_value_t = Format::Xlsx)]
    pub format: Format,
    /// File to write (default: standard output)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Equipment: add a last row with the sums
    #[arg(long)]
    pub totals: bool,
}

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

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

impl Args {
    pub fn output_file(&self) -> Option<&Path> {
        self.out.as_deref()
    }
}

pub async fn run(app: &App, args: &Args, output: &mut (dyn Write + Send)) -> Result<()> {
    app.settle().await?;
    let at = Timestamp::now();
    let on = time::local_date(at);
    let unit = app.store.unit(&args.unit, on).await?;
    let unit = unit.with_context(|| format!("--unit: there is no unit {} on {on}", args.unit))?;
    match (args.what, args.what.form(), args.format) {
        (_, Some(kind), _) => form(app, args, kind, &unit, at, output).await,
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
    args: &Args,
    kind: FormKind,
    unit: &Unit,
    at: Timestamp,
    output: &mut (dyn Write + Send),
) -> Result<()> {
    let layout = kind.layout();
    let heading = Heading { layout: &layout, unit, as_of: at };
    let mut writer: Box<dyn FormWriter + '_> = match args.format {
        Format::Xlsx => Box::new(export::xlsx::XlsxWriter::new(&heading, output)?),
        Format::Csv => Box::new(export::csv::CsvWriter::new(&heading, output)?),
        Format::Json => Box::new(export::json::JsonWriter::new(&heading, output)?),
        Format::Docx => Box::new(export::docx::DocxWriter::new(&heading, output)?),
    };
    let form = Appendix { kind, root: unit, at, totals: args.totals };
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
