//! What travels over the control socket.

use crate::command::Request;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const MAX_REQUEST_BYTES: u64 = 1024 * 1024;
const MAX_INPUT_BYTES: u64 = 512 * 1024 * 1024;
const MAX_FRAME_BYTES: u32 = 64 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Head {
    request: Request,
    /// Bytes of input that follow the line.
    input: Option<u64>,
}

pub struct Call {
    pub request: Request,
    pub input: Option<Vec<u8>>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    Output(Vec<u8>),
    Done,
    Failed(String),
}

#[derive(Serialize)]
struct HeadRef<'a> {
    request: &'a Request,
    input: Option<u64>,
}

pub async fn write_call(
    stream: &mut (impl AsyncWrite + Unpin),
    request: &Request,
    input: Option<&[u8]>,
) -> Result<()> {
    let mut head = serde_json::to_vec(&HeadRef { request, input: input.map(|bytes| bytes.len() as u64) })?;
    head.push(b'\n');
    stream.write_all(&head).await?;
    stream.write_all(input.unwrap_or_default()).await?;
    Ok(stream.flush().await?)
}

pub async fn read_call(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Call> {
    let mut line = Vec::new();
    (&mut *stream).take(MAX_REQUEST_BYTES).read_until(b'\n', &mut line).await?;
    let head: Head =
        serde_json::from_slice(&line).context("not a request of this version of kiemke-collector")?;
    let input = match head.input {
        None => None,
        Some(length) if length > MAX_INPUT_BYTES => bail!("the input of {length} bytes is too large"),
        Some(length) => {
            let mut bytes = Vec::new();
            stream.take(length).read_to_end(&mut bytes).await?;
            if bytes.len() as u64 != length {
                bail!("the input ended early");
            }
            Some(bytes)
        }
    };
    Ok(Call { request: head.request, input })
}

pub async fn write(stream: &mut (impl AsyncWrite + Unpin), frame: &Frame) -> Result<()> {
    let (kind, body): (u8, &[u8]) = match frame {
        Frame::Output(bytes) => (b'o', bytes),
        Frame::Done => (b'd', &[]),
        Frame::Failed(message) => (b'f', message.as_bytes()),
    };
    stream.write_u8(kind).await?;
    stream.write_u32(u32::try_from(body.len())?).await?;
    stream.write_all(body).await?;
    Ok(stream.flush().await?)
}

pub async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Frame> {
    let kind = stream.read_u8().await.context("the collector ended")?;
    let length = stream.read_u32().await?;
    if length > MAX_FRAME_BYTES {
        bail!("a frame of {length} bytes is too large");
    }
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body).await?;
    match kind {
        b'o' => Ok(Frame::Output(body)),
        b'd' => Ok(Frame::Done),
        b'f' => Ok(Frame::Failed(String::from_utf8_lossy(&body).into_owned())),
        other => bail!("frame of an unknown kind {other}"),
    }
}
