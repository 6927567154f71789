//! What the collector sends: answers to reports, and orders, which count upwards and expire.

use crate::{identity::Keys, state_dir::StateDir};
use anyhow::{Context, Result, bail};
use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId,
    command::{Body, Command},
    envelope::{Purpose, Unverified},
};

const FILE: &str = "orders.json";

/// What to do; answers to reports have counter 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub counter: u64,
    pub body: Body,
}

pub struct Orders {
    device: DeviceId,
    collector: VerifyingKey,
    /// The highest counter obeyed.
    last: u64,
}

impl Orders {
    pub fn open(state: &StateDir, device: DeviceId, keys: &Keys) -> Result<Self> {
        Ok(Self { device, collector: keys.collector, last: state.read(FILE)?.unwrap_or(0) })
    }

    /// What to do; `None` for an order that was obeyed before or came too late.
    pub fn take(&mut self, state: &StateDir, envelope: &[u8], now: Timestamp) -> Result<Option<Order>> {
        let json = Unverified::parse(envelope)?.open(Purpose::Command, &self.collector)?;
        let command: Command = serde_json::from_slice(&json).context("not a command of this version")?;
        if command.device != self.device {
            bail!("field device: the command is for {}", command.device);
        }
        if matches!(command.body, Body::Stored { .. } | Body::Refused { .. }) {
            return Ok(Some(Order { counter: 0, body: command.body }));
        }
        if command.counter <= self.last {
            tracing::debug!(counter = command.counter, "an order that was obeyed before");
            return Ok(None);
        }
        if command.expires_at.is_none_or(|end| end < now) {
            tracing::warn!(counter = command.counter, "an order that has expired");
            return Ok(None);
        }
        // Durable first: an order that ends the agent must not meet it again.
        state.write(FILE, &command.counter)?;
        self.last = command.counter;
        Ok(Some(Order { counter: command.counter, body: command.body }))
    }

    /// A new identity is counted anew.
    pub fn forget(state: &StateDir) -> Result<()> {
        state.write(FILE, &0_u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;
    use kiemke_schemas::envelope;

    struct Fixture {
        _folder: tempfile::TempDir,
        state: StateDir,
        orders: Orders,
    }

    fn device() -> DeviceId {
        DeviceId::of_key(&[1; 32])
    }

    fn collector() -> SigningKey {
        SigningKey::from_bytes(&[5; 32])
    }

    fn open(state: &StateDir) -> Orders {
        let keys = Keys { report: SigningKey::from_bytes(&[6; 32]), collector: collector().verifying_key() };
        Orders::open(state, device(), &keys).unwrap()
    }

    fn fixture() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        Fixture { orders: open(&state), state, _folder: folder }
    }

    fn now() -> Timestamp {
        "2026-08-01T12:00:00Z".parse().unwrap()
    }

    fn order(counter: u64, expires_at: &str) -> Command {
        Command {
            device: device(),
            counter,
            issued_at: now(),
            expires_at: expires_at.parse().ok(),
            body: Body::ScanNow,
        }
    }

    fn sealed(command: &Command, key: &SigningKey) -> Vec<u8> {
        envelope::seal(&serde_json::to_vec(command).unwrap(), "collector", Purpose::Command, key).unwrap()
    }

    fn scan(counter: u64) -> Order {
        Order { counter, body: Body::ScanNow }
    }

    const LATER: &str = "2026-08-01T13:00:00Z";

    #[test]
    fn an_order_is_obeyed_once_and_only_upwards_over_restarts() {
        let mut f = fixture();
        let envelope = |counter| sealed(&order(counter, LATER), &collector());
        assert_eq!(f.orders.take(&f.state, &envelope(5), now()).unwrap(), Some(scan(5)));
        assert_eq!(f.orders.take(&f.state, &envelope(5), now()).unwrap(), None);
        f.orders = open(&f.state);
        assert_eq!(f.orders.take(&f.state, &envelope(4), now()).unwrap(), None);
        assert_eq!(f.orders.take(&f.state, &envelope(6), now()).unwrap(), Some(scan(6)));
    }

    #[test]
    fn an_expired_order_and_one_without_an_end_are_not_obeyed() {
        let mut f = fixture();
        for (counter, end) in [(1, "2026-08-01T11:59:59Z"), (2, "none")] {
            let envelope = sealed(&order(counter, end), &collector());
            assert_eq!(f.orders.take(&f.state, &envelope, now()).unwrap(), None);
        }
    }

    #[test]
    fn a_forged_or_misdirected_command_is_an_error() {
        let mut f = fixture();
        let forged = sealed(&order(1, LATER), &SigningKey::from_bytes(&[9; 32]));
        let error = f.orders.take(&f.state, &forged, now()).unwrap_err().to_string();
        assert_eq!(error, "the signature does not fit the key");
        let other = Command { device: DeviceId::of_key(&[2; 32]), ..order(1, LATER) };
        let error = f.orders.take(&f.state, &sealed(&other, &collector()), now()).unwrap_err().to_string();
        assert_eq!(error, format!("field device: the command is for {}", other.device));
    }

    #[test]
    fn answers_need_no_counter_and_no_end() {
        let mut f = fixture();
        let body = Body::Stored { boot: 1, sequence: 2 };
        let answer = Command { counter: 0, expires_at: None, body: body.clone(), ..order(0, LATER) };
        for _ in 0..2 {
            assert_eq!(
                f.orders.take(&f.state, &sealed(&answer, &collector()), now()).unwrap(),
                Some(Order { counter: 0, body: body.clone() })
            );
        }
    }
}
