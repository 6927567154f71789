//! As much of DNS as multicast DNS needs: a question for some services, and the records of an answer.

use std::net::Ipv4Addr;

const PTR: u16 = 12;
const TXT: u16 = 16;
const SRV: u16 = 33;
const A: u16 = 1;
const INTERNET: u16 = 1;
/// "Answer to me alone."
const UNICAST: u16 = 0x8000;
const MOST_RECORDS: usize = 256;
/// A name that points on and on is a trap.
const MOST_JUMPS: usize = 16;
const LONGEST_NAME: usize = 255;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub name: String,
    pub data: Data,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Data {
    Pointer(String),
    /// Host.
    Service(String),
    Text(Vec<(String, String)>),
    Address(Ipv4Addr),
}

pub(super) fn question(services: &[&str]) -> Vec<u8> {
    let count = u16::try_from(services.len()).unwrap_or(0).to_be_bytes();
    let mut packet = vec![0, 0, 0, 0, count[0], count[1], 0, 0, 0, 0, 0, 0];
    for service in services {
        for label in service.split('.') {
            packet.push(u8::try_from(label.len()).unwrap_or(0));
            packet.extend_from_slice(label.as_bytes());
        }
        packet.push(0);
        packet.extend_from_slice(&PTR.to_be_bytes());
        packet.extend_from_slice(&(INTERNET | UNICAST).to_be_bytes());
    }
    packet
}

/// The records of an answer that can be read; kinds nobody asked for are left out.
pub(super) fn records(packet: &[u8]) -> Vec<Record> {
    let mut reader = Reader { packet, at: 12 };
    let count = |at: usize| usize::from(number(packet, at).unwrap_or(0));
    let answers = packet.get(2).is_some_and(|flags| flags & 0x80 != 0);
    let mut found = Vec::new();
    if !answers {
        return found;
    }
    for _ in 0..count(4).min(MOST_RECORDS) {
        if reader.name().is_none() {
            return found;
        }
        reader.at += 4;
    }
    for _ in 0..(count(6) + count(8) + count(10)).min(MOST_RECORDS) {
        let Some(record) = reader.record() else { break };
        found.extend(record);
    }
    found
}

fn number(packet: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(packet.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

struct Reader<'a> {
    packet: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// `Some(None)`: a record of another kind.
    fn record(&mut self) -> Option<Option<Record>> {
        let name = self.name()?;
        let kind = number(self.packet, self.at)?;
        let length = usize::from(number(self.packet, self.at + 8)?);
        let start = self.at + 10;
        let bytes = self.packet.get(start..start.checked_add(length)?)?;
        let data = match kind {
            PTR => Reader { packet: self.packet, at: start }.name().map(Data::Pointer),
            SRV => Reader { packet: self.packet, at: start + 6 }.name().map(Data::Service),
            TXT => Some(Data::Text(pairs(bytes))),
            A => <[u8; 4]>::try_from(bytes).ok().map(|octets| Data::Address(octets.into())),
            _ => None,
        };
        self.at = start + length;
        Some(data.map(|data| Record { name, data }))
    }

    fn name(&mut self) -> Option<String> {
        let (mut at, mut jumps, mut end) = (self.at, 0, None);
        let mut labels: Vec<String> = Vec::new();
        loop {
            let length = *self.packet.get(at)?;
            match length {
                0 => break,
                1..=63 => {
                    let label = self.packet.get(at + 1..at + 1 + usize::from(length))?;
                    labels.push(String::from_utf8_lossy(label).into_owned());
                    at += 1 + usize::from(length);
                }
                192.. => {
                    end.get_or_insert(at + 2);
                    at = usize::from(number(self.packet, at)? & 0x3fff);
                    jumps += 1;
                }
                _ => return None,
            }
            if jumps > MOST_JUMPS || labels.iter().map(|label| label.len() + 1).sum::<usize>() > LONGEST_NAME
            {
                return None;
            }
        }
        self.at = end.unwrap_or(at + 1);
        Some(labels.join("."))
    }
}

/// `key=value` strings, each with its length before it.
fn pairs(mut bytes: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first() {
        let Some(text) = rest.get(..usize::from(*length)) else { break };
        let text = String::from_utf8_lossy(text);
        if let Some((key, value)) = text.split_once('=') {
            found.push((key.to_ascii_lowercase(), value.trim().to_owned()));
        }
        bytes = rest.get(usize::from(*length)..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_question_reads_as_no_answer() {
        let packet = question(&["_ipp._tcp.local"]);
        assert_eq!(packet.len(), 12 + 17 + 4);
        assert_eq!(records(&packet), []);
    }

    #[test]
    fn names_may_point_back_and_a_loop_ends() {
        let mut packet = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        packet.extend(b"\x01a\x05local\x00\x00\x0c\x00\x01\x00\x00\x00\x0a\x00\x04\x01b\xc0\x0e");
        let expected = Record { name: "a.local".into(), data: Data::Pointer("b.local".into()) };
        assert_eq!(records(&packet), [expected]);
        let looped = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 0x0c];
        assert_eq!(records(&looped), []);
    }

    proptest! {
        #[test]
        fn no_packet_panics(mut packet in proptest::collection::vec(any::<u8>(), 0..300)) {
            records(&packet);
            if let Some(flags) = packet.get_mut(2) {
                *flags |= 0x80;
            }
            records(&packet);
        }
    }
}
