//! The two ways to run: for good, and once.

use super::{
    Agent, Ended, timing,
    work::{Turn, Work},
};
use crate::{
    collect::{Probes, Readings},
    echo,
    identity::Identity,
    probe::{Root, link, network},
    report::news,
    survey::Survey,
    transport::Transport,
};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiemke_schemas::{
    Section,
    observation::Observation,
    section::{load::Load, peripheral::Peripherals},
};
use std::{future::Future, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use url::Url;

/// Probes and echo requests, away from the agent so that it goes on serving the connection.
async fn read_all(
    probes: Probes,
    identity: Identity,
    urls: Vec<Url>,
    load: Section<Load>,
    survey: Survey,
) -> Result<Readings> {
    let routes = network::read(probes.root()).value.map(|network| network.default_routes).unwrap_or_default();
    let mut links = link::section(echo::ask(&identity, &urls, &routes).await);
    survey.polls.join_links(&mut links);
    let read = move || {
        let mut readings = probes.read(Timestamp::now(), load, links);
        survey.join(&mut readings);
        readings
    };
    tokio::task::spawn_blocking(read).await.context("the probes ended early")
}

impl Agent {
    fn interval_seconds(&self) -> u32 {
        self.remote.settings().report_interval_seconds.unwrap_or(self.identity.interval_seconds)
    }

    fn start_probing(&mut self) -> JoinHandle<Result<Readings>> {
        self.probe_wanted = false;
        let mut urls = self.config.echo_urls.clone();
        urls.extend(self.remote.echo_urls());
        let load = self.watch.load();
        tokio::spawn(read_all(self.probes.clone(), self.identity.clone(), urls, load, self.survey.clone()))
    }

    fn start_reading_peripherals(&self) -> JoinHandle<(Timestamp, Section<Peripherals>)> {
        let (probes, survey) = (self.probes.clone(), self.survey.clone());
        tokio::task::spawn_blocking(move || {
            let at = Timestamp::now();
            let mut found = probes.peripherals(at);
            survey.join_peripherals(&mut found, at);
            (at, found)
        })
    }

    fn take_in_peripherals(
        &mut self,
        found: Section<Peripherals>,
        at: Timestamp,
        transport: &Transport,
    ) -> Result<()> {
        let news = news::take_in_peripherals(&mut self.store, found, at)?;
        self.composer.take(news);
        self.report(transport)
    }

    fn observe(
        &mut self,
        observations: impl IntoIterator<Item = Observation>,
        transport: &Transport,
    ) -> Result<()> {
        let mut observations = observations.into_iter().peekable();
        if observations.peek().is_none() {
            return Ok(());
        }
        self.composer.observe(observations);
        self.report(transport)
    }

    fn take_in(&mut self, readings: Readings) -> Result<()> {
        let news = news::take_in(&mut self.store, readings)?;
        self.composer.take(news);
        self.save_load()
    }

    /// Until the order to stop, or until another version is to go on.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> Result<Ended> {
        let mut transport = Transport::start(&self.identity)?;
        let mut work = Work::start(&self.identity.collector);
        tokio::pin!(stop);
        self.watch.look(&Root::system());
        while self.superseded.is_none() && !self.handing_over {
            self.start_what_is_due(&mut work);
            match work.next(&mut self, &mut transport, stop.as_mut()).await {
                Turn::Stop => break,
                turn => self.take(turn, &mut work, &mut transport).await?,
            }
        }
        transport.stop().await;
        self.save_load()?;
        match self.superseded {
            Some(reason) => bail!("the collector wants this computer to enrol anew (enrol --anew): {reason}"),
            None if self.handing_over => Ok(Ended::HandedOver),
            None => Ok(Ended::Stopped),
        }
    }

    fn start_what_is_due(&mut self, work: &mut Work) {
        self.updater.start(&self.identity);
        work.reach.aim(&self.remote.settings().latency_targets);
        if work.may_probe() && (self.probe_wanted || Instant::now() >= work.next_probe) {
            work.probing = Some(self.start_probing());
            work.next_probe = Instant::now() + timing::until_next_probe(self.interval_seconds());
        }
    }

    async fn take(&mut self, turn: Turn, work: &mut Work, transport: &mut Transport) -> Result<()> {
        match turn {
            Turn::Heard(event) => {
                let event = event.context("the connection's task ended")?;
                logged(self.on_event(event, transport));
            }
            Turn::Probed(readings) => {
                let taken_in = readings.and_then(|readings| self.take_in(*readings));
                logged(taken_in.and_then(|()| self.report(transport)));
            }
            Turn::Surveyed(done) => logged(done.map(|done| self.surveyed(done.0, done.1))),
            Turn::SurveyDue => work.surveying = Some(self.start_survey()),
            Turn::Look => self.look(work, transport),
            Turn::ReadPeripherals(done) => {
                logged(done.and_then(|(at, found)| self.take_in_peripherals(found, at, transport)));
            }
            Turn::Reached(sample) => {
                let observation = self.watch.reached(sample);
                logged(self.observe(observation, transport));
            }
            Turn::Fetched(ready) => logged(self.fetched(ready, transport)),
            Turn::WokeUp => {
                tracing::info!("the machine woke up");
                *transport = Transport::start(&self.identity)?;
                self.delivery.lost();
                self.probe_wanted = true;
            }
            Turn::Housekeeping => logged(self.pump(transport)),
            Turn::RenewalLook => logged(self.renew_if_due(transport).await),
            Turn::ProbeDue | Turn::Stop => {}
        }
        Ok(())
    }

    fn look(&mut self, work: &mut Work, transport: &Transport) {
        let observations = self.watch.look(&Root::system());
        logged(self.observe(observations, transport));
        if work.may_probe() && self.watch.take_plugged_in_or_out() {
            work.plugged = Some(self.start_reading_peripherals());
        }
    }

    /// A release is ready to be tried, or the collector hears why not.
    fn fetched(&mut self, ready: Result<bool>, transport: &Transport) -> Result<()> {
        self.handing_over = ready?;
        self.tell(transport);
        Ok(())
    }

    /// A full report of now, and until every spooled report is answered.
    pub async fn run_once(mut self, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        let mut transport = Transport::start(&self.identity)?;
        self.watch.look(&Root::system());
        if self.wants_survey() {
            let (survey, found) = self.start_survey().await?;
            self.surveyed(survey, found);
        }
        let readings = self.start_probing().await??;
        self.take_in(readings)?;
        self.report(&transport)?;
        while self.superseded.is_none() && !self.spool.entries()?.is_empty() {
            match timeout_at(deadline, transport.next()).await {
                Ok(event) => self.on_event(event.context("the connection's task ended")?, &transport)?,
                Err(_) => bail!(self.why_not_stored(limit)?),
            }
        }
        transport.stop().await;
        match (self.superseded, self.refused) {
            (Some(reason), _) => {
                bail!("the collector wants this computer to enrol anew (enrol --anew): {reason}")
            }
            (None, Some(refused)) => bail!(refused),
            (None, None) => Ok(()),
        }
    }

    fn why_not_stored(&self, limit: Duration) -> Result<String> {
        let waiting = self.spool.entries()?.len();
        let reason = self.unreachable.as_deref().unwrap_or("the collector did not answer");
        Ok(format!("{waiting} report(s) not stored within {} s: {reason}", limit.as_secs()))
    }
}

/// A full disk or a server that answers strangely must not end an agent that nobody watches: it tries again.
fn logged(result: Result<()>) {
    if let Err(error) = result {
        tracing::error!("{error:#}");
    }
}
