//! Asks for every address of the own network, at most a /24, once an hour and slowly.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Sight;
use crate::address::mask;
use kiemke_schemas::{Problem, section::network::Interface};
use std::net::Ipv4Addr;

/// An agent looks no further than this around itself.
const WIDEST: u8 = 24;

pub(super) fn sweep(interface: &Interface, own: Ipv4Addr, length: u8) -> Result<Vec<Sight>, Problem> {
    platform::sweep(&interface.name, own, &hosts(own, length))
}

/// `192.168.1.0/24`.
pub(super) fn network(own: Ipv4Addr, length: u8) -> String {
    let length = length.clamp(WIDEST, 32);
    format!("{}/{length}", Ipv4Addr::from_bits(own.to_bits() & mask(length)))
}

/// Without the own address, the network's and its broadcast.
fn hosts(own: Ipv4Addr, length: u8) -> Vec<Ipv4Addr> {
    let length = length.clamp(WIDEST, 32);
    let first = own.to_bits() & mask(length);
    let last = first | !mask(length);
    (first.saturating_add(1)..last).filter(|bits| *bits != own.to_bits()).map(Ipv4Addr::from_bits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_a_24_around_the_own_address() {
        let own = Ipv4Addr::new(10, 1, 2, 3);
        let all = hosts(own, 16);
        assert_eq!(
            (all.len(), all[0], all[252]),
            (253, Ipv4Addr::new(10, 1, 2, 1), Ipv4Addr::new(10, 1, 2, 254))
        );
        assert_eq!(network(own, 16), "10.1.2.0/24");
        assert_eq!(network(own, 30), "10.1.2.0/30");
        assert_eq!(hosts(own, 30), [Ipv4Addr::new(10, 1, 2, 1), Ipv4Addr::new(10, 1, 2, 2)]);
        assert!(hosts(own, 32).is_empty());
    }
}
