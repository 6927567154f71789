//! The running agent: probes on schedule, reports what changed, obeys the collector.

mod round;
mod surveying;
mod timing;
mod work;

use crate::{
    collect::Probes,
    config::Config,
    delivery::Delivery,
    identity::{Identity, Superseded},
    orders::{Order, Orders},
    probe::{Root, load::day::Days},
    remote::Remote,
    renewal,
    report::{composer::Composer, sections::SectionStore},
    spool::{Id, Limits, Spool},
    state_dir::{StateDir, next_boot},
    survey::Survey,
    transport::{Event, Transport},
    update::{self, Updater, order::Order as UpdateOrder},
    vault::Vault,
    watch::Watch,
};
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    command::Body,
    status::{Presence, Status},
};
use std::time::Instant;

pub const LOAD_FILE: &str = "load.json";
pub const LAST_STORED_FILE: &str = "last-stored.json";

/// Why an agent ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Stopped,
    /// For another version of this program.
    HandedOver,
}

pub struct Agent {
    state: StateDir,
    config: Config,
    identity: Identity,
    probes: Probes,
    store: SectionStore,
    composer: Composer,
    spool: Spool,
    delivery: Delivery,
    orders: Orders,
    watch: Watch,
    /// What the collector switched on.
    remote: Remote,
    survey: Survey,
    next_survey: tokio::time::Instant,
    updater: Updater,
    /// Reports of this start carry it.
    boot: u64,
    /// Another version of this program is to go on.
    handing_over: bool,
    /// Why the last report was refused, for `run --once`.
    refused: Option<String>,
    /// Why there is no connection, for `run --once`.
    unreachable: Option<String>,
    probe_wanted: bool,
    /// Why this identity may not go on.
    superseded: Option<String>,
}

impl Agent {
    pub fn start(state: StateDir, config: Config, identity: Identity) -> Result<Self> {
        let keys = identity.keys()?;
        let boot = next_boot(&state)?;
        let limits = Limits {
            bytes: u64::from(config.spool_max_mib) << 20,
            age: SignedDuration::from_hours(24 * i64::from(config.spool_max_days)),
            ..Limits::default()
        };
        let days: Days = state.read_or_default(LOAD_FILE);
        let store = SectionStore::open(&state)?;
        let remote = Remote::open(&state, Vault::of(&keys.report));
        let mut survey = surveying::resumed(&store);
        survey.forget_unwanted(remote.settings());
        Ok(Self {
            probes: Probes::new(Root::system()),
            survey,
            next_survey: surveying::soon(),
            store,
            spool: Spool::open(&state, limits, Timestamp::now())?,
            orders: Orders::open(&state, identity.device.clone(), &keys)?,
            composer: Composer::new(identity.device.clone(), keys.report, boot),
            delivery: Delivery::default(),
            watch: Watch::new(days),
            remote,
            updater: Updater::open(&state)?,
            boot,
            handing_over: false,
            refused: None,
            unreachable: None,
            probe_wanted: true,
            superseded: None,
            state,
            config,
            identity,
        })
    }

    /// Spools what is new and sends what may be sent.
    fn report(&mut self, transport: &Transport) -> Result<()> {
        // Without any section there is nothing to report on yet.
        if !self.store.observed_at().is_empty() {
            self.delivery.more_comes();
            self.composer.spool_all(&self.store, &mut self.spool)?;
        }
        self.pump(transport)
    }

    fn pump(&mut self, transport: &Transport) -> Result<()> {
        self.delivery.pump(&mut self.spool, Instant::now(), |envelope| transport.send_report(envelope))
    }

    fn on_event(&mut self, event: Event, transport: &Transport) -> Result<()> {
        match event {
            Event::Connected => {
                tracing::info!("connected");
                self.unreachable = None;
                self.delivery.connected();
                self.tell(transport);
            }
            Event::Lost(reason) => {
                tracing::warn!("no connection: {reason}");
                self.unreachable = Some(reason);
                self.delivery.lost();
            }
            Event::Command(envelope) => match self.orders.take(&self.state, &envelope, Timestamp::now()) {
                Ok(Some(order)) => self.obey(order, transport)?,
                Ok(None) => {}
                Err(error) => tracing::warn!("a message on the command topic was not obeyed: {error:#}"),
            },
        }
        self.pump(transport)
    }

