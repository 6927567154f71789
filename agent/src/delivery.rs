//! Which reports of the spool travel now: a few at a time, oldest first, until each is answered.

use crate::spool::{Id, ReadError, Spool};
use anyhow::Result;
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const IN_FLIGHT: usize = 4;
/// Without an answer for this long a report is sent again.
const ANSWER_EXPECTED_WITHIN: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub struct Delivery {
    connected: bool,
    in_flight: BTreeMap<Id, Instant>,
    /// The spool was empty when it was last looked at.
    nothing_waits: bool,
}

impl Delivery {
    /// Nothing that was handed to the former connection counts.
    pub fn connected(&mut self) {
        self.connected = true;
        self.nothing_waits = false;
        self.in_flight.clear();
    }

    pub fn lost(&mut self) {
        self.connected = false;
    }

    pub fn answered(&mut self, id: Id) {
        self.in_flight.remove(&id);
    }

    /// Something new is on its way into the spool.
    pub fn more_comes(&mut self) {
        self.nothing_waits = false;
    }

    /// Whether there is anything to look after: most minutes of a day there is not.
    pub fn has_work(&self) -> bool {
        self.connected && !self.nothing_waits
    }

    /// Sends what may be sent now.
    pub fn pump(
        &mut self,
        spool: &mut Spool,
        now: Instant,
        mut send: impl FnMut(Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        if !self.connected {
            return Ok(());
        }
        self.in_flight.retain(|_, sent| now.duration_since(*sent) < ANSWER_EXPECTED_WITHIN);
        if self.in_flight.len() >= IN_FLIGHT {
            return Ok(());
        }
        let entries = spool.entries()?;
        self.nothing_waits = entries.is_empty();
        for entry in entries {
            if self.in_flight.len() >= IN_FLIGHT {
                break;
            }
            if self.in_flight.contains_key(&entry.id) {
                continue;
            }
            match spool.read(entry.id) {
                Ok(envelope) => {
                    if let Err(error) = send(envelope) {
                        tracing::debug!(report = %entry.id, "not sent now: {error:#}");
                        break;
                    }
                    self.in_flight.insert(entry.id, now);
                }
                Err(error @ ReadError::Damaged(_)) => {
                    tracing::warn!(report = %entry.id, "set aside: {error}");
                    spool.set_aside(entry.id, &error.to_string(), Timestamp::now())?;
                }
                Err(error) => tracing::warn!(report = %entry.id, "{error}"),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        spool::{Limits, format::Carries},
        state_dir::StateDir,
    };

    fn id(sequence: u64) -> Id {
        Id { boot: 1, sequence }
    }

    fn spool_of(reports: u64) -> (tempfile::TempDir, Spool) {
        let folder = tempfile::tempdir().unwrap();
        let mut spool =
            Spool::open(&StateDir::at(folder.path()), Limits::default(), Timestamp::now()).unwrap();
        for sequence in 1..=reports {
            spool
                .put(id(sequence), Timestamp::now(), Carries::State, &[u8::try_from(sequence).unwrap()])
                .unwrap();
        }
        (folder, spool)
    }

    fn pump(delivery: &mut Delivery, spool: &mut Spool, now: Instant) -> Vec<u8> {
        let mut sent = Vec::new();
        let send = |envelope: Vec<u8>| {
            sent.extend(envelope);
            Ok(())
        };
        delivery.pump(spool, now, send).unwrap();
        sent
    }

    #[test]
    fn a_few_at_a_time_oldest_first_and_the_next_after_an_answer() {
        let (_folder, mut spool) = spool_of(6);
        let (mut delivery, now) = (Delivery::default(), Instant::now());
        assert_eq!(pump(&mut delivery, &mut spool, now), Vec::<u8>::new());
        delivery.connected();
        assert_eq!(pump(&mut delivery, &mut spool, now), [1, 2, 3, 4]);
        assert_eq!(pump(&mut delivery, &mut spool, now), Vec::<u8>::new());
        spool.stored(id(2)).unwrap();
        delivery.answered(id(2));
        assert_eq!(pump(&mut delivery, &mut spool, now), [5]);
    }

    #[test]
    fn unanswered_reports_are_sent_again_later_and_after_a_new_connection() {
        let (_folder, mut spool) = spool_of(1);
        let (mut delivery, now) = (Delivery::default(), Instant::now());
        delivery.connected();
        assert_eq!(pump(&mut delivery, &mut spool, now), [1]);
        assert_eq!(pump(&mut delivery, &mut spool, now + Duration::from_secs(59)), Vec::<u8>::new());
        assert_eq!(pump(&mut delivery, &mut spool, now + Duration::from_secs(60)), [1]);
        delivery.lost();
        delivery.connected();
        assert_eq!(pump(&mut delivery, &mut spool, now + Duration::from_secs(61)), [1]);
    }

    #[test]
    fn a_client_that_takes_no_more_gets_the_report_later() {
        let (_folder, mut spool) = spool_of(1);
        let (mut delivery, now) = (Delivery::default(), Instant::now());
        delivery.connected();
        delivery.pump(&mut spool, now, |_| anyhow::bail!("full")).unwrap();
        assert_eq!(pump(&mut delivery, &mut spool, now), [1]);
    }
    #[test]
    fn there_is_work_while_connected_until_the_spool_is_empty() {
        let (_folder, mut spool) = spool_of(1);
        let (mut delivery, now) = (Delivery::default(), Instant::now());
        assert!(!delivery.has_work());
        delivery.connected();
        pump(&mut delivery, &mut spool, now);
        assert!(delivery.has_work());
        spool.stored(id(1)).unwrap();
        delivery.answered(id(1));
        pump(&mut delivery, &mut spool, now);
        assert!(!delivery.has_work());
        delivery.more_comes();
        assert!(delivery.has_work());
    }
}
