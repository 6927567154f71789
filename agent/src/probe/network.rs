//! Interfaces, default routes, name servers, proxy.

#[cfg(target_os = "linux")]
mod linux;
pub mod routes;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

#[cfg(windows)]
pub use windows::{source_address, working_routes};

use super::Root;
use kiemke_schemas::{
    Section,
    section::network::{Medium, Network},
};
use std::net::IpAddr;

/// Addresses are asked of the operating system, not read from a tree: a value for the same reason as [`Root`].
pub type InterfaceAddress = (String, IpAddr, u8);

pub fn read(root: &Root) -> Section<Network> {
    #[cfg(target_os = "linux")]
    return platform::read(root, platform::addresses());
    #[cfg(windows)]
    platform::read(root)
}

/// Of real adapters, without those that every network has.
pub fn own_addresses(network: &Network) -> Vec<IpAddr> {
    let real = network.interfaces.iter().filter(|one| matches!(one.medium, Medium::Cable | Medium::Wifi));
    let parse = |text: &String| text.split('/').next()?.parse().ok();
    let lasting = |address: &IpAddr| match address {
        IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_loopback(),
        IpAddr::V6(v6) => !v6.is_unicast_link_local() && !v6.is_loopback(),
    };
    real.flat_map(|one| &one.addresses).filter_map(parse).filter(lasting).collect()
}

/// MAC addresses that came with real adapters, sorted: what tells machines apart.
pub fn hardware_macs(root: &Root, network: &Network) -> Vec<String> {
    platform::hardware_macs(root, network)
}

/// `nameserver` lines of resolv.conf; the scope of a link-local address is cut off.
pub fn name_servers(resolv_conf: &str) -> Vec<IpAddr> {
    resolv_conf
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .filter_map(|rest| rest.split_whitespace().next()?.split('%').next()?.parse().ok())
        .collect()
}

/// The proxy of `/etc/environment`, without user and password.
pub fn proxy(environment: &str) -> Option<String> {
    let value = |name: &str| {
        environment.lines().find_map(|line| {
            let line = line.trim();
            let (key, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches(['"', '\'']).to_owned())
        })
    };
    let found = value("https_proxy").or_else(|| value("http_proxy")).or_else(|| value("all_proxy"));
    found.filter(|url| !url.is_empty()).map(|url| without_credentials(&url))
}

fn without_credentials(url: &str) -> String {
    let (scheme, rest) =
        url.split_once("://").map_or((String::new(), url), |(s, rest)| (format!("{s}://"), rest));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}{}", host.trim_end_matches('/'))
}

/// ARPHRD types (`linux/if_arp.h`) and what sysfs adds to them.
pub fn medium(hardware_type: Option<u32>, device_type: Option<&str>, real: bool) -> Medium {
    match (hardware_type, device_type) {
        (Some(772), _) => Medium::Loopback,
        (_, Some("wlan")) | (Some(801..=803), _) => Medium::Wifi,
        (_, Some("wwan")) => Medium::Mobile,
        (Some(512), _) => Medium::Other,
        (Some(768..=770 | 776 | 778 | 823 | 65534), _) | (_, Some("wireguard" | "vxlan" | "gre")) => {
            Medium::Tunnel
        }
        (Some(1), None) if real => Medium::Cable,
        (Some(1 | 32), Some(_)) if real => Medium::Cable,
        (Some(1), _) => Medium::Virtual,
        _ => Medium::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_servers_and_nothing_else() {
        let text = "# nameserver 9.9.9.9\nsearch quan1.local\nnameserver 10.1.0.1\nnameserver fe80::1%eth0\nnameserver x\n";
        let expected: Vec<IpAddr> = vec!["10.1.0.1".parse().unwrap(), "fe80::1".parse().unwrap()];
        assert_eq!(name_servers(text), expected);
    }

    #[test]
    fn a_proxy_is_reported_without_its_password() {
        assert_eq!(
            proxy("HTTP_PROXY=\"http://user:p%40ss@proxy.local:3128/\"\n").as_deref(),
            Some("http://proxy.local:3128")
        );
        assert_eq!(
            proxy("export https_proxy=proxy.local:3128\nhttp_proxy=other").as_deref(),
            Some("proxy.local:3128")
        );
        assert_eq!(proxy("PATH=/bin\nhttp_proxy=\n"), None);
    }

    #[test]
    fn media() {
        assert_eq!(medium(Some(1), None, true), Medium::Cable);
        assert_eq!(medium(Some(1), Some("wlan"), true), Medium::Wifi);
        assert_eq!(medium(Some(1), Some("wwan"), true), Medium::Mobile);
        assert_eq!(medium(Some(1), Some("bridge"), false), Medium::Virtual);
        assert_eq!(medium(Some(65534), None, false), Medium::Tunnel);
        assert_eq!(medium(Some(772), None, false), Medium::Loopback);
        assert_eq!(medium(None, None, false), Medium::Other);
    }
}
