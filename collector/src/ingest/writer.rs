//! The thread that writes what devices send: it takes what has gathered in the queue, commits it at once
//! and then answers each.

use super::{batch, known::KnownSections, prepare::PreparedReport, presence::Presence, rejection::Rejection};
use crate::store::{
    Store,
    ingest::{Connection, presence::RejectionRow},
};
use anyhow::{Context, Result};
use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

const QUEUE: usize = 4096;
/// Rows of one commit stay in memory until it is durable.
const BATCH: usize = 512;

pub enum Job {
    Report {
        report: Box<PreparedReport>,
        reply: oneshot::Sender<Committed>,
    },
    Presence(Presence),
    Rejection(RejectionRow),
    /// Nothing after this one is taken.
    Stop,
}

#[derive(Debug)]
pub enum Committed {
    Stored {
        boot: u64,
        sequence: u64,
        order: bool,
    },
    Refused(Rejection),
    /// The store failed; its log says why.
    Failed,
}

#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
}

impl Writer {
    /// The thread ends when the last `Writer` is gone or a [`Job::Stop`] came, and the queue is empty. `wake` is called after each
    /// commit that left derived work.
    pub fn start(
        store: &Store,
        known: Arc<KnownSections>,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(Self, JoinHandle<()>)> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let connection = store.ingest_connection()?;
        let store = store.clone();
        let thread = thread::Builder::new()
            .name("ingest".into())
            .spawn(move || work(jobs, connection, &store, &known, wake))
            .context("cannot start the ingest thread")?;
        Ok((Self { queue }, thread))
    }

    /// False where there was no room in time.
    pub async fn send_within(&self, job: Job, patience: Duration) -> bool {
        self.queue.send_timeout(job, patience).await.is_ok()
    }

    pub fn try_send(&self, job: Job) -> bool {
        self.queue.try_send(job).is_ok()
    }
}

fn work(
    mut jobs: mpsc::Receiver<Job>,
    mut connection: Connection,
    store: &Store,
    known: &KnownSections,
    wake: impl Fn(),
) {
    let mut gathered = Vec::with_capacity(BATCH);
    while jobs.blocking_recv_many(&mut gathered, BATCH) > 0 {
        if gathered.iter().any(|job| matches!(job, Job::Stop)) {
            jobs.close();
        }
        let turn = store.wait_for_turn();
        let done = batch::commit(&mut connection, &gathered);
        drop(turn);
        let done = match done {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(%error, reports = gathered.len(), "a batch could not be committed");
                one_by_one(&mut connection, store, &gathered)
            }
        };
        if done.iter().any(|outcome| outcome.derive) {
            wake();
        }
        for (job, outcome) in gathered.drain(..).zip(done) {
            answer(job, outcome, known);
        }
    }
}

/// One report that the store cannot take must not hold up the others.
fn one_by_one(connection: &mut Connection, store: &Store, jobs: &[Job]) -> Vec<batch::Outcome> {
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        let turn = store.wait_for_turn();
        let done = batch::commit(connection, std::slice::from_ref(job));
        drop(turn);
        outcomes.push(match done {
            Ok(mut done) => done.pop().unwrap_or_default(),
            Err(error) => {
                tracing::error!(%error, "not committed");
                batch::Outcome { committed: Committed::Failed, ..Default::default() }
            }
        });
    }
    outcomes
}

fn answer(job: Job, outcome: batch::Outcome, known: &KnownSections) {
    if let Job::Report { report, reply } = job {
        if let Some(hashes) = outcome.hashes {
            known.put(&report.device, hashes);
        }
        // The session may be gone: its device sends again and is told then.
        let _ = reply.send(outcome.committed);
    }
}
