//! What follows from changes: facts and sightings of a device, flags and search documents of a unit. Any of
//! it can be made again from the store.

mod device;
mod flags;
mod unit;

use crate::{
    app::App,
    store::derived::{Work, WorkKind},
};
use anyhow::Result;
use jiff::Timestamp;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Mutex, Notify};

const DEVICES_A_ROUND: u32 = 2000;
const UNITS_A_ROUND: u32 = 256;
/// Changes gather this long before they are worked through.
const GATHER: Duration = Duration::from_millis(200);
/// Reports come first: while they do, a long round is followed by a long pause.
const PAUSE_PER_ROUND: u32 = 4;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// While devices wait by the thousand their units are left for later, but not for longer than this: most
/// would have to be done again.
const UNITS_WAIT: Duration = Duration::from_secs(10);
/// Silence and old signatures come with time alone.
const LOOK_AGAIN: Duration = Duration::from_secs(3600);
const RETRY: Duration = Duration::from_secs(5);

/// One at a time works; whoever wants the outcome waits for its turn.
#[derive(Default)]
pub struct Derivation {
    turn: Mutex<()>,
    pub wake: Arc<Notify>,
}

/// Works through everything that was pending when it was called, and what follows from it: a device's work
/// makes work of its unit.
pub async fn settle(app: &App) -> Result<()> {
    for kind in [WorkKind::Device, WorkKind::Unit, WorkKind::Clock] {
        let until = Timestamp::now();
        while app.store.has_untried_work(kind, until).await? {
            let _turn = app.derivation.turn.lock().await;
            match kind {
                WorkKind::Device => drop(devices(app).await?),
                WorkKind::Unit | WorkKind::Clock => drop(units(app, kind).await?),
            }
        }
    }
    Ok(())
}

/// How many documents the index holds when it is in step with the store.
pub async fn expected_documents(app: &App) -> Result<u64> {
    let _turn = app.derivation.turn.lock().await;
    unit::count_documents(app).await
}

/// Runs until it is dropped.
pub async fn work(app: Arc<App>) {
    let mut looked = None::<Instant>;
    let mut units_at = Instant::now();
    loop {
        let began = Instant::now();
        if looked.is_none_or(|at| at.elapsed() >= LOOK_AGAIN) {
            looked = Some(began);
            report(app.store.enqueue_clock(Timestamp::now()).await);
        }
        let busy = report(round(&app, &mut units_at).await).unwrap_or(false);
        let pause = (began.elapsed() * PAUSE_PER_ROUND).clamp(GATHER, LONGEST_PAUSE);
        let woken = give_way(&app.derivation.wake, pause).await;
        if !busy && !woken {
            // Work that failed comes due without anybody waking us.
            let _ = tokio::time::timeout(RETRY, app.derivation.wake.notified()).await;
        }
    }
}

/// Waits until nothing new has come for a while, at most for the pause. Whether anything came.
async fn give_way(wake: &Notify, pause: Duration) -> bool {
    let until = Instant::now() + pause;
    let mut woken = false;
    while Instant::now() < until && tokio::time::timeout(GATHER, wake.notified()).await.is_ok() {
        woken = true;
    }
    woken
}

fn report<T>(result: Result<T>) -> Option<T> {
    result.inspect_err(|error| tracing::error!(error = format!("{error:#}"), "derived work failed")).ok()
}

/// Whether there was anything to do. Devices first and then units: however fast reports come, flags and
/// search follow.
async fn round(app: &App, units_at: &mut Instant) -> Result<bool> {
    let _turn = app.derivation.turn.lock().await;
    let done = devices(app).await?;
    if done == DEVICES_A_ROUND as usize && units_at.elapsed() < UNITS_WAIT {
        return Ok(true);
    }
    *units_at = Instant::now();
    let units = [units(app, WorkKind::Unit).await?, units(app, WorkKind::Clock).await?];
    Ok(done > 0 || units.contains(&true))
}

/// How many there were.
async fn devices(app: &App) -> Result<usize> {
    let devices = app.store.due_work(WorkKind::Device, Timestamp::now(), DEVICES_A_ROUND).await?;
    if !devices.is_empty() {
        device::derive_all(app, &devices).await?;
    }
    Ok(devices.len())
}

/// Whether there were any.
async fn units(app: &App, kind: WorkKind) -> Result<bool> {
    let units = app.store.due_work(kind, Timestamp::now(), UNITS_A_ROUND).await?;
    if units.is_empty() {
        return Ok(false);
    }
    if let Err(error) = unit::derive_all(app, kind, &units).await {
        tracing::warn!(error = format!("{error:#}"), "units could not be worked through together");
        one_by_one(app, kind, &units).await?;
    }
    Ok(true)
}

/// One unit that cannot be worked through must not hold up the others.
async fn one_by_one(app: &App, kind: WorkKind, units: &[Work]) -> Result<()> {
    for work in units {
        if let Err(error) = unit::derive_all(app, kind, std::slice::from_ref(work)).await {
            let error = format!("{error:#}");
            tracing::error!(unit = work.subject, error, "flags and search could not be brought up to date");
            app.store.work_failed(kind, work, &error, Timestamp::now()).await?;
        }
    }
    Ok(())
}
