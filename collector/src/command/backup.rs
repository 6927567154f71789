use crate::{app::App, archive};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::{io::Write, path::PathBuf};

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  kiemke-collector backup /srv/backup/kiemke-2024-06-01.tar.zst")]
pub struct Args {
    /// The archive to write; it holds the store, the CA and the keys: keep it as safe as the collector
    pub file: PathBuf,
}

pub async fn run(app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
    let folder = tempfile::Builder::new().prefix(".backup-").tempdir_in(&app.data)?;
    let snapshot = folder.path().join(archive::STORE_FILE);
    app.store.copy_to(&snapshot).await?;
    archive::write(&app.data, &snapshot, output)
}
