//! How far the collector is, each minute: a TCP connection that is closed at once. Nothing is sent over it, and
//! it is tried whether or not reports can be delivered.

use rand::random_range;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpStream, lookup_host},
    sync::mpsc,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use url::Url;

const EVERY: Duration = Duration::from_secs(60);
const HTTPS: u16 = 443;
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The time until the connection stood; `None`: it could not be reached.
pub type Sample = Option<Duration>;

/// One sample a minute until nobody reads them; the first after part of a minute, so that a district does not
/// knock in the same second.
///
/// It is the web port that is asked: the broker would log every connection without a handshake.
pub fn start(collector: &Url) -> mpsc::Receiver<Sample> {
    let host = collector.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = collector.port_or_known_default().unwrap_or(HTTPS);
    let (sender, samples) = mpsc::channel(1);
    tokio::spawn(async move {
        sleep(EVERY.mul_f64(random_range(0.0..1.0))).await;
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut resolved = None;
        while !sender.is_closed() {
            ticks.tick().await;
            if sender.send(sample(&host, port, &mut resolved).await).await.is_err() {
                return;
            }
        }
    });
    samples
}

/// The name is not resolved anew while its address answers.
async fn sample(host: &str, port: u16, resolved: &mut Option<SocketAddr>) -> Sample {
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
