//! From a publish packet to rows: verify, decode, dedupe, commit. A packet is answered only after its
//! report is durable.

pub mod answer;
pub mod apply;
pub mod batch;
pub mod history;
pub mod known;
pub mod prepare;
pub mod presence;
pub mod rejection;
pub mod writer;

#[cfg(test)]
pub(crate) mod tests;

use crate::identity::directory::Member;
use anyhow::Result;
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::{DeviceId, command::Body};
use known::KnownSections;
use prepare::PreparedReport;
use presence::Presence;
use rejection::{Rejection, Rejections};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::{Semaphore, oneshot};
use writer::{Job, Writer};

/// How long a packet waits for room in the queue before its sender has to come back later.
const PATIENCE: Duration = Duration::from_secs(5);
/// Packed; most reports are.
const SMALL_BYTES: usize = 32 * 1024;

/// A publish on a device's own report topic.
pub struct Packet {
    pub device: DeviceId,
    pub member: Arc<Member>,
    pub peer: Option<SocketAddr>,
    pub payload: Bytes,
    pub received_at: Timestamp,
}

/// What the device is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Durable. `order`: a command went into the outbox with it.
    Stored { boot: u64, sequence: u64, order: bool },
    /// Never. Boot and sequence are 0 where they could not be read.
    Refused { boot: u64, sequence: u64, reason: String, order: bool },
    /// Not now: the sender keeps the report.
    Busy,
}

impl Verdict {
    pub fn body(&self) -> Option<Body> {
        match self {
            Self::Stored { boot, sequence, .. } => Some(Body::Stored { boot: *boot, sequence: *sequence }),
            Self::Refused { boot, sequence, reason, .. } => {
                Some(Body::Refused { boot: *boot, sequence: *sequence, reason: reason.clone() })
            }
            Self::Busy => None,
        }
    }

    pub fn has_order(&self) -> bool {
        matches!(self, Self::Stored { order: true, .. } | Self::Refused { order: true, .. })
    }
}

/// A verdict and, unless the sender has to come back, the sealed command that tells it.
pub struct Answer {
    pub verdict: Verdict,
    pub sealed: Option<Vec<u8>>,
}

/// A report that can be stored, with the answer that says so; sealed before the commit, since the one
/// writer has enough to do.
type Ready = Result<(PreparedReport, Vec<u8>), Rejection>;

fn ready(packet: &Packet, known: &KnownSections, key: &SigningKey) -> Ready {
    let report = prepare::prepare(packet, known)?;
    let sealed = answer::stored(&report, key)?;
    Ok((report, sealed))
}

#[derive(Clone)]
pub struct Ingest {
    writer: Writer,
    known: Arc<KnownSections>,
    rejections: Arc<Rejections>,
    command_key: Arc<SigningKey>,
    /// To verify a large packet is work for the processor: no more at once than there are processors.
    verifiers: Arc<Semaphore>,
}

impl Ingest {
    pub fn new(writer: Writer, known: Arc<KnownSections>, command_key: &SigningKey) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
        Self {
            rejections: Arc::new(Rejections::new(writer.clone())),
            writer,
            known,
            command_key: Arc::new(command_key.clone()),
            verifiers: Arc::new(Semaphore::new(processors)),
        }
    }

    /// Returns when the report is durable, refused, or has to come again.
    pub async fn take(&self, packet: Packet) -> Answer {
        match self.commit(packet).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a report could not be stored");
                Answer { verdict: Verdict::Busy, sealed: None }
            }
        }
    }

    async fn commit(&self, packet: Packet) -> Result<Answer> {
        let busy = Answer { verdict: Verdict::Busy, sealed: None };
        let (device, peer, at) = (packet.device.clone(), packet.peer, packet.received_at);
        let (report, sealed) = match self.prepare(packet).await? {
            Some(Ok(ready)) => ready,
            Some(Err(refused)) => return Ok(self.refuse(&device, peer, refused, at).await),
            None => return Ok(busy),
        };
        let (reply, verdict) = oneshot::channel();
        if !self.writer.send_within(Job::Report { report: Box::new(report), reply }, PATIENCE).await {
            return Ok(busy);
        }
        match verdict.await? {
            writer::Committed::Stored { boot, sequence, order } => {
                Ok(Answer { verdict: Verdict::Stored { boot, sequence, order }, sealed: Some(sealed) })
            }
            writer::Committed::Refused(refused) => Ok(self.refuse(&device, peer, refused, at).await),
            writer::Committed::Failed => Ok(busy),
        }
    }

    /// `None` where large packets wait in line for too long.
    async fn prepare(&self, packet: Packet) -> Result<Option<Ready>> {
        if packet.payload.len() <= SMALL_BYTES {
            // A hop to another thread and back would cost more than it spares the connections of this one.
            return Ok(Some(ready(&packet, &self.known, &self.command_key)));
        }
        let Ok(permit) = tokio::time::timeout(PATIENCE, self.verifiers.clone().acquire_owned()).await else {
            return Ok(None);
        };
        let (permit, known, key) = (permit?, self.known.clone(), self.command_key.clone());
        let prepared = tokio::task::spawn_blocking(move || {
            let ready = ready(&packet, &known, &key);
            drop(permit);
            ready
        });
        Ok(Some(prepared.await?))
    }

    async fn refuse(
        &self,
        device: &DeviceId,
        peer: Option<SocketAddr>,
        refused: Rejection,
        at: Timestamp,
    ) -> Answer {
        self.rejections.record(Some(device.as_str()), peer, refused.reason, &refused.detail, at);
        let (boot, sequence) = refused.stamp.unwrap_or_default();
        let reason = format!("{}: {}", refused.reason, refused.detail);
        let verdict = Verdict::Refused { boot, sequence, reason, order: refused.order };
        let sealed = verdict.body().and_then(|body| answer::seal(device, body, &self.command_key, at).ok());
        Answer { verdict, sealed }
    }

    /// A connection, subscription or packet that was turned away before it came to its content.
    pub fn record_rejection(
        &self,
        device: Option<&str>,
        peer: Option<SocketAddr>,
        reason: &'static str,
        detail: &str,
    ) {
        self.rejections.record(device, peer, reason, detail, Timestamp::now());
    }

    /// Packets that come later have to come again.
    pub async fn stop(&self) {
        self.writer.send_within(Job::Stop, PATIENCE).await;
    }

    /// Never waits long: presence that is lost is made good by the next sign of life.
    pub fn presence(&self, presence: Presence) {
        if !self.writer.try_send(Job::Presence(presence)) {
            tracing::warn!("the queue is full: a presence message was left out");
        }
    }
}
