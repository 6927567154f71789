use crate::{app, archive};
use anyhow::{Context, Result, ensure};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  kiemke-collector restore /srv/backup/kiemke-2024-06-01.tar.zst --data /var/lib/kiemke"
)]
pub struct Args {
    /// An archive that `backup` wrote
    pub file: PathBuf,
    /// Replace what the folder holds; the old files are kept in a folder `before-restore-…` inside it
    #[arg(long)]
    pub force: bool,
}

/// All or nothing: unpacks and verifies beside the target, then moves.
pub fn run(data: &Path, args: &Args) -> Result<()> {
    app::make_folder(data)?;
    let _lock = app::lock(data)?;
    let present = archive::present_files(data)?;
    ensure!(
        present.is_empty() || args.force,
        "{} holds {} already; --force keeps the old files aside and replaces them",
        data.display(),
        present.join(", ")
    );
    let file = File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let folder = tempfile::Builder::new().prefix(".restore-").tempdir_in(data)?;
    let names = archive::unpack(file, folder.path())
        .with_context(|| format!("{} is no sound backup", args.file.display()))?;
    if !present.is_empty() {
        keep_aside(data, &present)?;
    }
    for name in names {
        fs::rename(folder.path().join(&name), data.join(&name))
            .with_context(|| format!("cannot put {name} into {}", data.display()))?;
    }
    Ok(())
}

fn keep_aside(data: &Path, names: &[String]) -> Result<()> {
    let aside = data.join(format!("before-restore-{}", jiff::Timestamp::now().as_second()));
    fs::create_dir(&aside).with_context(|| format!("cannot make {}", aside.display()))?;
    for name in names {
        fs::rename(data.join(name), aside.join(name))
            .with_context(|| format!("cannot keep {name} in {}", aside.display()))?;
    }
    Ok(())
}
