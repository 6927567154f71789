//! The side of a command that has the person's files: reads the input, writes the output.

use super::{Request, output::Output};
use crate::app::App;
use anyhow::{Context, Result};
use std::{
    fs,
    io::{self, Read},
    path::Path,
};

pub async fn run(data: &Path, request: &Request) -> Result<()> {
    let input = request.input_file().map(read).transpose()?;
    let mut output = Output::open(request.output_file())?;
    let app = App::open(data).await?;
    let done = request.run(&app, input, &mut output).await;
    app.store.close().await;
    done?;
    output.finish()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut input = Vec::new();
        io::stdin().read_to_end(&mut input).context("cannot read standard input")?;
        return Ok(input);
    }
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
