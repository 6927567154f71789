use crate::app::App;
use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  kiemke-collector reindex")]
pub struct Args {}

/// Facts, sightings, flags and the search index, all from the store.
pub async fn run(app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
    app.store.enqueue_all().await?;
    app.settle().await?;
    let left = app.store.work_left().await?;
    ensure!(left == 0, "{left} devices or units could not be worked through; the log and `check` say why");
    let documents = app.search.document_count()?;
    writeln!(
        output,
        "{} devices worked through, {documents} documents in the index",
        app.store.count_devices().await?
    )?;
    Ok(())
}
