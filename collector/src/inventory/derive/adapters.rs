//! Where a device stands in the office network.

use ipnet::{IpNet, Ipv4Net};
use kiemke_schemas::section::network::{Interface, Medium, Network};
use std::net::IpAddr;

/// An agent looks no further than this around itself.
const WIDEST: u8 = 24;

fn real(network: &Network) -> impl Iterator<Item = &Interface> {
    network.interfaces.iter().filter(|one| matches!(one.medium, Medium::Cable | Medium::Wifi))
}

pub(super) fn macs(network: Option<&Network>) -> Vec<String> {
    let mut macs: Vec<String> =
        network.into_iter().flat_map(real).filter_map(|one| one.mac.clone()).collect();
    macs.sort_unstable();
    macs.dedup();
    macs
}

/// IPv4 networks of real adapters, at most a /24 around the own address; that of the default route first.
pub(super) fn networks(network: Option<&Network>) -> Vec<String> {
    let Some(network) = network else { return Vec::new() };
    let mut routes: Vec<_> = network.default_routes.iter().collect();
    routes.sort_by_key(|route| route.metric.unwrap_or(u32::MAX));
    let place = |name: &str| routes.iter().position(|route| route.interface == name).unwrap_or(usize::MAX);
    let mut interfaces: Vec<&Interface> = real(network).filter(|one| one.up != Some(false)).collect();
    interfaces.sort_by_key(|one| place(&one.name));
    let mut found = Vec::new();
    for address in interfaces.iter().flat_map(|one| &one.addresses) {
        if let Some(text) = around(address)
            && !found.contains(&text)
        {
            found.push(text);
        }
    }
    found
}

/// `10.1.2.3/16` → `10.1.2.0/24`.
fn around(address: &str) -> Option<String> {
    let IpNet::V4(own) = address.parse().ok()? else { return None };
    let usable = own.prefix_len() < 31 && !own.addr().is_link_local() && !own.addr().is_loopback();
    let near = Ipv4Net::new(own.addr(), own.prefix_len().max(WIDEST)).ok()?;
    usable.then(|| near.trunc().to_string())
}

/// Whether the text of a network holds the address.
pub fn holds(network: &str, address: IpAddr) -> bool {
    network.parse::<IpNet>().is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_network_of_the_default_route_comes_first() {
        let network: Network = serde_json::from_value(json!({
            "interfaces": [
                {"name": "lo", "medium": "loopback", "addresses": ["127.0.0.1/8"]},
                {"name": "eth1", "medium": "cable", "mac": "aa:bb:cc:00:00:02", "addresses": ["10.9.8.7/16", "fe80::1/64"]},
                {"name": "eth0", "medium": "cable", "mac": "aa:bb:cc:00:00:01", "addresses": ["192.168.1.9/25"]},
                {"name": "tun0", "medium": "tunnel", "addresses": ["10.8.0.2/24"]},
                {"name": "eth2", "medium": "cable", "addresses": ["169.254.1.1/16"]}
            ],
            "default_routes": [{"interface": "eth0", "gateway": "192.168.1.1", "metric": 100}]
        }))
        .unwrap();
        assert_eq!(networks(Some(&network)), ["192.168.1.0/25", "10.9.8.0/24"]);
        assert_eq!(macs(Some(&network)), ["aa:bb:cc:00:00:01", "aa:bb:cc:00:00:02"]);
        assert!(holds("192.168.1.0/25", "192.168.1.100".parse().unwrap()));
        assert!(!holds("192.168.1.0/25", "192.168.1.200".parse().unwrap()));
        assert!(!holds("", "192.168.1.200".parse().unwrap()));
    }
}
