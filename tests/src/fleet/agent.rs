//! One simulated agent: a machine, an identity, and a connection that is opened again when it is lost.

use super::{
    identity::Identity,
    machine::Machine,
    report::{Draft, Reporter},
    session::Session,
};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiemke_schemas::{
    command::Body,
    envelope::{self, Purpose},
    observation::Observation,
};
use rustls::{ClientConfig, RootCertStore};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout, timeout_at};

const ANSWER_LIMIT: Duration = Duration::from_secs(30);
const PAUSE_BEFORE_RECONNECT: Duration = Duration::from_secs(1);

pub struct Agent {
    pub machine: Machine,
    pub identity: Arc<Identity>,
    /// Boot and sequence of the reports that the collector said it stored.
    pub stored: Vec<(u64, u64)>,
    reporter: Reporter,
    tls: Arc<ClientConfig>,
    session: Option<Session>,
}

impl Agent {
    pub fn new(machine: Machine, identity: Identity, roots: &Arc<RootCertStore>) -> Result<Self> {
        Ok(Self {
            reporter: Reporter::new(identity.device.clone(), identity.boot),
            tls: identity.tls(roots)?,
            identity: Arc::new(identity),
            machine,
            stored: Vec::new(),
            session: None,
        })
    }

    /// Sends every section and waits for the signed `stored`.
    pub async fn report_full(&mut self, deadline: Instant) -> Result<()> {
        let draft = self.reporter.full(&self.machine, Timestamp::now())?;
        self.deliver(&draft, deadline).await
    }

    /// Sends what changed, if anything did; says whether there was anything.
    pub async fn report_changes(&mut self, seen: Vec<Observation>, deadline: Instant) -> Result<bool> {
        let Some(draft) = self.reporter.delta(&self.machine, seen, Timestamp::now())? else {
            return Ok(false);
        };
        self.deliver(&draft, deadline).await?;
        Ok(true)
    }

    /// Sends the draft until it is answered: lost connections and lost answers only cost a resend.
    async fn deliver(&mut self, draft: &Draft, deadline: Instant) -> Result<()> {
        let key = &self.identity.report_key;
        let sealed = envelope::seal(&draft.json, self.identity.device.as_str(), Purpose::Report, key)?;
        let mut send_full = false;
        loop {
            let attempt = timeout_at(deadline, self.attempt(&sealed, draft.sequence, &mut send_full)).await;
            match attempt.with_context(|| format!("{}: no answer in time", self.machine.host_name()))? {
                Ok(Some(())) => {
                    self.stored.push((self.identity.boot, draft.sequence));
                    break;
                }
                Ok(None) => tracing::warn!(host = self.machine.host_name(), "no answer, sending again"),
                Err(error) if error.is::<Refusal>() => return Err(error),
                Err(error) => {
                    tracing::warn!(host = self.machine.host_name(), "{error:#}");
                    self.session = None;
                    sleep(PAUSE_BEFORE_RECONNECT).await;
                }
            }
        }
        if send_full { Box::pin(self.report_full(deadline)).await } else { Ok(()) }
    }

    async fn attempt(&mut self, sealed: &[u8], sequence: u64, send_full: &mut bool) -> Result<Option<()>> {
        let boot = self.identity.boot;
        let session = self.session().await?;
        session.publish_report(sealed.to_vec()).await?;
        let until = Instant::now() + ANSWER_LIMIT;
        while let Ok(body) = timeout_at(until, session.next_command()).await {
            match body? {
                Body::Stored { boot: b, sequence: s } if (b, s) == (boot, sequence) => return Ok(Some(())),
                Body::Refused { boot: b, sequence: s, reason } if (b, s) == (boot, sequence) => {
                    return Err(Refusal(reason).into());
                }
                Body::SendFull => *send_full = true,
                Body::EnrolAnew { reason } => bail!("asked to enrol anew: {reason}"),
                _ => {}
            }
        }
        Ok(None)
    }

    async fn session(&mut self) -> Result<&mut Session> {
        let open = match self.session.take() {
            Some(session) => session,
            None => Session::open(&self.identity, Arc::clone(&self.tls)).await?,
        };
        Ok(self.session.insert(open))
    }

    /// Keeps the connection alive for this long and obeys what arrives.
    pub async fn idle(&mut self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            let heard = match self.session().await {
                Ok(session) => {
                    timeout(until.saturating_duration_since(Instant::now()), session.next_command()).await
                }
                Err(error) => Ok(Err(error)),
            };
            match heard {
                Err(_) => return Ok(()),
                Ok(Ok(Body::SendFull | Body::ScanNow)) => {
                    self.report_full(Instant::now() + ANSWER_LIMIT * 4).await?
                }
                Ok(Ok(Body::EnrolAnew { reason })) => bail!("asked to enrol anew: {reason}"),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    tracing::warn!(host = self.machine.host_name(), "{error:#}");
                    self.session = None;
                    sleep(PAUSE_BEFORE_RECONNECT).await;
                }
            }
        }
        Ok(())
    }

    pub async fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.close().await;
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("refused: {0}")]
struct Refusal(String);
