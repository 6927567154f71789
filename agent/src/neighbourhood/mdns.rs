//! Printers and scanners that tell themselves by multicast DNS: one question an adapter, answers for a moment.

use super::dns::{self, Data, Record};
use crate::probe::{
    network_printer::family::{self, Family},
    peripheral::full_name,
};
use jiff::Timestamp;
use kiemke_schemas::{
    Problem, ProblemKind,
    section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral},
};
use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

const GROUP: (Ipv4Addr, u16) = (Ipv4Addr::new(224, 0, 0, 251), 5353);
const PRINTS: &str = "_ipp._tcp.local";
const SCANS: &str = "_uscan._tcp.local";
const LISTEN: Duration = Duration::from_secs(3);
const MOST_ANSWERS: usize = 500;

/// A device that told itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announced {
    pub address: IpAddr,
    /// As it calls itself.
    pub name: String,
    pub vendor: Option<String>,
    pub model: Option<String>,
    pub prints: bool,
    pub scans: bool,
}

impl Announced {
    pub(super) fn peripheral(&self, now: Timestamp) -> Option<Peripheral> {
        let name =
            full_name(self.vendor.as_deref(), self.model.as_deref()).unwrap_or_else(|| self.name.clone());
        let kind = match (self.prints, self.scans) {
            (true, true) => Kind::Multifunction,
            // Older devices scan by protocols of their makers, which they do not announce.
            (true, false) if family::of(&name) == Some(Family::Multifunction) => Kind::Multifunction,
            (true, false) => Kind::Printer,
            (false, true) => Kind::Scanner,
            (false, false) => return None,
        };
        Some(Peripheral {
            vendor: self.vendor.clone(),
            model: self.model.clone(),
            address: Some(self.address),
            ..Peripheral::seen(kind, Connection::Network, name, ClassifiedBy::Mdns, now)
        })
    }
}

/// Asks over the adapters with these addresses.
pub(super) fn ask(own: &[Ipv4Addr]) -> (Vec<Announced>, Vec<Problem>) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for address in own {
        match ask_over(*address) {
            Ok(records) => all.extend(records),
            Err(error) => {
                let source = format!("multicast DNS over {address}");
                problems.push(Problem::new(ProblemKind::Failed, source, error.to_string()));
            }
        }
    }
    (announced(&all, own), problems)
}

