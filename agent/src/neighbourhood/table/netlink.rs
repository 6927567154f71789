//! The kernel's table of IPv6 neighbours: no file shows it, netlink does.

use crate::{address, neighbourhood::Sight, probe::root};
use kiemke_schemas::Problem;
use rustix::{
    fd::OwnedFd,
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netdevice, recv, send, socket_with,
        sockopt,
    },
};
use std::{net::Ipv6Addr, time::Duration};

const SOURCE: &str = "netlink RTM_GETNEIGH";
const PATIENCE: Duration = Duration::from_secs(5);
/// The kernel sends no larger pieces.
const PIECE_BYTES: usize = 32 * 1024;

/// `nlmsghdr`, `ndmsg`, `nlattr`
const HEADER: usize = 16;
const BODY: usize = 12;
const ATTRIBUTE: usize = 4;

const GET_NEIGHBOURS: u16 = 30;
const NEIGHBOUR: u16 = 28;
const ERROR: u16 = 2;
const DONE: u16 = 3;
const REQUEST_DUMP: u16 = 0x301;
const INET6: u8 = 10;
/// Reachable, stale, waiting, being checked, permanent: as `/proc/net/arp` calls a row complete.
const KNOWN: u16 = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
const DESTINATION: u16 = 1;
const LINK_ADDRESS: u16 = 2;

#[derive(Debug, PartialEq, Eq)]
struct Row {
    interface: u32,
    address: Ipv6Addr,
    mac: [u8; 6],
}

#[derive(Debug, PartialEq, Eq)]
enum Then {
    More,
    Done,
    Refused(i32),
}

pub(super) fn sights() -> Result<Vec<Sight>, Problem> {
    ask().map_err(|error| root::problem(SOURCE, &error.into()))
}

fn ask() -> Result<Vec<Sight>, Errno> {
    // No protocol is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
    send(&socket, &request(), SendFlags::empty())?;
    let (mut rows, mut buffer) = (Vec::new(), vec![0; PIECE_BYTES]);
    loop {
        let (length, _) = recv(&socket, buffer.as_mut_slice(), RecvFlags::empty())?;
        match read(buffer.get(..length).unwrap_or_default(), &mut rows) {
            Then::More => {}
            Then::Done => return Ok(rows.iter().filter_map(|row| sight(&socket, row)).collect()),
            Then::Refused(code) => return Err(Errno::from_raw_os_error(code)),
        }
    }
}

/// `None`: the adapter has gone meanwhile.
fn sight(socket: &OwnedFd, row: &Row) -> Option<Sight> {
    let interface = netdevice::index_to_name(socket, row.interface).ok()?;
    Some(Sight { address: row.address.into(), mac: address::mac(&row.mac)?, interface })
}

fn request() -> [u8; HEADER + BODY] {
    let mut message = [0; HEADER + BODY];
    let length = u32::try_from(message.len()).unwrap_or_default().to_ne_bytes();
    let parts: [&[u8]; 3] = [&length, &GET_NEIGHBOURS.to_ne_bytes(), &REQUEST_DUMP.to_ne_bytes()];
    for (place, byte) in message.iter_mut().zip(parts.concat()) {
        *place = byte;
    }
    message[HEADER] = INET6;
    message
}

/// One piece of the answer: messages, each on a multiple of four bytes.
fn read(mut piece: &[u8], rows: &mut Vec<Row>) -> Then {
    while let (Some(length), Some(kind)) = (number_4(piece, 0), number_2(piece, 4)) {
        let length = length as usize;
        let Some(message) = piece.get(HEADER..length) else { break };
        match kind {
            DONE => return Then::Done,
            ERROR => {
                return Then::Refused(number_4(message, 0).unwrap_or_default().cast_signed().wrapping_neg());
            }
            NEIGHBOUR => rows.extend(row(message)),
            _ => {}
        }
        piece = piece.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Then::More
}

fn row(message: &[u8]) -> Option<Row> {
    let known = *message.first()? == INET6 && number_2(message, 8)? & KNOWN != 0;
    let interface = number_4(message, 4).filter(|_| known)?;
    let address: [u8; 16] = attribute(message.get(BODY..)?, DESTINATION)?.try_into().ok()?;
    let mac = attribute(message.get(BODY..)?, LINK_ADDRESS)?.try_into().ok()?;
    Some(Row { interface, address: address.into(), mac })
}

fn attribute(mut list: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(number_2(list, 0)?);
        let value = list.get(ATTRIBUTE..length)?;
        if number_2(list, 2)? == wanted {
            return Some(value);
        }
        list = list.get(length.next_multiple_of(4)..)?;
    }
}

fn number_4(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn number_2(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADDRESS: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];

    fn message(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(HEADER + content.len()).unwrap().to_ne_bytes();
        let mut all = [&length[..], &kind.to_ne_bytes(), &[0; 10], content].concat();
        all.resize(all.len().next_multiple_of(4), 0);
        all
    }

    fn neighbour(family: u8, state: u16) -> Vec<u8> {
        let (index, state) = (7_i32.to_ne_bytes(), state.to_ne_bytes());
        let attribute = |kind: u16, value: &[u8]| {
            let length = u16::try_from(ATTRIBUTE + value.len()).unwrap().to_ne_bytes();
            let mut all = [&length[..], &kind.to_ne_bytes(), value].concat();
            all.resize(all.len().next_multiple_of(4), 0);
            all
        };
        let parts = [&[family, 0, 0, 0][..], &index, &state, &[0, 0]].concat();
        let attributes = [attribute(LINK_ADDRESS, &MAC), attribute(DESTINATION, &ADDRESS.octets())].concat();
        message(NEIGHBOUR, &[parts, attributes].concat())
    }

    #[test]
    fn rows_of_ipv6_that_are_known_and_the_end() {
        let (reachable, failed, no_arp) =
            (neighbour(INET6, 0x02), neighbour(INET6, 0x20), neighbour(INET6, 0x40));
        let piece = [reachable, failed, no_arp, neighbour(2, 0x02)].concat();
        let mut rows = Vec::new();
        assert_eq!(read(&piece, &mut rows), Then::More);
        assert_eq!(rows, [Row { interface: 7, address: ADDRESS, mac: MAC }]);
        assert_eq!(read(&message(DONE, &[0; 4]), &mut rows), Then::Done);
        assert_eq!(read(&message(ERROR, &(-1_i32).to_ne_bytes()), &mut rows), Then::Refused(1));
    }

    #[test]
    fn the_kernel_answers() {
        sights().unwrap();
    }

    proptest! {
        #[test]
        fn no_piece_panics(piece in proptest::collection::vec(any::<u8>(), 0..128), kind in 0_u16..32) {
            read(&piece, &mut Vec::new());
            read(&message(kind, &piece), &mut Vec::new());
            read(&message(NEIGHBOUR, &[&[INET6, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0], piece.as_slice()].concat()), &mut Vec::new());
        }
    }
}
