//! Brings a release onto this computer, over bad lines too: what was fetched is not fetched again.

use super::{files, record::Wanted};
use crate::{identity::Identity, state_dir::StateDir, web_api};
use anyhow::{Context, Result, anyhow, bail};
use jiff::Timestamp;
use kiemke_schemas::release::{self, Manifest};
use reqwest::{
    Client, StatusCode,
    header::{ETAG, IF_RANGE, RANGE},
};
use std::{
    env,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::sleep;

const SILENCE_ENDS_IT: Duration = Duration::from_secs(60);
const LONGEST_FETCH: Duration = Duration::from_secs(4 * 3600);
/// With the pauses between them these last about two hours.
const TRIES: u32 = 8;
/// Tests of the whole program cannot wait that long: the first pause in seconds.
const PAUSE_VARIABLE: &str = "KIEMKE_UPDATE_PAUSE_SECONDS";
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
const PART: &str = "part";

enum Failure {
    /// Another try may do better.
    Passing(anyhow::Error),
    Final(anyhow::Error),
}

/// Waits its turn, fetches, checks and tries the executable; it is ready to be started then.
pub async fn stage(state: StateDir, identity: Identity, wanted: Wanted) -> Result<()> {
    sleep(wanted.wait(Timestamp::now())).await;
    let manifest = wanted.manifest;
    let path = files::executable(&state, &manifest.version);
    if files::check(&path, &manifest).is_err() {
        fetch(&state, &identity, &manifest).await?;
    }
    let version = manifest.version;
    tokio::task::spawn_blocking(move || files::prove(&path, &version))
        .await
        .context("the trial ended early")?
}

async fn fetch(state: &StateDir, identity: &Identity, manifest: &Manifest) -> Result<()> {
    let folder = files::folder(state, &manifest.version);
    crate::durable::create_folder(&folder)
        .with_context(|| format!("{} cannot be created", folder.display()))?;
    let part = folder.join(PART);
    let mut pause = first_pause();
    for tries in 1.. {
        let failure = match download(identity, manifest, &part).await {
            Ok(()) => break,
            Err(Failure::Final(error)) => Err(error),
            Err(Failure::Passing(error)) if tries == TRIES => Err(error),
            Err(Failure::Passing(error)) => Ok(error),
        };
        match failure {
            Ok(error) => {
                tracing::warn!(version = %manifest.version, "the release is fetched later: {error:#}")
            }
            Err(error) => {
                let _ = fs::remove_dir_all(&folder);
                return Err(error);
            }
        }
        sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    files::finish(&part, &files::executable(state, &manifest.version))
}

fn first_pause() -> Duration {
    let named = env::var(PAUSE_VARIABLE).ok().and_then(|text| text.parse().ok());
    named.map_or(FIRST_PAUSE, Duration::from_secs)
}

async fn download(identity: &Identity, manifest: &Manifest, part: &Path) -> Result<(), Failure> {
    let begun = fs::metadata(part).map_or(0, |known| known.len());
    let begun = if begun < manifest.size { begun } else { 0 };
    let mut response = ask(identity, manifest, begun).await?;
    let resumed = response.status() == StatusCode::PARTIAL_CONTENT;
    let mut size = if resumed { begun } else { 0 };
    let mut file = open(part, resumed).map_err(Failure::Passing)?;
    while let Some(chunk) =
        response.chunk().await.map_err(|error| Failure::Passing(anyhow!(web_api::chain(&error))))?
    {
        size += chunk.len() as u64;
        if size > manifest.size {
            let error = anyhow!("the executable is larger than the {} bytes of its manifest", manifest.size);
            return Err(Failure::Final(error));
        }
        let unwritten = || format!("{} cannot be written", part.display());
        file.write_all(&chunk).with_context(unwritten).map_err(Failure::Passing)?;
    }
    drop(file);
    verify(part.to_owned(), manifest.clone(), resumed).await
}

/// Pieces of two tries may not fit together: then once more from the start.
async fn verify(part: PathBuf, manifest: Manifest, resumed: bool) -> Result<(), Failure> {
    let checked = tokio::task::spawn_blocking(move || {
        files::check(&part, &manifest).inspect_err(|_| {
            let _ = fs::remove_file(&part);
        })
    });
    match checked.await {
        Ok(Err(error)) if resumed => Err(Failure::Passing(error)),
        Ok(done) => done.map_err(Failure::Final),
        Err(error) => Err(Failure::Passing(error.into())),
    }
}

async fn ask(identity: &Identity, manifest: &Manifest, begun: u64) -> Result<reqwest::Response, Failure> {
    let prepared = client(identity)
        .and_then(|client| Ok((client, identity.url(&release::path(&manifest.version, &manifest.target))?)));
    let (client, url) = prepared.map_err(Failure::Final)?;
    let mut request = client.get(url);
    if begun > 0 {
        tracing::info!(version = %manifest.version, "the release is fetched on from byte {begun}");
        request = request
            .header(RANGE, format!("bytes={begun}-"))
            .header(IF_RANGE, release::entity_tag(&manifest.sha256));
    }
    let response = request.send().await.map_err(|error| Failure::Passing(anyhow!(web_api::chain(&error))))?;
    match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT => {
            let tag = response.headers().get(ETAG);
            if tag.is_some_and(|tag| tag.as_bytes() != release::entity_tag(&manifest.sha256).as_bytes()) {
                return Err(Failure::Final(anyhow!(
                    "the collector has another executable of this version now"
                )));
            }
            Ok(response)
        }
        StatusCode::NOT_FOUND => Err(Failure::Final(anyhow!("the collector does not have the executable"))),
        status => Err(Failure::Passing(anyhow!("the collector answered {status}"))),
    }
}

fn client(identity: &Identity) -> Result<Client> {
    let client = web_api::of_collector(identity)?.timeout(LONGEST_FETCH).read_timeout(SILENCE_ENDS_IT);
    Ok(client.build()?)
}

fn open(part: &Path, resumed: bool) -> Result<File> {
    let mut options = File::options();
    options.create(true).write(true).append(resumed).truncate(!resumed);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(part) {
        Ok(file) => Ok(file),
        Err(error) => bail!("{} cannot be opened: {error}", part.display()),
    }
}
