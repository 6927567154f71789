//! The collector at work: HTTPS for people and for enrolment, MQTT for reports, derived work, the control
//! socket of the command line.

pub mod config;
mod first_user;
mod https;

use crate::{
    app::{App, Live},
    control, derived,
    identity::api::{self, Welcome},
    ingest::{Ingest, known::KnownSections, presence::Presence, writer::Writer},
    ingress::{
        Ingress,
        embedded::{Embedded, TlsFiles},
        gate::Gate,
    },
    outbox::{self, Outbox},
    release, remote,
    store::actor,
    web,
};
use anyhow::{Context, Result};
use config::Config;
use jiff::Timestamp;
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};

/// How often the store hears that the connected are still there.
const ALIVE: Duration = Duration::from_secs(600);
const STOP_REQUESTS_WITHIN: Duration = Duration::from_secs(2);
const STOP_WRITING_WITHIN: Duration = Duration::from_secs(10);

pub async fn run(data: &Path, config: Config) -> Result<()> {
    let app = App::open(data).await?;
    app.store.all_disconnected().await?;
    for row in app.store.all_devices().await? {
        app.directory.put(&row)?;
    }
    first_user::make_if_none(&app).await?;
    let known = Arc::new(KnownSections::default());
    let wake = app.derivation.wake.clone();
    let (writer, thread) = Writer::start(&app.store, known.clone(), move || wake.notify_one())?;
    let ingest = Ingest::new(writer, known, &app.command_key);
    let (broker, mut tasks) = serve_mqtt(&app, &config, &ingest).await?;
    tasks.push(tokio::spawn(derived::work(app.clone())));
    tasks.push(tokio::spawn(remote::watch(app.clone())));
    tasks.push(tokio::spawn(release::watch(app.clone())));
    tasks.push(tokio::spawn(tell_alive(app.clone(), ingest.clone())));
    tasks.push(control::serve(app.clone())?);
    let (http, http_task) = serve_http(&app, &config).await?;
    tracing::info!(http = %config.http, mqtt = %config.mqtt, data = %data.display(), "collecting");

    let ended = wait_for_end(http_task).await;
    tracing::info!("stopping");
    http.graceful_shutdown(Some(STOP_REQUESTS_WITHIN));
    broker.stop();
    tasks.iter().for_each(JoinHandle::abort);
    control::remove(&app.data);
    // What was acknowledged is durable; this writes what is still on its way.
    ingest.stop().await;
    let joined = tokio::task::spawn_blocking(move || thread.join());
    if tokio::time::timeout(STOP_WRITING_WITHIN, joined).await.is_err() {
        tracing::warn!("the ingest thread did not end in time");
    }
    app.store.close().await;
    ended
}

async fn serve_mqtt(
    app: &Arc<App>,
    config: &Config,
    ingest: &Ingest,
) -> Result<(Arc<Embedded>, Vec<JoinHandle<()>>)> {
    let files = https::write_mqtt_certificate(app, config)?;
    let (outbox, woken) = Outbox::new();
    let gate = Arc::new(Gate {
        directory: app.directory.clone(),
        connections: app.connections.clone(),
        ingest: ingest.clone(),
        outbox: outbox.clone(),
    });
    let ca = app.data.join(crate::identity::authority::CERTIFICATE_FILE);
    let tls = TlsFiles { chain: &files.chain, key: &files.key, client_ca: &ca };
    let broker = Embedded::start(config.mqtt, &tls, gate).await?;
    let ingress: Arc<dyn Ingress> = broker.clone();
    let key = Arc::new(app.command_key.clone());
    let outbox_task =
        tokio::spawn(outbox::work(woken, app.store.clone(), key, app.vault.clone(), ingress.clone()));
    if app.live.set(Live { ingress, outbox }).is_err() {
        anyhow::bail!("this store is being served already");
    }
    Ok((broker, vec![outbox_task]))
}

async fn serve_http(
    app: &Arc<App>,
    config: &Config,
) -> Result<(axum_server::Handle<SocketAddr>, JoinHandle<std::io::Result<()>>)> {
    let welcome = Welcome {
        mqtt_host: config.public_host.clone(),
        mqtt_port: config.mqtt_public_port.unwrap_or(config.mqtt.port()),
        report_interval_seconds: config.report_interval_seconds,
    };
    let agents = api::router(app.clone(), welcome).merge(release::api::router(app.clone()));
    let router = agents.merge(web::router(app.clone()));
    let tls = https::web_tls(app, config)?;
    app.store.set_web_certificate(https::configured(config)?.as_ref(), actor::COLLECTOR).await?;
    let listener = std::net::TcpListener::bind(config.http)
        .with_context(|| format!("cannot listen for HTTPS on {}", config.http))?;
    listener.set_nonblocking(true)?;
    let handle = axum_server::Handle::new();
    let server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle.clone());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    Ok((handle, tokio::spawn(server.serve(service))))
}

async fn wait_for_end(http: JoinHandle<std::io::Result<()>>) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        ended = http => ended?.context("the HTTPS server failed"),
    }
}

async fn tell_alive(app: Arc<App>, ingest: Ingest) {
    let mut ticks = tokio::time::interval(ALIVE);
    loop {
        ticks.tick().await;
        let devices = app.connections.devices();
        if !devices.is_empty() {
            ingest.presence(Presence::Alive { devices, at: Timestamp::now() });
        }
    }
}
