//! A release that runs as a child. Its standard input is the line to it: a byte says that the machine woke up,
//! the end is its order to stop. So it never outlives the program that watches it.

use super::{
    super::files,
    platform::{self, Leash},
};
use crate::wake;
use std::{
    env,
    ffi::OsString,
    io::{self, Read, Write},
    path::Path,
    pin::Pin,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, timeout},
};

/// Set for a child.
const VARIABLE: &str = "KIEMKE_SUPERVISED";
/// systemd listens to the main process only.
const NOTIFY_VARIABLE: &str = "NOTIFY_SOCKET";
const WOKE_UP: u8 = b'w';
const LOOK_EVERY: Duration = Duration::from_millis(250);
const STOPS_WITHIN: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub enum Ended {
    Stopped,
    TooLate,
    Exited(ExitStatus),
    Unstarted(io::Error),
}

pub fn is_supervised() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// For a child: completes when the program that watches it wants it to stop, or is no more.
pub async fn parent_gone() {
    if !is_supervised() {
        return std::future::pending().await;
    }
    let (order, ordered) = oneshot::channel();
    std::thread::spawn(move || {
        let mut word = [0];
        while matches!(io::stdin().read(&mut word), Ok(1)) {
            wake::RESUMED.notify_one();
        }
        let _ = order.send(());
    });
    let _ = ordered.await;
}

/// A service of Windows is run by another command than its work.
pub fn arguments() -> Vec<OsString> {
    let own: Vec<OsString> = env::args_os().skip(1).collect();
    if own.first().is_some_and(|first| first == "service") {
        ["run", "--wait"].map(Into::into).into()
    } else {
        own
    }
}

pub struct Supervised {
    process: Child,
    line: Option<ChildStdin>,
    _leash: Option<Leash>,
}

impl Supervised {
    pub fn start(path: &Path) -> io::Result<Self> {
        let mut command = Command::new(path);
        command.args(arguments()).env(VARIABLE, "1").env_remove(NOTIFY_VARIABLE).stdin(Stdio::piped());
        platform::without_console(&mut command);
        platform::hold_children();
        let mut process = files::spawned(&mut command)?;
        let line = process.stdin.take();
        // Inside another job an old Windows refuses: then that one holds the child too.
        let leash = Leash::on(&process);
        let leash = leash.inspect_err(|error| tracing::debug!("the release runs without a leash: {error}"));
        Ok(Self { process, line, _leash: leash.ok() })
    }

    /// Until it ends, the order to stop, or `deadline`.
    pub async fn watch(
        mut self,
        deadline: Option<Instant>,
        mut stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Ended {
        loop {
            match self.process.try_wait() {
                Ok(Some(status)) => return Ended::Exited(status),
                Ok(None) => {}
                Err(error) => return Ended::Unstarted(error),
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                self.stop().await;
                return Ended::TooLate;
            }
            tokio::select! {
                biased;
                () = stop.as_mut() => {
                    self.stop().await;
                    return Ended::Stopped;
                }
                () = wake::RESUMED.notified() => {
                    // One that has gone is noticed at the next look.
                    let _ = self.line.as_mut().map(|line| line.write_all(&[WOKE_UP]));
                }
                () = sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn stop(&mut self) {
        drop(self.line.take());
        let ended = async {
            while matches!(self.process.try_wait(), Ok(None)) {
                sleep(LOOK_EVERY).await;
            }
        };
        // One that does not listen is killed when this is dropped.
        let _ = timeout(STOPS_WITHIN, ended).await;
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // Both fail only where it has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
