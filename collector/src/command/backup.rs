use crate::{app::App, archive};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{io::Write, path::PathBuf};

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  kiemke-collector backup /srv/backup/kiemke-2024-06-01.tar.zst")]
pub struct Args {
    /// The archive to write; it holds the store, the CA and the keys: keep it as safe as the collector
    pub file: PathBuf,
    /// Leave out the HTTPS certificate and key that the settings of `serve` name
    #[arg(long)]
    #[serde(default)]
    pub without_web_certificate: bool,
}

pub async fn run(app: &App, args: &Args, output: &mut (dyn Write + Send)) -> Result<()> {
    let web = match args.without_web_certificate {
        true => None,
        false => app.store.web_certificate().await?,
    };
    let folder = tempfile::Builder::new().prefix(".backup-").tempdir_in(&app.data)?;
    let snapshot = folder.path().join(archive::STORE_FILE);
    app.store.copy_to(&snapshot).await?;
    archive::write(&app.data, &snapshot, web.as_ref(), output).with_context(|| match &web {
        Some(_) => {
            "web_certificate and web_key of the settings of `serve` belong to the backup; \
                    --without-web-certificate leaves them out"
        }
        None => "cannot write the backup",
    })
}