    fn obey(&mut self, order: Order, transport: &Transport) -> Result<()> {
        match order.body {
            Body::Stored { boot, sequence } => self.on_stored(Id { boot, sequence }),
            Body::Refused { boot, sequence, reason } => self.on_refused(Id { boot, sequence }, reason),
            Body::SendFull => {
                self.composer.want_full();
                self.probe_wanted = true;
                Ok(())
            }
            Body::ScanNow => {
                self.probe_wanted = true;
                Ok(())
            }
            Body::SetInterval { seconds } => {
                self.identity.interval_seconds = seconds;
                self.identity.save(&self.state)
            }
            Body::ApplySettings { settings } => {
                match self.remote.apply(&self.state, order.counter, settings, Timestamp::now()) {
                    Ok(()) => self.settings_changed(),
                    Err(error) => tracing::error!("settings were not accepted: {error:#}"),
                }
                self.tell(transport);
                Ok(())
            }
            Body::Update { manifest, spread_seconds, release_key } => {
                let order = UpdateOrder { counter: order.counter, manifest, spread_seconds, release_key };
                self.update(&order)?;
                self.tell(transport);
                Ok(())
            }
            Body::EnrolAnew { reason } => {
                self.superseded = Some(reason.clone());
                Superseded { reason, at: Timestamp::now() }.save(&self.state)
            }
        }
    }

    fn update(&mut self, order: &UpdateOrder) -> Result<()> {
        let pin = self.updater.take(order, self.identity.release_key.as_deref())?;
        if pin.is_some() {
            tracing::info!(key = pin, "releases are trusted by this key from now on");
            self.identity.release_key = pin;
            self.identity.save(&self.state)?;
        }
        Ok(())
    }

    /// What the collector asked for and how it went. An agent that was never asked has nothing to tell.
    fn tell(&self, transport: &Transport) {
        let (settings, update) = (self.remote.counter(), self.updater.outcome().cloned());
        if settings.is_none() && update.is_none() {
            return;
        }
        let status = Status {
            presence: Presence::Online,
            at: Some(Timestamp::now()),
            agent_version: None,
            spooled: None,
            settings,
            update,
        };
        if let Err(error) = transport.send_status(&status) {
            tracing::debug!("what is in force was not told: {error:#}");
        }
    }

    fn on_stored(&mut self, id: Id) -> Result<()> {
        self.delivery.answered(id);
        if self.spool.stored(id)? {
            tracing::info!(report = %id, "stored");
            self.state.write(LAST_STORED_FILE, &Timestamp::now())?;
            if id.boot == self.boot && self.updater.reported()? {
                self.handing_over = update::is_supervised();
            }
        }
        Ok(())
    }

    /// What it carried did not arrive: the next round reports everything.
    fn on_refused(&mut self, id: Id, reason: String) -> Result<()> {
        self.delivery.answered(id);
        if self.spool.set_aside(id, &reason, Timestamp::now())? {
            tracing::error!(report = %id, "refused: {reason}");
            self.refused = Some(format!("report {id} was refused: {reason}"));
            self.composer.want_full();
        }
        Ok(())
    }

    /// The transport goes on with the new certificate.
    async fn renew_if_due(&mut self, transport: &mut Transport) -> Result<()> {
        let now = Timestamp::now();
        if !renewal::is_due(&self.identity, now)? {
            return Ok(());
        }
        match renewal::renew(&self.identity, now).await {
            Ok(renewed) => {
                renewed.save(&self.state)?;
                self.identity = renewed;
                *transport = Transport::start(&self.identity)?;
                self.delivery.lost();
                tracing::info!("the certificate was renewed");
            }
            Err(error) => tracing::warn!("{error:#}"),
        }
        Ok(())
    }

    fn save_load(&self) -> Result<()> {
        self.state.write(LOAD_FILE, self.watch.days()).context("the day's load")
    }
}
