#![allow(unsafe_code, reason = "calls of the Windows API")]

use super::{
    Attended,
    child::{self, Ended, Supervised},
};
use anyhow::Result;
use std::{
    io,
    os::windows::{
        io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle},
        process::CommandExt,
    },
    path::Path,
    pin::Pin,
    process::{Child, Command},
    ptr,
    sync::OnceLock,
    time::Duration,
};
use tokio::time::sleep;
use windows_sys::Win32::System::{
    JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
    },
    Threading::{DETACHED_PROCESS, GetCurrentProcess},
};

const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(60);

/// A process cannot become another one here: the installed program stays and watches.
pub async fn go_over(path: &Path, mut stop: Pin<&mut impl Future<Output = ()>>) -> Result<Attended> {
    if child::is_supervised() {
        // Who watches this one starts the other.
        return Ok(Attended::Stopped);
    }
    let pause = match Supervised::start(path)?.watch(None, stop.as_mut()).await {
        Ended::Stopped => return Ok(Attended::Stopped),
        Ended::Unstarted(error) => return Err(error.into()),
        Ended::Exited(status) if !status.success() => {
            tracing::error!("{} ended with {status}", path.display());
            PAUSE_AFTER_FAILURE
        }
        Ended::Exited(_) | Ended::TooLate => PAUSE,
    };
    tokio::select! {
        biased;
        () = stop.as_mut() => Ok(Attended::Stopped),
        () = sleep(pause) => Ok(Attended::Again),
    }
}

/// A single report is this program's own.
pub fn become_kept(_: &Path) -> Result<()> {
    Ok(())
}

/// No console of its own, which would be a process more, and whose events (somebody logs off) are not for it.
pub fn without_console(command: &mut Command) {
    command.creation_flags(DETACHED_PROCESS);
}

/// From now on what this process starts ends with it: a child belongs to its job from its first moment, so that no
/// kill comes too early.
pub fn hold_children() {
    static JOB: OnceLock<io::Result<OwnedHandle>> = OnceLock::new();
    let held = JOB.get_or_init(|| {
        // SAFETY: stands for this process, is never closed.
        job_of(unsafe { GetCurrentProcess() })
    });
    if let Err(error) = held {
        // An old Windows puts no process into a second job.
        tracing::debug!("children are held one by one: {error}");
    }
}

/// Ends the child, and what it started, when it is dropped and when this process is no more.
#[derive(Debug)]
pub struct Leash {
    _job: OwnedHandle,
}

impl Leash {
    pub fn on(child: &Child) -> io::Result<Self> {
        job_of(child.as_raw_handle()).map(|job| Self { _job: job })
    }
}

/// Its processes end when the last handle is closed.
fn job_of(process: RawHandle) -> io::Result<OwnedHandle> {
    // SAFETY: neither attributes nor a name.
    let job = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
    if job.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: made above, owned by nobody else.
    let job = unsafe { OwnedHandle::from_raw_handle(job) };
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    // SAFETY: both handles are open; the size is the structure's.
    let done = unsafe {
        let size = size_of_val(&limits) as u32;
        let kind = JobObjectExtendedLimitInformation;
        SetInformationJobObject(job.as_raw_handle(), kind, (&raw const limits).cast(), size) != 0
            && AssignProcessToJobObject(job.as_raw_handle(), process) != 0
    };
    if done { Ok(job) } else { Err(io::Error::last_os_error()) }
}
