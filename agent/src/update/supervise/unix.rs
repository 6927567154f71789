use super::{Attended, child};
use anyhow::Result;
use std::{
    io,
    os::unix::process::CommandExt,
    path::Path,
    pin::Pin,
    process::{Child, Command},
};

/// The process goes on as the release; comes back only where that fails.
pub async fn go_over(path: &Path, _: Pin<&mut impl Future<Output = ()>>) -> Result<Attended> {
    become_kept(path).map(|()| Attended::Again)
}

pub fn become_kept(path: &Path) -> Result<()> {
    Err(Command::new(path).args(child::arguments()).exec().into())
}

/// No process gets one unasked here.
pub fn without_console(_: &mut Command) {}

/// A service's processes are ended together here.
pub fn hold_children() {}

/// See [`hold_children`].
#[derive(Debug)]
pub struct Leash;

impl Leash {
    pub fn on(_: &Child) -> io::Result<Self> {
        Ok(Self)
    }
}
