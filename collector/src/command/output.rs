//! Where the output of a command goes: standard output, or a file that appears whole or not at all. Whoever reads
//! standard output may stop early, as `head` does: the rest is dropped, and the command ends as it would have.

use anyhow::{Context, Result};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Stdout, Write},
    path::{Path, PathBuf},
};

pub enum Output {
    Standard(Stdout),
    /// Of standard output.
    NobodyReads,
    File {
        writer: BufWriter<File>,
        temporary: PathBuf,
        path: PathBuf,
    },
}

impl Output {
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::Standard(io::stdout())) };
        let name = path.file_name().with_context(|| format!("{} names no file", path.display()))?;
        let temporary = path.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
        let file = private(&temporary).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self::File { writer: BufWriter::new(file), temporary, path: path.to_owned() })
    }

    fn unless_nobody_reads<T>(&mut self, done: io::Result<T>, dropped: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                *self = Self::NobodyReads;
                Ok(dropped)
            }
            done => done,
        }
    }

    pub fn finish(mut self) -> Result<()> {
        self.flush().context("cannot write the output")?;
        if let Self::File { writer, temporary, path } = &self {
            writer.get_ref().sync_all()?;
            fs::rename(temporary, path).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// A backup holds keys: nobody else may read what is being written.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => {
                let done = out.write(bytes);
                self.unless_nobody_reads(done, bytes.len())
            }
            Self::NobodyReads => Ok(bytes.len()),
            Self::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => {
                let done = out.flush();
                self.unless_nobody_reads(done, ())
            }
            Self::NobodyReads => Ok(()),
            Self::File { writer, .. } => writer.flush(),
        }
    }
}

impl Drop for Output {
    /// Gone already after [`Output::finish`].
    fn drop(&mut self) {
        if let Self::File { temporary, .. } = self
            && let Err(error) = fs::remove_file(&*temporary)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(file = %temporary.display(), %error, "cannot remove an unfinished output");
        }
    }
}
