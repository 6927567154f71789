//! The side of a command that has the person's files: reads the input, writes the output, and finds who
//! does the work.

use super::{Request, output::Output};
use crate::{
    app::App,
    control::{
        self,
        frame::{self, Frame},
    },
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
};
use tokio::{io::BufReader, net::UnixStream};

pub async fn run(data: &Path, request: &Request) -> Result<()> {
    let input = request.input_file().map(read).transpose()?;
    let mut output = Output::open(request.output_file())?;
    match UnixStream::connect(control::path(data)).await {
        Ok(stream) => ask(stream, request, input.as_deref(), &mut output).await?,
        // Nobody serves this folder: no socket, or one that a process left behind.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            let app = App::open(data).await?;
            let done = request.run(&app, input, &mut output).await;
            app.store.close().await;
            done?;
        }
        Err(error) => {
            return Err(error).with_context(|| format!("cannot reach {}", control::path(data).display()));
        }
    }
    output.finish()
}

async fn ask(stream: UnixStream, request: &Request, input: Option<&[u8]>, output: &mut Output) -> Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    frame::write_call(&mut writer, request, input).await?;
    loop {
        match frame::read(&mut reader).await? {
            Frame::Output(bytes) => output.write_all(&bytes)?,
            Frame::Done => return Ok(()),
            Frame::Failed(message) => bail!(message),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut input = Vec::new();
        io::stdin().read_to_end(&mut input).context("cannot read standard input")?;
        return Ok(input);
    }
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
