use super::{
    Attended,
    child::{self, Ended, Supervised},
};
use anyhow::Result;
use std::{path::Path, pin::Pin, time::Duration};
use tokio::time::sleep;

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
