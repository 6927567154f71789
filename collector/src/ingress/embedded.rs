//! The embedded broker: rmqtt 0.24 with mutual TLS. Its traps: wills bypass the publish ACL, so the will's
//! topic is checked when the client authenticates; on MQTT 3.1.1 a refused publish is acknowledged all the
//! same, so a refusal disconnects; `message_publish` runs before the ACL, so a report is committed in the
//! ACL hook; it reloads no revocations, so the directory is asked at each packet.

use super::{
    Ingress,
    gate::{Arrival, Decision, Gate, Publication},
};
use anyhow::{Context, Result};
use async_trait::async_trait;
use kiemke_schemas::{
    DeviceId,
    envelope::MAX_PACKED_BYTES,
    topic::{self, Channel},
};
use rmqtt::{
    codec::{types::Publish as PublishPacket, v5::SubscribeAckReason},
    context::ServerContext,
    hook::{Handler, HookResult, Parameter, Register, ReturnType, Type},
    net::Builder,
    server::MqttServer,
    session::Session,
    types::{
        AuthResult, ConnectInfo, From, Id, LastWill, Publish, PublishAclResult, QoS, Subscribe,
        SubscribeAclResult,
    },
};
use std::{net::SocketAddr, num::NonZeroU16, path::Path, sync::Arc, time::Duration};
use tokio::task::JoinHandle;

/// An envelope, its topic and the headers around them.
const MAX_PACKET_BYTES: u32 = MAX_PACKED_BYTES as u32 + 64 * 1024;
const MAX_UNACKNOWLEDGED: NonZeroU16 = NonZeroU16::new(64).unwrap();
/// Answers wait here for a slow device; more are left out, since a report that is sent again is answered again.
const MAX_WAITING_ANSWERS: usize = 128;
const BACKLOG: i32 = 4096;
const WORKERS: usize = 200;
const MAX_KEEP_ALIVE_SECONDS: u16 = 900;
const CLIENT_ID_LENGTH: usize = 64;
const TOPIC_LEVELS: usize = 8;
const SUBSCRIPTIONS: usize = 4;

const HOOKS: [Type; 6] = [
    Type::ClientAuthenticate,
    Type::ClientConnected,
    Type::ClientDisconnected,
    Type::ClientSubscribeCheckAcl,
    Type::SessionSubscribed,
    Type::MessagePublishCheckAcl,
];

pub struct Embedded {
    context: ServerContext,
    // Dropped, it would unregister the hooks, and with them every check.
    _hooks: Box<dyn Register>,
    listener: JoinHandle<()>,
}

/// Files of the server's certificate chain, its key, and the CA that clients must come from.
pub struct TlsFiles<'a> {
    pub chain: &'a Path,
    pub key: &'a Path,
    pub client_ca: &'a Path,
}

impl Embedded {
    /// Listens when it returns.
    pub async fn start(address: SocketAddr, tls: &TlsFiles<'_>, gate: Arc<Gate>) -> Result<Arc<Self>> {
        let context = ServerContext::new().task_exec_workers(WORKERS).busy_check_enable(false).build().await;
        let hooks = context.extends.hook_mgr().register();
        for hook in HOOKS {
            hooks.add(hook, Box::new(Hooks { gate: gate.clone() })).await;
        }
        hooks.start().await;
        let listener = listener(address, tls)
            .map_err(|error| anyhow::anyhow!("{error:#}"))
            .with_context(|| format!("cannot listen for MQTT on {address}"))?;
        let server = MqttServer::new(context.clone()).listener(listener).build();
        let listener = tokio::spawn(async move {
            if let Err(error) = server.run().await {
                tracing::error!(%error, "the broker stopped");
            }
        });
        Ok(Arc::new(Self { context, _hooks: hooks, listener }))
    }

    /// No more connections; those there are go on until the process ends.
    pub fn stop(&self) {
        self.listener.abort();
    }

    async fn entry(&self, device: &DeviceId) -> Box<dyn rmqtt::shared::Entry> {
        let id = Id::new(self.context.node.id(), 0, None, None, device.as_str().into(), None);
        self.context.extends.shared().await.entry(id)
    }
}

fn listener(address: SocketAddr, tls: &TlsFiles) -> rmqtt::Result<rmqtt::net::Listener> {
    let path = |path: &Path| Some(path.to_string_lossy().into_owned());
    Builder::new()
        .name("kiemke")
        .laddr(address)
        .backlog(BACKLOG)
        .reuseaddr(Some(true))
        .nodelay(true)
        .tcp_keepalive(true)
        .allow_anonymous(false)
        .max_packet_size(MAX_PACKET_BYTES)
        .max_clientid_len(CLIENT_ID_LENGTH)
        .max_topic_levels(TOPIC_LEVELS)
        .max_subscriptions(SUBSCRIPTIONS)
        .max_topic_aliases(0)
        .max_keepalive(MAX_KEEP_ALIVE_SECONDS)
        .allow_zero_keepalive(false)
        .max_inflight(MAX_UNACKNOWLEDGED)
        .max_mqueue_len(MAX_WAITING_ANSWERS)
        .max_session_expiry_interval(Duration::ZERO)
        .session_expiry_interval(Duration::ZERO)
        .tls_cross_certificate(true)
        .tls_cert(path(tls.chain))
        .tls_key(path(tls.key))
        .tls_client_ca_certs(path(tls.client_ca))
        .collect_cert_info(true)
        .bind()?
        .tls()
}

