//! How far the collector is, each minute, and what else the settings name: a TCP connection that is closed at
//! once. Nothing is sent over it, and it is tried whether or not reports can be delivered.

use kiemke_schemas::settings::host_and_port;
use rand::random_range;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpStream, lookup_host},
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use url::Url;

const EVERY: Duration = Duration::from_secs(60);
const HTTPS: u16 = 443;
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// One minute's outcome.
#[derive(Debug)]
pub struct Sample {
    /// `host:port`; `None`: the collector.
    pub target: Option<String>,
    /// The time until the connection stood; `None`: it could not be reached.
    pub latency: Option<Duration>,
}

/// Samples until it is dropped.
pub struct Reach {
    sender: mpsc::Sender<Sample>,
    samples: mpsc::Receiver<Sample>,
    _collector: JoinSet<()>,
    targets: Vec<String>,
    of_targets: JoinSet<()>,
}

impl Reach {
    /// It is the web port that is asked: the broker would log every connection without a handshake.
    pub fn start(collector: &Url) -> Self {
        let host = collector.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = collector.port_or_known_default().unwrap_or(HTTPS);
        let (sender, samples) = mpsc::channel(1);
        let mut task = JoinSet::new();
        task.spawn(keep_sampling(None, host, port, sender.clone()));
        Self { sender, samples, _collector: task, targets: Vec::new(), of_targets: JoinSet::new() }
    }

    /// Goes over to these further targets.
    pub fn aim(&mut self, targets: &[String]) {
        if self.targets == targets {
            return;
        }
        self.targets = targets.to_vec();
        self.of_targets = JoinSet::new();
        for target in targets {
            if let Some((host, port)) = host_and_port(target) {
                let (host, sender) = (host.to_owned(), self.sender.clone());
                self.of_targets.spawn(keep_sampling(Some(target.clone()), host, port, sender));
            }
        }
    }

    pub async fn next(&mut self) -> Sample {
        match self.samples.recv().await {
            Some(sample) => sample,
            // Never so: a sender is kept here.
            None => std::future::pending().await,
        }
    }
}

/// One sample a minute until nobody reads them; the first after part of a minute, so that a district does not
/// knock in the same second.
async fn keep_sampling(target: Option<String>, host: String, port: u16, sender: mpsc::Sender<Sample>) {
    sleep(EVERY.mul_f64(random_range(0.0..1.0))).await;
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut resolved = None;
    loop {
        ticks.tick().await;
        let latency = sample(&host, port, &mut resolved).await;
        if sender.send(Sample { target: target.clone(), latency }).await.is_err() {
            return;
        }
    }
}

/// The name is not resolved anew while its address answers.
async fn sample(host: &str, port: u16, resolved: &mut Option<SocketAddr>) -> Option<Duration> {
    let address = match *resolved {
        Some(address) => address,
        None => lookup_host((host, port)).await.ok()?.next()?,
    };
    let started = Instant::now();
    let stream = timeout(ANSWERS_WITHIN, TcpStream::connect(address)).await.ok().and_then(Result::ok);
    *resolved = stream.as_ref().map(|_| address);
    let latency = started.elapsed();
    // Without waiting on either side: the collector has nothing to keep.
    stream.map(|stream| {
        let _ = stream.set_zero_linger();
        latency
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_listener_answers_and_a_closed_port_does_not() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(sample("127.0.0.1", port, &mut None).await.is_some());
        drop(listener);
        let mut gone = Some(SocketAddr::from(([127, 0, 0, 1], port)));
        assert_eq!(sample("127.0.0.1", port, &mut gone).await, None);
        assert_eq!(gone, None);
    }
}