/// Not from port 5353: whoever answers then answers to us alone.
fn ask_over(own: Ipv4Addr) -> io::Result<Vec<Record>> {
    let socket = UdpSocket::bind((own, 0))?;
    socket.set_multicast_ttl_v4(255)?;
    socket.set_read_timeout(Some(Duration::from_millis(100)))?;
    socket.send_to(&dns::question(&[PRINTS, SCANS]), GROUP)?;
    let (mut records, mut answers, end) = (Vec::new(), 0, Instant::now() + LISTEN);
    let mut buffer = [0; 9000];
    while Instant::now() < end && answers < MOST_ANSWERS {
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => {
                answers += 1;
                records.extend(from_link(from, buffer.get(..length).unwrap_or_default()));
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(records)
}

/// Whoever answers is a neighbour, whatever its records say.
fn from_link(from: SocketAddr, packet: &[u8]) -> Vec<Record> {
    let IpAddr::V4(sender) = from.ip() else { return Vec::new() };
    let mut records = dns::records(packet);
    let hosts: Vec<String> = records
        .iter()
        .filter_map(|record| match &record.data {
            Data::Service(host) => Some(host.clone()),
            _ => None,
        })
        .collect();
    for host in hosts {
        let told = records.iter().any(|one| one.name == host && matches!(one.data, Data::Address(_)));
        if !told {
            records.push(Record { name: host, data: Data::Address(sender) });
        }
    }
    records
}

/// Computers announce the queues that they share as if they were printers.
fn is_queue(text: impl Fn(&str) -> Option<String>) -> bool {
    text("rp").is_some_and(|path| ["printers/", "classes/"].iter().any(|start| path.starts_with(start)))
}

fn announced(records: &[Record], own: &[Ipv4Addr]) -> Vec<Announced> {
    let mut found = BTreeMap::<IpAddr, Announced>::new();
    for record in records {
        let (prints, scans) = (record.name == PRINTS, record.name == SCANS);
        let Data::Pointer(instance) = &record.data else { continue };
        if !(prints || scans) {
            continue;
        }
        let Some(address) = address_of(records, instance) else { continue };
        let text = text_of(records, instance);
        if is_queue(&text) || own.iter().any(|own| IpAddr::V4(*own) == address) {
            continue;
        }
        let one = found.entry(address).or_insert_with(|| Announced {
            address,
            name: instance.split("._").next().unwrap_or(instance).to_owned(),
            vendor: text("usb_mfg").or_else(|| text("mfg")),
            model: text("usb_mdl").or_else(|| text("ty")).or_else(|| text("mdl")),
            prints: false,
            scans: false,
        });
        one.prints |= prints;
        one.scans |= scans || text("scan").is_some_and(|value| value.eq_ignore_ascii_case("t"));
    }
    found.into_values().collect()
}

fn address_of(records: &[Record], instance: &str) -> Option<IpAddr> {
    let host = records.iter().find_map(|record| match &record.data {
        Data::Service(host) if record.name == instance => Some(host),
        _ => None,
    })?;
    records.iter().find_map(|record| match record.data {
        Data::Address(address) if record.name == *host => Some(IpAddr::V4(address)),
        _ => None,
    })
}

fn text_of<'a>(records: &'a [Record], instance: &'a str) -> impl Fn(&str) -> Option<String> + 'a {
    move |key| {
        let pairs =
            records.iter().filter(|record| record.name == instance).filter_map(|record| match &record.data {
                Data::Text(pairs) => Some(pairs),
                _ => None,
            });
        pairs.flatten().find(|(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, data: Data) -> Record {
        Record { name: name.into(), data }
    }

    #[test]
    fn a_device_that_prints_and_scans_is_one() {
        let instance = |service: &str| format!("Brother MFC-L2710DW series.{service}");
        let text = |pairs: &[(&str, &str)]| {
            Data::Text(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
        };
        let records = [
            record(PRINTS, Data::Pointer(instance(PRINTS))),
            record(SCANS, Data::Pointer(instance(SCANS))),
            record(&instance(PRINTS), Data::Service("BRW1.local".into())),
            record(&instance(SCANS), Data::Service("BRW1.local".into())),
            record(&instance(PRINTS), text(&[("usb_mfg", "Brother"), ("usb_mdl", "MFC-L2710DW series")])),
            record("BRW1.local", Data::Address(Ipv4Addr::new(192, 168, 1, 9))),
            record(PRINTS, Data::Pointer("nowhere".into())),
        ];
        let found = announced(&records, &[]);
        assert_eq!(found.len(), 1);
        let thing = found[0].peripheral(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((thing.kind, thing.name.as_str()), (Kind::Multifunction, "Brother MFC-L2710DW series"));
        assert_eq!(thing.address, "192.168.1.9".parse().ok());
        assert_eq!(announced(&records, &[Ipv4Addr::new(192, 168, 1, 9)]), []);
    }

    #[test]
    fn a_shared_queue_is_no_printer() {
        let told = |path: &str| {
            let instance = format!("Canon LBP2900 @ pc-07.{PRINTS}");
            let records = [
                record(PRINTS, Data::Pointer(instance.clone())),
                record(&instance, Data::Service("pc-07.local".into())),
                record(
                    &instance,
                    Data::Text(vec![("rp".into(), path.into()), ("ty".into(), "Canon LBP2900".into())]),
                ),
                record("pc-07.local", Data::Address(Ipv4Addr::new(192, 168, 1, 7))),
            ];
            announced(&records, &[]).len()
        };
        assert_eq!((told("printers/LBP2900"), told("classes/all"), told("ipp/print")), (0, 0, 1));
    }

    #[test]
    fn an_adapter_that_fails_is_a_problem_and_no_end() {
        // Of the documentation's network: no adapter has it.
        let (found, problems) = ask(&[Ipv4Addr::new(192, 0, 2, 77), Ipv4Addr::new(192, 0, 2, 78)]);
        assert_eq!(found, []);
        let sources: Vec<&str> = problems.iter().map(|problem| problem.source.as_str()).collect();
        assert_eq!(sources, ["multicast DNS over 192.0.2.77", "multicast DNS over 192.0.2.78"]);
    }
}
