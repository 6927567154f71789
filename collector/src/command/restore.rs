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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::App,
        archive::{STORE_FILE, WebCertificate},
        command::backup,
    };
    use kiemke_schemas::{DeviceId, command::Body};

    /// A backup of a collector whose HTTPS certificate lies elsewhere.
    async fn backed_up(folder: &Path, without_web_certificate: bool) -> PathBuf {
        let web = WebCertificate { chain: folder.join("site.crt"), key: folder.join("site.key") };
        fs::write(&web.chain, "chain").unwrap();
        fs::write(&web.key, "key").unwrap();
        let app = App::open(&folder.join("old")).await.unwrap();
        app.store.set_web_certificate(Some(&web), "test").await.unwrap();
        let file = folder.join("backup.tar.zst");
        let args = backup::Args { file: file.clone(), without_web_certificate };
        let mut archive = File::create(&file).unwrap();
        backup::run(&app, &args, &mut archive).await.unwrap();
        app.store.close().await;
        file
    }

    #[tokio::test]
    async fn a_restored_collector_is_the_same_with_its_web_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let file = backed_up(folder.path(), false).await;
        let data = folder.path().join("new");
        run(&data, &Args { file: file.clone(), force: false }).unwrap();
        let text = |name: &str| fs::read_to_string(data.join(name)).unwrap();
        assert_eq!((text("web.pem").as_str(), text("web.key").as_str()), ("chain", "key"));
        let old = fs::read_to_string(folder.path().join("old/ca.pem")).unwrap();
        assert_eq!(text("ca.pem"), old);
        let app = App::open(&data).await.unwrap();
        let web = app.store.web_certificate().await.unwrap().unwrap();
        assert_eq!(web.chain, folder.path().join("site.crt"));
        app.store.close().await;
        drop(app);

        let again = run(&data, &Args { file: file.clone(), force: false }).unwrap_err().to_string();
        assert!(again.contains("holds") && again.contains(STORE_FILE), "{again}");
        run(&data, &Args { file, force: true }).unwrap();
    }

    /// Agents obey no counter up to the highest they have obeyed.
    #[tokio::test]
    async fn orders_after_a_restore_are_newer_than_those_the_backup_does_not_know() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(&folder.path().join("old")).await.unwrap();
        let device = DeviceId::of_key(&[1; 32]);
        let order =
            async |app: &App| app.store.enqueue_command(&device, &Body::ScanNow, "test").await.unwrap();
        order(&app).await;
        let file = folder.path().join("backup.tar.zst");
        let args = backup::Args { file: file.clone(), without_web_certificate: true };
        backup::run(&app, &args, &mut File::create(&file).unwrap()).await.unwrap();
        let mut obeyed = 0;
        for _ in 0..5 {
            obeyed = order(&app).await;
        }
        app.store.close().await;

        let data = folder.path().join("new");
        run(&data, &Args { file, force: false }).unwrap();
        let app = App::open(&data).await.unwrap();
        let next = order(&app).await;
        assert!(next > obeyed, "{next} after {obeyed}");
    }

    #[tokio::test]
    async fn a_backup_may_leave_the_web_certificate_out_and_never_does_so_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let file = backed_up(folder.path(), true).await;
        let data = folder.path().join("new");
        run(&data, &Args { file: file.clone(), force: false }).unwrap();
        assert!(!data.join("web.pem").exists() && !data.join("web.key").exists());

        fs::remove_file(folder.path().join("site.key")).unwrap();
        let app = App::open(&folder.path().join("old")).await.unwrap();
        let args = backup::Args { file, without_web_certificate: false };
        let error = backup::run(&app, &args, &mut Vec::new()).await.unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("--without-web-certificate leaves them out"), "{error}");
        assert!(error.contains("site.key"), "{error}");
    }
}
