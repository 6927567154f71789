//! What the collector lets this agent ask around itself, in rounds: neighbours first, since printers that are
//! found there may be polled.

use crate::{
    collect::Readings,
    neighbourhood::Neighbourhood,
    polls::{Around, Polls},
    probe::{Root, network},
};
use jiff::Timestamp;
use kiemke_schemas::{Section, section::peripheral::Peripherals, settings::RemoteSettings};

#[derive(Debug, Clone, Default)]
pub struct Survey {
    pub polls: Polls,
    pub neighbourhood: Neighbourhood,
}

/// Whether anything has to be asked in rounds.
pub fn is_wanted(settings: &RemoteSettings) -> bool {
    !settings.snmp.is_empty() || settings.neighbours || settings.sweep || settings.mdns
}

impl Survey {
    /// What was found joins what the probes read.
    pub fn join(&self, readings: &mut Readings) {
        self.join_peripherals(&mut readings.peripheral, readings.at);
        readings.neighbour = self.neighbourhood.section();
    }

    pub fn join_peripherals(&self, peripherals: &mut Section<Peripherals>, at: Timestamp) {
        self.polls.join_peripherals(peripherals);
        self.neighbourhood.join_peripherals(peripherals, at);
    }

    /// What is no longer switched on is no longer told.
    pub fn forget_unwanted(&mut self, settings: &RemoteSettings) {
        if settings.snmp.is_empty() {
            self.polls.forget();
        }
        self.neighbourhood.forget_unwanted(settings);
    }

    /// True where the next report should not wait.
    pub fn round(&mut self, settings: &RemoteSettings, root: &Root, now: Timestamp) -> bool {
        let network = network::read(root).value.unwrap_or_default();
        let found = self.neighbourhood.round(settings, root, &network, now);
        let gateways = network.default_routes.iter().filter_map(|route| route.gateway);
        let mut around = Around { gateways: gateways.collect(), printers: self.neighbourhood.printers() };
        around.gateways.retain(|gateway| gateway.is_ipv4());
        around.gateways.dedup();
        self.polls.round(settings, &around, now) || found
    }
}
