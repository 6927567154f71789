//! What a neighbour may be, from what it does not hide. No port is tried.

use super::mdns::Announced;
use kiemke_schemas::section::{neighbour::NeighbourKind, network::Network};
use std::net::IpAddr;

const CERTAIN: u32 = 900;
/// Phones make up an address for each Wi-Fi; so do some laptops.
const MADE_UP_ADDRESS: u32 = 500;

pub(super) fn kind(
    address: IpAddr,
    mac: &str,
    network: &Network,
    announced: &[Announced],
) -> (NeighbourKind, u32) {
    if network.default_routes.iter().any(|route| route.gateway == Some(address)) {
        return (NeighbourKind::Router, CERTAIN);
    }
    if announced.iter().any(|one| one.address == address) {
        return (NeighbourKind::Printer, CERTAIN);
    }
    if is_made_up(mac) {
        return (NeighbourKind::Phone, MADE_UP_ADDRESS);
    }
    (NeighbourKind::Unknown, 0)
}

/// The bit that says "locally administered".
fn is_made_up(mac: &str) -> bool {
    mac.get(..2).and_then(|first| u8::from_str_radix(first, 16).ok()).is_some_and(|first| first & 2 == 2)
}
