//! What a client may do, asked at every connection, subscription and packet. Every refusal is recorded.

use super::connections::{Connection, Connections};
use crate::{
    identity::directory::{Directory, Member},
    ingest::{Answer, Ingest, Packet, presence::Presence},
    outbox::Outbox,
};
use bytes::Bytes;
use jiff::Timestamp;
use kiemke_schemas::{
    DeviceId,
    status::{self, Status},
    topic::{self, Channel},
};
use std::{net::SocketAddr, sync::Arc};

/// A client that wants to connect.
pub struct Arrival<'a> {
    pub client_id: &'a str,
    /// Of the certificate that TLS has checked against the CA.
    pub common_name: Option<&'a str>,
    pub serial: Option<&'a str>,
    pub will_topic: Option<&'a str>,
    pub peer: Option<SocketAddr>,
}

pub struct Publication<'a> {
    pub device: &'a str,
    pub topic: &'a str,
    pub retain: bool,
    pub payload: Bytes,
    pub peer: Option<SocketAddr>,
}

pub enum Decision {
    Accept,
    /// Accept, then tell the device.
    Answer {
        device: DeviceId,
        answer: Answer,
    },
    Disconnect,
}

struct Refused {
    reason: &'static str,
    detail: String,
}

fn refused(reason: &'static str, detail: impl Into<String>) -> Refused {
    Refused { reason, detail: detail.into() }
}

pub struct Gate {
    pub directory: Arc<Directory>,
    pub connections: Arc<Connections>,
    pub ingest: Ingest,
    pub outbox: Outbox,
}

impl Gate {
    pub fn admit(&self, arrival: &Arrival) -> bool {
        match self.check_arrival(arrival) {
            Ok((device, serial)) => {
                let connection =
                    Connection { peer: arrival.peer, serial: serial.to_owned(), subscribed: false };
                self.connections.put(&device, connection);
                true
            }
            Err(refused) => self.record(Some(arrival.client_id), arrival.peer, &refused),
        }
    }

    fn check_arrival<'a>(&self, arrival: &Arrival<'a>) -> Result<(DeviceId, &'a str), Refused> {
        let (Some(name), Some(serial)) = (arrival.common_name, arrival.serial) else {
            return Err(refused("no-certificate", "a certificate of this collector's CA is needed"));
        };
        if name != arrival.client_id {
            let detail = format!("client id {:?} with the certificate of {name:?}", arrival.client_id);
            return Err(refused("wrong-client-id", detail));
        }
        let device: DeviceId =
            name.parse().map_err(|error| refused("device-unknown", format!("certificate: {error}")))?;
        self.check_member(&device, serial)?;
        if let Some(will) = arrival.will_topic
            && topic::parse(will) != Some((device.clone(), Channel::Status))
        {
            return Err(refused("wrong-will-topic", format!("will on {will:?}")));
        }
        Ok((device, serial))
    }

    fn check_member(&self, device: &DeviceId, serial: &str) -> Result<Arc<Member>, Refused> {
        let member = self
            .directory
            .get(device)
            .ok_or_else(|| refused("device-unknown", format!("device {device} never enrolled here")))?;
        if !member.may_talk() {
            let detail = format!("device {device} is {}", member.state.as_str());
            return Err(refused("device-not-active", detail));
        }
        if !member.has_certificate(serial) {
            let detail = format!("certificate {serial} of device {device} is not its current one");
            return Err(refused("wrong-certificate", detail));
        }
        Ok(member)
    }

    pub fn connected(&self, device: &str, peer: Option<SocketAddr>) {
        let Ok(device) = device.parse() else { return };
        let at = Timestamp::now();
        self.ingest.presence(Presence::Connected { device, peer: peer.map(|p| p.ip().to_canonical()), at });
    }

    pub fn disconnected(&self, device: &str, peer: Option<SocketAddr>) {
        let Ok(device) = device.parse() else { return };
        if self.connections.remove(&device, peer) {
            self.ingest.presence(Presence::Disconnected { device, at: Timestamp::now() });
        }
    }

    /// The device's own command topic, letter by letter.
    pub fn may_subscribe(&self, device: &str, filter: &str, peer: Option<SocketAddr>) -> bool {
        let checked = self.current(device).and_then(|(device, _)| {
            if filter == topic::of(&device, Channel::Command) {
                Ok(device)
            } else {
                Err(refused("wrong-subscription", format!("subscription to {filter:?}")))
            }
        });
        match checked {
            Ok(_) => true,
            Err(refused) => self.record(Some(device), peer, &refused),
        }
    }

    /// Now it hears what waits for it.
    pub fn subscribed(&self, device: &str) {
        let Ok(device) = device.parse() else { return };
        self.connections.set_subscribed(&device);
        self.outbox.wake(device);
    }

    pub async fn publish(&self, publication: Publication<'_>) -> Decision {
        match self.check_publication(&publication) {
            Ok((device, member, Channel::Report)) => {
                let packet = Packet {
                    device: device.clone(),
                    member,
                    peer: publication.peer,
                    payload: publication.payload,
                    received_at: Timestamp::now(),
                };
                let answer = self.ingest.take(packet).await;
                if answer.sealed.is_none() {
                    Decision::Disconnect
                } else {
                    Decision::Answer { device, answer }
                }
            }
            Ok((device, ..)) => self.status(device, &publication),
            Err(refused) => {
                self.record(Some(publication.device), publication.peer, &refused);
                Decision::Disconnect
            }
        }
    }

    fn check_publication(
        &self,
        publication: &Publication,
    ) -> Result<(DeviceId, Arc<Member>, Channel), Refused> {
        let (device, member) = self.current(publication.device)?;
        let channel = match topic::parse(publication.topic) {
            Some((owner, channel @ (Channel::Report | Channel::Status))) if owner == device => channel,
            _ => return Err(refused("wrong-topic", format!("publication on {:?}", publication.topic))),
        };
        if publication.retain {
            return Err(refused("retained", format!("retained publication on {:?}", publication.topic)));
        }
        Ok((device, member, channel))
    }

    /// Asked at each packet: a revoked device is out at its next one.
    fn current(&self, device: &str) -> Result<(DeviceId, Arc<Member>), Refused> {
        let device: DeviceId = device.parse().map_err(|_| refused("device-unknown", "no device id"))?;
        let serial =
            self.connections.serial(&device).ok_or_else(|| refused("no-session", "no session is known"))?;
        let member = self.check_member(&device, &serial)?;
        Ok((device, member))
    }

    fn status(&self, device: DeviceId, publication: &Publication) -> Decision {
        let status: Status = match serde_json::from_slice(&publication.payload) {
            Ok(status) => status,
            Err(error) => {
                let refused = refused("status", format!("status message: {error}"));
                self.record(Some(device.as_str()), publication.peer, &refused);
                return Decision::Accept;
            }
        };
        let at = Timestamp::now();
        // Its end is told by the end of the connection, which cannot lie.
        if status.presence == status::Presence::Online {
            let clock_skew_seconds = status.at.map(|told| told.duration_since(at).as_secs());
            let agent_version = status.agent_version;
            self.ingest.presence(Presence::Status {
                device,
                at,
                clock_skew_seconds,
                agent_version,
                settings: status.settings,
                update: status.update,
            });
        }
        Decision::Accept
    }

    fn record(&self, device: Option<&str>, peer: Option<SocketAddr>, refused: &Refused) -> bool {
        self.ingest.record_rejection(device, peer, refused.reason, &refused.detail);
        false
    }
}
