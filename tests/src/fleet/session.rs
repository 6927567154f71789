//! One MQTT connection of one simulated agent.

use super::identity::Identity;
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiemke_schemas::{
    command::{Body, Command},
    envelope::{Purpose, Unverified},
    status::{Presence, Status},
    topic::{self, Channel},
};
use rumqttc::{
    AsyncClient, Event, EventLoop, Incoming, LastWill, MqttOptions, PublishOptions, TlsConfiguration,
    Transport,
    mqttbytes::{QoS, v5::SubscribeReasonCode},
};
use rustls::ClientConfig;
use std::{sync::Arc, time::Duration};

const KEEP_ALIVE_SECONDS: u16 = 300;
/// The client makes room for them at once: 10 MB an agent with its default of 65,535.
const IN_FLIGHT: u16 = 16;
const CONNECT_LIMIT: Duration = Duration::from_secs(60);

pub struct Session {
    client: AsyncClient,
    events: EventLoop,
    report_topic: String,
    command_topic: String,
    identity: Arc<Identity>,
}

impl Session {
    /// Connected, subscribed to its commands and announced as online.
    pub async fn open(identity: &Arc<Identity>, tls: Arc<ClientConfig>) -> Result<Self> {
        let status_topic = topic::of(&identity.device, Channel::Status);
        let (client, events) =
            AsyncClient::builder(options(identity, tls, &status_topic)?).capacity(8).build();
        let mut session = Self {
            client,
            events,
            report_topic: topic::of(&identity.device, Channel::Report),
            command_topic: topic::of(&identity.device, Channel::Command),
            identity: Arc::clone(identity),
        };
        tokio::time::timeout(CONNECT_LIMIT, session.subscribe()).await.context("no SUBACK in 60 s")??;
        let online = status(Presence::Online, Some(Timestamp::now()))?;
        session.client.publish(status_topic, online, PublishOptions::new(QoS::AtLeastOnce)).await?;
        Ok(session)
    }

    async fn subscribe(&mut self) -> Result<()> {
        self.client.subscribe(self.command_topic.as_str(), QoS::AtLeastOnce).await?;
        loop {
            if let Event::Incoming(Incoming::SubAck(ack)) = self.events.poll().await? {
                match ack.return_codes.first() {
                    Some(SubscribeReasonCode::Success(_)) => return Ok(()),
                    other => bail!("subscription to {} refused: {other:?}", self.command_topic),
                }
            }
        }
    }

    pub async fn publish_report(&self, sealed: Vec<u8>) -> Result<()> {
        let options = PublishOptions::new(QoS::AtLeastOnce);
        self.client.publish(self.report_topic.as_str(), sealed, options).await?;
        Ok(())
    }

    /// The next message on the command topic, unopened.
    pub async fn next_envelope(&mut self) -> Result<bytes::Bytes> {
        loop {
            match self.events.poll().await? {
                Event::Incoming(Incoming::Publish(publish)) if publish.topic == self.command_topic => {
                    return Ok(publish.payload);
                }
                Event::Incoming(Incoming::PubAck(ack)) if ack.reason_failed() => {
                    bail!("publish refused: {:?}", ack.reason)
                }
                Event::Incoming(Incoming::Disconnect(disconnect)) => {
                    bail!("disconnected: {:?}", disconnect.reason_code)
                }
                _ => {}
            }
        }
    }

    pub async fn next_command(&mut self) -> Result<Body> {
        let envelope = self.next_envelope().await?;
        open_command(&self.identity, &envelope)
    }

    /// Says goodbye, so that no last will is sent.
    pub async fn close(mut self) {
        let goodbye = async {
            self.client.disconnect().await.ok()?;
            while self.events.poll().await.is_ok() {}
            Some(())
        };
        // The process ends anyway; a collector that does not listen any more must not hold it up.
        let _ = tokio::time::timeout(Duration::from_secs(3), goodbye).await;
    }
}

trait Refused {
    fn reason_failed(&self) -> bool;
}

impl Refused for rumqttc::mqttbytes::v5::PubAck {
    fn reason_failed(&self) -> bool {
        use rumqttc::mqttbytes::v5::PubAckReason;
        !matches!(self.reason, PubAckReason::Success | PubAckReason::NoMatchingSubscribers)
    }
}

/// Checks that the collector signed the command and meant it for this device.
pub fn open_command(identity: &Identity, envelope: &[u8]) -> Result<Body> {
    let json = Unverified::parse(envelope)?.open(Purpose::Command, &identity.collector_key)?;
    let command: Command = serde_json::from_slice(&json).context("command")?;
    anyhow::ensure!(command.device == identity.device, "a command for {}", command.device);
    Ok(command.body)
}

fn status(presence: Presence, at: Option<Timestamp>) -> Result<Vec<u8>> {
    let agent_version = at.map(|_| env!("CARGO_PKG_VERSION").to_owned());
    Ok(serde_json::to_vec(&Status {
        presence,
        at,
        agent_version,
        spooled: None,
        settings: None,
        update: None,
    })?)
}

fn options(identity: &Identity, tls: Arc<ClientConfig>, status_topic: &str) -> Result<MqttOptions> {
    let broker = (identity.mqtt_host.clone(), identity.mqtt_port);
    let mut options = MqttOptions::new(identity.device.as_str(), broker);
    options.set_keep_alive(KEEP_ALIVE_SECONDS);
    options.set_outgoing_inflight_upper_limit(IN_FLIGHT);
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)));
    let will = status(Presence::Offline, None)?;
    options.set_last_will(LastWill::new(status_topic, will, QoS::AtLeastOnce, false, None));
    let mut network = rumqttc::NetworkOptions::new();
    network.set_tcp_nodelay(true);
    network.set_connection_timeout(CONNECT_LIMIT.as_secs());
    options.set_network_options(network);
    Ok(options)
}
