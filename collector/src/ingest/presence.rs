use jiff::Timestamp;
use kiemke_schemas::{DeviceId, status::UpdateOutcome};
use std::net::IpAddr;

/// A sign of life, or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    Connected {
        device: DeviceId,
        peer: Option<IpAddr>,
        at: Timestamp,
    },
    Disconnected {
        device: DeviceId,
        at: Timestamp,
    },
    /// The device's own words on its status topic.
    Status {
        device: DeviceId,
        at: Timestamp,
        clock_skew_seconds: Option<i64>,
        agent_version: Option<String>,
        /// Counter of the settings in force.
        settings: Option<u64>,
        /// How its last order to update ended.
        update: Option<UpdateOutcome>,
    },
    /// Connected all the time: keep-alive says so.
    Alive {
        devices: Vec<DeviceId>,
        at: Timestamp,
    },
}
