//! Standard output and standard error of the commands.

use anyhow::{Context, Result};
use std::{
    fmt::Display,
    io::{self, Stdout, Write},
};

/// Standard output. Whoever reads it may stop early, as `head` does: the rest is dropped, and the command ends as
/// it would have.
pub struct Output {
    out: Stdout,
    nobody_reads: bool,
}

impl Output {
    pub fn standard() -> Self {
        Self { out: io::stdout(), nobody_reads: false }
    }

    fn unless_nobody_reads<T>(&mut self, done: io::Result<T>, dropped: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.nobody_reads = true;
                Ok(dropped)
            }
            done => done,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.nobody_reads {
            return Ok(bytes.len());
        }
        let done = self.out.write(bytes);
        self.unless_nobody_reads(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.unless_nobody_reads(done, ())
    }
}

pub fn line(text: impl Display) -> Result<()> {
    print(|out| writeln!(out, "{text}"))
}

pub fn print(write: impl FnOnce(&mut Output) -> io::Result<()>) -> Result<()> {
    let mut out = Output::standard();
    write(&mut out).and_then(|()| out.flush()).context("standard output cannot be written")
}

pub fn complain(text: impl Display) {
    // Where nobody can be told, nobody is.
    let _ = writeln!(io::stderr(), "{text}");
}
