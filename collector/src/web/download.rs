//! Large answers. They come whole, or an error comes in their place.

use super::error::WebError;
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use std::{
    fs::File,
    io::{self, BufWriter, Seek, Write},
    path::Path,
};
use tokio_util::io::ReaderStream;

/// A file, not memory: what a province has is large.
pub struct Download(BufWriter<File>);

impl Download {
    /// In the folder of the collector, which has room; it has no name and goes with the answer.
    pub fn new(data: &Path) -> Result<Self, WebError> {
        Ok(Self(BufWriter::new(tempfile::tempfile_in(data)?)))
    }

    pub fn answer(self, mime: &'static str) -> Result<Response, WebError> {
        let mut file = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = file.stream_position()?;
        file.rewind()?;
        let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
        let headers = [(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_LENGTH, bytes.to_string())];
        Ok((headers, body).into_response())
    }
}

impl Write for Download {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