#[async_trait]
impl Ingress for Embedded {
    async fn send(&self, device: &DeviceId, payload: Vec<u8>) -> bool {
        send(&self.context, device, payload).await
    }

    async fn kick(&self, device: &DeviceId) {
        let entry = self.entry(device).await;
        let done = async { entry.try_lock().await?.kick(true, true, true).await };
        if let Err(error) = done.await {
            tracing::warn!(%device, %error, "the session could not be ended; its next packet is refused");
        }
    }
}

/// Straight to the session: the topic has one subscriber, so no routing is needed.
async fn send(context: &ServerContext, device: &DeviceId, payload: Vec<u8>) -> bool {
    let target = Id::new(context.node.id(), 0, None, None, device.as_str().into(), None);
    let entry = context.extends.shared().await.entry(target);
    if !entry.exist() {
        return false;
    }
    let packet = PublishPacket {
        dup: false,
        retain: false,
        qos: QoS::AtLeastOnce,
        topic: topic::of(device, Channel::Command).into(),
        packet_id: None,
        payload: payload.into(),
        properties: None,
    };
    let from = From::from_system(Id::new(context.node.id(), 0, None, None, "collector".into(), None));
    entry.publish(from, Publish::from(Box::new(packet))).await.is_ok()
}

struct Hooks {
    gate: Arc<Gate>,
}

#[async_trait]
impl Handler for Hooks {
    async fn hook(&self, parameter: &Parameter, before: Option<HookResult>) -> ReturnType {
        let gate = &self.gate;
        match parameter {
            Parameter::ClientAuthenticate(connect) => {
                let result = if self.admits(connect) {
                    AuthResult::Allow(false, None)
                } else {
                    AuthResult::NotAuthorized
                };
                return (false, Some(HookResult::AuthResult(result)));
            }
            Parameter::ClientSubscribeCheckAcl(session, subscribe) => {
                let result = self.subscribe(session, subscribe);
                return (false, Some(HookResult::SubscribeAclResult(result)));
            }
            Parameter::MessagePublishCheckAcl(session, publish) => {
                let result = self.publish(session, publish).await;
                return (false, Some(HookResult::PublishAclResult(result)));
            }
            Parameter::ClientConnected(session) => {
                gate.connected(&session.id.client_id, session.id.remote_addr);
            }
            Parameter::ClientDisconnected(session, _) => {
                gate.disconnected(&session.id.client_id, session.id.remote_addr);
            }
            Parameter::SessionSubscribed(session, _) => gate.subscribed(&session.id.client_id),
            _ => {}
        }
        (true, before)
    }
}

impl Hooks {
    fn admits(&self, connect: &ConnectInfo) -> bool {
        let will = connect.last_will().map(|will| match will {
            LastWill::V3(will) => will.topic.to_string(),
            LastWill::V5(will) => will.topic.to_string(),
        });
        let certificate = connect.cert();
        self.gate.admit(&Arrival {
            client_id: &connect.id().client_id,
            common_name: certificate.and_then(|one| one.common_name.as_deref()),
            serial: certificate.and_then(|one| one.serial.as_deref()),
            will_topic: will.as_deref(),
            peer: connect.id().remote_addr,
        })
    }

    fn subscribe(&self, session: &Session, subscribe: &Subscribe) -> SubscribeAclResult {
        let shared = if subscribe.is_shared() { "$share/…/" } else { "" };
        let filter = format!("{shared}{}", subscribe.topic_filter);
        if self.gate.may_subscribe(&session.id.client_id, &filter, session.id.remote_addr) {
            SubscribeAclResult::new_success(subscribe.opts.qos(), None)
        } else {
            SubscribeAclResult::new_failure(SubscribeAckReason::NotAuthorized)
        }
    }

    async fn publish(&self, session: &Session, publish: &Publish) -> PublishAclResult {
        let decision = self
            .gate
            .publish(Publication {
                device: &session.id.client_id,
                topic: &publish.topic,
                retain: publish.retain,
                payload: publish.payload.clone(),
                peer: session.id.remote_addr,
            })
            .await;
        match decision {
            Decision::Accept => PublishAclResult::allow(),
            Decision::Disconnect => PublishAclResult::rejected(true, None),
            Decision::Answer { device, answer } => {
                if self.gate.connections.listens(&device)
                    && let Some(sealed) = answer.sealed
                {
                    send(&session.scx, &device, sealed).await;
                }
                if answer.verdict.has_order() {
                    self.gate.outbox.wake(device);
                }
                PublishAclResult::allow()
            }
        }
    }
}
