//! The MQTT client: the only module that knows rumqttc. It connects, subscribes on every CONNACK, comes back
//! with jitter, and starts afresh after repeated errors. What must not be lost stays in the spool.

mod backoff;

use crate::{identity::Identity, report, tls};
use anyhow::{Context, Result};
use backoff::Backoff;
use kiemke_schemas::{
    DeviceId,
    envelope::MAX_PACKED_BYTES,
    status::{Presence, Status},
    topic::{self, Channel},
};
use rumqttc::{
    AsyncClient, Event as MqttEvent, EventLoop, Incoming, MqttOptions, PublishOptions, TlsConfiguration,
    Transport as Over,
    mqttbytes::{QoS, v5::LastWill},
};
use rustls::ClientConfig;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

const KEEP_ALIVE_SECONDS: u16 = 300;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// The client sets memory aside for all of them: without a limit, 28 MB.
const UNACKNOWLEDGED: u16 = 16;
/// Reports in flight, subscription, status.
const REQUESTS: usize = 16;
const EVENTS: usize = 16;
const ERRORS_BEFORE_REBUILD: u32 = 3;
const MAX_INCOMING_BYTES: u32 = MAX_PACKED_BYTES as u32 + 1024;

#[derive(Debug)]
pub enum Event {
    /// Connected and subscribed: what is in flight must be sent again.
    Connected,
    /// The connection failed or was lost; it is tried again.
    Lost(String),
    /// An envelope on the command topic.
    Command(Vec<u8>),
}

pub struct Transport {
    device: DeviceId,
    client: watch::Receiver<Option<AsyncClient>>,
    events: mpsc::Receiver<Event>,
    task: JoinHandle<()>,
}

struct Settings {
    device: DeviceId,
    host: String,
    port: u16,
    tls: Arc<ClientConfig>,
}

impl Transport {
    /// Connects in the background.
    pub fn start(identity: &Identity) -> Result<Self> {
        let settings = Settings {
            device: identity.device.clone(),
            host: identity.mqtt_host.clone(),
            port: identity.mqtt_port,
            tls: Arc::new(tls::mqtt(identity)?),
        };
        let (clients, client) = watch::channel(None);
        let (sender, events) = mpsc::channel(EVENTS);
        let device = identity.device.clone();
        let task = tokio::spawn(keep_connected(settings, clients, sender));
        Ok(Self { device, client, events, task })
    }

    /// Safe to drop while it waits. Never ends while the transport lives.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Hands a report to the client; it may still be lost on the way, only the collector's answer counts.
    pub fn send_report(&self, envelope: Vec<u8>) -> Result<()> {
        self.publish(Channel::Report, envelope)
    }

    pub fn send_status(&self, status: &Status) -> Result<()> {
        self.publish(Channel::Status, serde_json::to_vec(status)?)
    }

    fn publish(&self, channel: Channel, payload: Vec<u8>) -> Result<()> {
        let client = self.client.borrow().clone().context("not connected")?;
        client
            .try_publish(topic::of(&self.device, channel), payload, PublishOptions::new(QoS::AtLeastOnce))
            .context("the client takes no more")
    }

    /// Says goodbye, so that the collector need not wait for the keep-alive.
    pub async fn stop(mut self) {
        let leave = async {
            let _ = self.send_status(&Status {
                presence: Presence::Offline,
                at: None,
                agent_version: None,
                spooled: None,
                settings: None,
                update: None,
            });
            let client = self.client.borrow().clone();
            if let Some(client) = client {
                let _ = client.disconnect().await;
            }
            // The task ends with the connection; events nobody reads must not hold it.
            while self.events.recv().await.is_some_and(|event| !matches!(event, Event::Lost(_))) {}
        };
        let _ = tokio::time::timeout(Duration::from_secs(2), leave).await;
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Settings {
    fn connect(&self) -> Result<(AsyncClient, EventLoop)> {
        let mut options = MqttOptions::new(self.device.as_str(), (self.host.as_str(), self.port));
        options
            .set_keep_alive(KEEP_ALIVE_SECONDS)
            .set_clean_start(true)
            .set_max_packet_size(Some(MAX_INCOMING_BYTES))
            .set_connect_timeout(CONNECT_TIMEOUT)
            .set_outgoing_inflight_upper_limit(UNACKNOWLEDGED)
            .set_transport(Over::tls_with_config(TlsConfiguration::Rustls(self.tls.clone())))
            .set_last_will(LastWill::new(
                topic::of(&self.device, Channel::Status),
                br#"{"presence":"offline"}"#.to_vec(),
                QoS::AtLeastOnce,
                false,
                None,
            ));
        AsyncClient::builder(options)
            .capacity(REQUESTS)
            .try_build()
            .context("the MQTT client cannot be built")
    }

    fn greet(&self, client: &AsyncClient) -> Result<()> {
        client.try_subscribe(topic::of(&self.device, Channel::Command), QoS::AtLeastOnce)?;
        let status = Status {
            presence: Presence::Online,
            at: Some(jiff::Timestamp::now()),
            agent_version: Some(report::agent_version().version),
            spooled: None,
            settings: None,
            update: None,
        };
        let topic = topic::of(&self.device, Channel::Status);
        client.try_publish(topic, serde_json::to_vec(&status)?, PublishOptions::new(QoS::AtLeastOnce))?;
        Ok(())
    }
}

async fn keep_connected(
    settings: Settings,
    clients: watch::Sender<Option<AsyncClient>>,
    events: mpsc::Sender<Event>,
) {
    let mut backoff = Backoff::default();
    // Ends when nobody listens any more.
    while !events.is_closed() {
        match settings.connect() {
            Ok((client, event_loop)) => {
                clients.send_replace(Some(client.clone()));
                poll(&settings, &client, event_loop, &events, &mut backoff).await;
                clients.send_replace(None);
            }
            Err(error) => {
                let _ = events.send(Event::Lost(format!("{error:#}"))).await;
                tokio::time::sleep(backoff.failed()).await;
            }
        }
    }
}

/// Until this client has failed too often.
async fn poll(
    settings: &Settings,
    client: &AsyncClient,
    mut event_loop: EventLoop,
    events: &mpsc::Sender<Event>,
    backoff: &mut Backoff,
) {
    let mut errors = 0;
    while errors < ERRORS_BEFORE_REBUILD {
        let event = match event_loop.poll().await {
            Ok(MqttEvent::Incoming(Incoming::ConnAck(_))) => {
                backoff.connected(Instant::now());
                settings.greet(client).map(|()| Some(Event::Connected))
            }
            Ok(MqttEvent::Incoming(Incoming::Publish(message))) => {
                Ok(Some(Event::Command(message.payload.to_vec())))
            }
            Ok(_) => Ok(None),
            Err(error) => Err(anyhow::anyhow!(crate::web_api::chain(&error))),
        };
        match event {
            Ok(None) => {}
            Ok(Some(event)) => {
                errors = 0;
                if events.send(event).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                errors += 1;
                let message = format!("{}:{}: {error:#}", settings.host, settings.port);
                if events.send(Event::Lost(message)).await.is_err() {
                    return;
                }
                tokio::time::sleep(backoff.failed()).await;
            }
        }
    }
}
