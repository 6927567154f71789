//! What the running agent waits for: what is being done beside it, what is due, what is heard.

use super::{Agent, surveying::Surveying};
use crate::{
    collect::Readings,
    reach::{Reach, Sample},
    survey::Survey,
    transport::{Event, Transport},
    wake,
};
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::{Section, section::peripheral::Peripherals};
use std::{pin::Pin, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, Interval, MissedTickBehavior, interval, interval_at, sleep_until},
};
use url::Url;

const LOOK_EVERY: Duration = Duration::from_secs(60);
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(20);
const RENEWAL_LOOK_EVERY: Duration = Duration::from_secs(3600);

/// Why the agent stops waiting.
pub(super) enum Turn {
    Stop,
    Heard(Option<Event>),
    Probed(Result<Box<Readings>>),
    ProbeDue,
    ReadPeripherals(Result<(Timestamp, Section<Peripherals>)>),
    Surveyed(Result<Box<(Survey, bool)>>),
    SurveyDue,
    Look,
    Reached(Sample),
    Fetched(Result<bool>),
    WokeUp,
    Housekeeping,
    RenewalLook,
}

pub(super) struct Work {
    pub probing: Option<JoinHandle<Result<Readings>>>,
    pub next_probe: Instant,
    /// What is read because something was plugged in or out.
    pub plugged: Option<JoinHandle<(Timestamp, Section<Peripherals>)>>,
    pub surveying: Option<Surveying>,
    pub reach: Reach,
    looks: Interval,
    housekeeping: Interval,
    renewals: Interval,
}

impl Work {
    pub fn start(collector: &Url) -> Self {
        let mut looks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut housekeeping = interval(HOUSEKEEPING_EVERY);
        housekeeping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            probing: None,
            next_probe: Instant::now(),
            plugged: None,
            surveying: None,
            reach: Reach::start(collector),
            looks,
            housekeeping,
            renewals: interval(RENEWAL_LOOK_EVERY),
        }
    }

    /// Two readings of the same would overtake each other.
    pub fn may_probe(&self) -> bool {
        self.probing.is_none() && self.plugged.is_none()
    }

    pub async fn next(
        &mut self,
        agent: &mut Agent,
        transport: &mut Transport,
        stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Turn {
        let may_survey = self.surveying.is_none() && agent.wants_survey();
        let may_probe = self.may_probe();
        tokio::select! {
            () = stop => Turn::Stop,
            event = transport.next() => Turn::Heard(event),
            done = finished(&mut self.probing) => Turn::Probed(done.flatten().map(Box::new)),
            done = finished(&mut self.plugged) => Turn::ReadPeripherals(done),
            done = finished(&mut self.surveying) => Turn::Surveyed(done.map(Box::new)),
            () = sleep_until(agent.next_survey), if may_survey => Turn::SurveyDue,
            _ = self.looks.tick() => Turn::Look,
            sample = self.reach.next() => Turn::Reached(sample),
            done = agent.updater.finished() => Turn::Fetched(done),
            () = wake::RESUMED.notified() => Turn::WokeUp,
            _ = self.housekeeping.tick(), if agent.delivery.has_work() => Turn::Housekeeping,
            _ = self.renewals.tick() => Turn::RenewalLook,
            () = sleep_until(self.next_probe), if may_probe => Turn::ProbeDue,
        }
    }
}

/// What was being done, which it then is no more; pending for ever where there is nothing.
async fn finished<T>(task: &mut Option<JoinHandle<T>>) -> Result<T> {
    let done = match task {
        Some(handle) => handle.await.context("a task ended early"),
        None => std::future::pending().await,
    };
    *task = None;
    done
}
