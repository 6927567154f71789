//! What was turned away: logged, counted, and written down without letting a flood fill the disk.

use super::writer::{Job, Writer};
use crate::store::ingest::presence::RejectionRow;
use jiff::Timestamp;
use std::{
    borrow::Cow,
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Why a report can never be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Stable, kebab-case.
    pub reason: &'static str,
    pub detail: String,
    /// Boot and sequence, where they could be read.
    pub stamp: Option<(u64, u64)>,
    /// A command went into the outbox with it.
    pub order: bool,
}

impl Rejection {
    pub fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), stamp: None, order: false }
    }

    pub fn at(self, boot: u64, sequence: u64) -> Self {
        Self { stamp: Some((boot, sequence)), ..self }
    }
}

const WINDOW: Duration = Duration::from_secs(60);
/// Rows of one sender and reason within the window; more are only counted.
const ROWS_A_WINDOW: u64 = 20;
/// Senders that are told apart; with more, all is counted together until the window ends.
const MOST_SENDERS: usize = 10_000;
const LONGEST_DETAIL: usize = 500;

#[derive(Hash, PartialEq, Eq)]
struct Sender {
    device: Option<String>,
    peer: Option<IpAddr>,
    reason: &'static str,
}

struct Window {
    began: Instant,
    counts: HashMap<Sender, u64>,
}

pub struct Rejections {
    writer: Writer,
    window: Mutex<Window>,
    total: AtomicU64,
}

impl Rejections {
    pub fn new(writer: Writer) -> Self {
        let window = Mutex::new(Window { began: Instant::now(), counts: HashMap::new() });
        Self { writer, window, total: AtomicU64::new(0) }
    }

    pub fn record(
        &self,
        device: Option<&str>,
        peer: Option<SocketAddr>,
        reason: &'static str,
        detail: &str,
        at: Timestamp,
    ) {
        let total = self.total.fetch_add(1, Ordering::Relaxed) + 1;
        let device = device.map(printable);
        let sender =
            Sender { device: device.as_deref().map(str::to_owned), peer: peer.map(|peer| peer.ip()), reason };
        if !self.has_room(sender) {
            return;
        }
        let detail = printable(detail).into_owned();
        let device = device.map(Cow::into_owned);
        tracing::warn!(device, peer = peer.map(tracing::field::display), reason, detail, total, "rejected");
        let row = RejectionRow { at, device, peer: peer.map(|peer| peer.to_string()), reason, detail };
        // A full queue has better things to do.
        let _ = self.writer.try_send(Job::Rejection(row));
    }

    fn has_room(&self, sender: Sender) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.began.elapsed() > WINDOW {
            let more: u64 = window.counts.values().map(|count| count.saturating_sub(ROWS_A_WINDOW)).sum();
            if more > 0 {
                tracing::warn!(more, "more rejections of the same kind were only counted");
            }
            *window = Window { began: Instant::now(), counts: HashMap::new() };
        }
        if window.counts.len() >= MOST_SENDERS && !window.counts.contains_key(&sender) {
            return false;
        }
        let count = window.counts.entry(sender).or_insert(0);
        *count += 1;
        *count <= ROWS_A_WINDOW
    }
}

/// What a stranger sent must neither break the log's lines nor fill them.
fn printable(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_DETAIL && !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST_DETAIL).collect(),
    )
}
