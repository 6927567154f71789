//! `DIR/control.sock`: the command line asks the running collector to do its work, so that one process
//! writes. A request is one JSON line and the input; the answer is frames of output and an end.

pub mod frame;

use crate::{app::App, command::Request};
use anyhow::{Context, Result};
use frame::{Call, Frame};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    io::BufReader,
    net::{UnixListener, UnixStream},
    sync::mpsc,
    task::JoinHandle,
};

const FILE_NAME: &str = "control.sock";
/// Pieces of output on their way to a slow reader; memory stays flat.
const PIECES: usize = 16;
const PIECE_BYTES: usize = 64 * 1024;

pub fn path(data: &Path) -> PathBuf {
    data.join(FILE_NAME)
}

pub fn remove(data: &Path) {
    if let Err(error) = std::fs::remove_file(path(data))
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the control socket stays behind");
    }
}

/// The caller holds the lock of the data folder: a socket that is there is of a process that is not.
pub fn serve(app: Arc<App>) -> Result<JoinHandle<()>> {
    let path = path(&app.data);
    remove(&app.data);
    let listener =
        UnixListener::bind(&path).with_context(|| format!("cannot listen on {}", path.display()))?;
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::spawn(answer(app.clone(), stream))),
                Err(error) => tracing::warn!(%error, "control socket"),
            }
        }
    }))
}

async fn answer(app: Arc<App>, stream: UnixStream) {
    if let Err(error) = converse(app, stream).await {
        tracing::warn!(error = format!("{error:#}"), "a command was cut off");
    }
}

async fn converse(app: Arc<App>, stream: UnixStream) -> Result<()> {
    let (reader, mut writer) = stream.into_split();
    let Call { request, input } = frame::read_call(&mut BufReader::new(reader)).await?;
    let (pieces, mut ready) = mpsc::channel(PIECES);
    let work = tokio::task::spawn_blocking(move || {
        let mut output = Pieces { pieces, gathered: Vec::new() };
        tokio::runtime::Handle::current().block_on(perform(&app, &request, input, &mut output))
    });
    while let Some(piece) = ready.recv().await {
        frame::write(&mut writer, &Frame::Output(piece)).await?;
    }
    let end = match work.await? {
        Ok(()) => Frame::Done,
        Err(error) => Frame::Failed(format!("{error:#}")),
    };
    frame::write(&mut writer, &end).await
}

async fn perform(app: &App, request: &Request, input: Option<Vec<u8>>, output: &mut Pieces) -> Result<()> {
    let done = request.run(app, input, output).await;
    // What was found before an error is told as well.
    output.flush()?;
    done
}

/// Output in pieces; writing waits for the reader.
struct Pieces {
    pieces: mpsc::Sender<Vec<u8>>,
    gathered: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.gathered);
        // On a thread for blocking work that carries a future: only this way of waiting is allowed on it.
        futures::executor::block_on(self.pieces.send(piece))
            .map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the caller is gone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::check;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_command_wrote_before_it_failed_reaches_the_caller() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).await.unwrap();
        std::fs::remove_file(folder.path().join("command.key")).unwrap();
        let (here, there) = UnixStream::pair().unwrap();
        let work = tokio::spawn(converse(app, there));
        let (reader, mut writer) = here.into_split();
        frame::write_call(&mut writer, &Request::Check(check::Args {}), None).await.unwrap();
        let mut reader = BufReader::new(reader);
        let found = "command.key: was replaced while the collector runs\n";
        assert_eq!(frame::read(&mut reader).await.unwrap(), Frame::Output(found.into()));
        assert_eq!(frame::read(&mut reader).await.unwrap(), Frame::Failed("1 findings".into()));
        work.await.unwrap().unwrap();
    }
}
