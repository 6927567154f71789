use crate::{address, neighbourhood::Sight};
use kiemke_schemas::{Problem, ProblemKind};
use pnet_datalink::{Channel, Config, DataLinkReceiver, NetworkInterface};
use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr},
    thread,
    time::{Duration, Instant},
};

/// Twenty-five a second: a switch does not notice.
const BETWEEN: Duration = Duration::from_millis(40);
const LAST_ANSWERS: Duration = Duration::from_secs(1);
const READ_TIMEOUT: Duration = Duration::from_millis(10);
const FRAME_BYTES: usize = 42;
const ARP: [u8; 2] = [0x08, 0x06];
/// Ethernet, IPv4, lengths of their addresses.
const KIND: [u8; 6] = [0x00, 0x01, 0x08, 0x00, 6, 4];
const REQUEST: [u8; 2] = [0, 1];
const REPLY: [u8; 2] = [0, 2];

pub(super) fn sweep(interface: &str, own: Ipv4Addr, hosts: &[Ipv4Addr]) -> Result<Vec<Sight>, Problem> {
    let source = || format!("ARP sweep over {interface}");
    let failed = |error: io::Error| {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied => ProblemKind::Denied,
            _ => ProblemKind::Failed,
        };
        Problem::new(kind, source(), error.to_string())
    };
    let adapter = pnet_datalink::interfaces().into_iter().find(|one| one.name == interface);
    let adapter = adapter.ok_or_else(|| Problem::new(ProblemKind::Absent, source(), "no such adapter"))?;
    let own_mac = adapter
        .mac
        .map(|mac| mac.octets())
        .ok_or_else(|| Problem::new(ProblemKind::Unsupported, source(), "the adapter has no MAC address"))?;
    // Answers are for this computer: what others say to each other is none of the agent's business.
    let config = Config { read_timeout: Some(READ_TIMEOUT), promiscuous: false, ..Config::default() };
    let channel = open(&adapter, config).map_err(failed)?;
    let (mut sender, mut receiver) = channel;
    let mut found = BTreeMap::new();
    for host in hosts {
        match sender.send_to(&request(own_mac, own, *host), None) {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(failed(error)),
            None => return Err(Problem::new(ProblemKind::Failed, source(), "the adapter takes no frame")),
        }
        listen(receiver.as_mut(), BETWEEN, own, &mut found);
    }
    listen(receiver.as_mut(), LAST_ANSWERS, own, &mut found);
    let asked = |address: &Ipv4Addr| hosts.contains(address);
    let sight = |(address, mac)| Sight { address: IpAddr::V4(address), mac, interface: interface.to_owned() };
    Ok(found.into_iter().filter(|(address, _)| asked(address)).map(sight).collect())
}

type Ends = (Box<dyn pnet_datalink::DataLinkSender>, Box<dyn DataLinkReceiver>);

fn open(adapter: &NetworkInterface, config: Config) -> io::Result<Ends> {
    match pnet_datalink::channel(adapter, config)? {
        Channel::Ethernet(sender, receiver) => Ok((sender, receiver)),
        _ => Err(io::Error::new(io::ErrorKind::Unsupported, "not an Ethernet adapter")),
    }
}

fn listen(
    receiver: &mut dyn DataLinkReceiver,
    time: Duration,
    own: Ipv4Addr,
    found: &mut BTreeMap<Ipv4Addr, String>,
) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        match receiver.next() {
            Ok(frame) => {
                if let Some((address, mac)) = answer(frame, own) {
                    found.insert(address, mac);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
            // A cable that was pulled: nothing more will come.
            Err(_) => thread::sleep(READ_TIMEOUT),
        }
    }
}

fn request(own_mac: [u8; 6], own: Ipv4Addr, asked: Ipv4Addr) -> [u8; FRAME_BYTES] {
    let parts: [&[u8]; 8] = [&[0xff; 6], &own_mac, &ARP, &KIND, &REQUEST, &own_mac, &own.octets(), &[0; 6]];
    let mut frame = [0; FRAME_BYTES];
    let mut at = 0;
    for part in parts.into_iter().chain([asked.octets().as_slice()]) {
        frame[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    frame
}

/// A reply to us: who has which address.
fn answer(frame: &[u8], own: Ipv4Addr) -> Option<(Ipv4Addr, String)> {
    let arp = frame.get(14..FRAME_BYTES)?;
    let to_us = frame.get(12..14)? == ARP && arp.get(..6)? == KIND && arp.get(6..8)? == REPLY;
    let target: [u8; 4] = arp.get(24..28)?.try_into().ok()?;
    let sender: [u8; 4] = arp.get(14..18)?.try_into().ok()?;
    let mac = address::mac(arp.get(8..14)?)?;
    (to_us && Ipv4Addr::from(target) == own).then(|| (Ipv4Addr::from(sender), mac))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const OTHER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    #[test]
    fn a_request_turned_round_is_an_answer() {
        let asked = request([2, 0, 0, 0, 0, 1], OWN, OTHER);
        assert_eq!(answer(&asked, OWN), None);
        let mut reply = request([2, 0, 0, 0, 0, 2], OTHER, OWN);
        reply[21] = 2;
        assert_eq!(answer(&reply, OWN), Some((OTHER, "02:00:00:00:00:02".into())));
        assert_eq!(answer(&reply, OTHER), None);
        assert_eq!(answer(&reply[..41], OWN), None);
    }

    proptest! {
        #[test]
        fn no_frame_panics(frame in proptest::collection::vec(any::<u8>(), 0..64)) {
            answer(&frame, OWN);
        }
    }
}
