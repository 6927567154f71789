use crate::{
    app::{
        App,
        export::{self, Asked, What},
    },
    export::Format,
};
use anyhow::Result;
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

impl Args {
    pub fn output_file(&self) -> Option<&Path> {
        self.out.as_deref()
    }
}

pub async fn run(app: &App, args: &Args, output: &mut (dyn Write + Send)) -> Result<()> {
    let asked = Asked { what: args.what, unit: args.unit.clone(), format: args.format, totals: args.totals };
    export::write(app, &asked, output).await
}
