use super::{InterfaceAddress, medium, name_servers, proxy, routes};
use crate::probe::Root;
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::network::{DefaultRoute, Interface, Medium, Network},
};
use std::net::IpAddr;

const CLASS: &str = "/sys/class/net";
/// `addr_assign_type`: the address came with the adapter.
const PERMANENT: &str = "0";

pub fn read(root: &Root, addresses: Result<Vec<InterfaceAddress>, Problem>) -> Section<Network> {
    let mut problems = Vec::new();
    let addresses = addresses.unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    let names = match root.names(CLASS) {
        Ok(names) => names,
        Err(problem) => {
            problems.push(problem);
            return Section { value: None, problems };
        }
    };
    let passing = passing_addresses(root);
    let interfaces = names
        .into_iter()
        .filter(|name| !plumbing(root, name))
        .map(|name| interface(root, name, &addresses, &passing))
        .collect();
    let value = Network {
        interfaces,
        default_routes: default_routes(root, &mut problems),
        dns_servers: dns_servers(root, &mut problems),
        proxy: root.value("/etc/environment", &mut problems).and_then(|text| proxy(&text)),
    };
    Section { value: Some(value), problems }
}

pub fn addresses() -> Result<Vec<InterfaceAddress>, Problem> {
    let list = nix::ifaddrs::getifaddrs()
        .map_err(|error| Problem::new(ProblemKind::Failed, "getifaddrs", error.to_string()))?;
    Ok(list
        .filter_map(|entry| Some((entry.interface_name, ip(&entry.address?)?, length(&entry.netmask?)?)))
        .collect())
}

fn ip(address: &nix::sys::socket::SockaddrStorage) -> Option<IpAddr> {
    let of_4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
    of_4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
}

fn length(mask: &nix::sys::socket::SockaddrStorage) -> Option<u8> {
    let ones = match ip(mask)? {
        IpAddr::V4(mask) => mask.to_bits().count_ones(),
        IpAddr::V6(mask) => mask.to_bits().count_ones(),
    };
    u8::try_from(ones).ok()
}

/// The host ends of containers' and virtual machines' cables, and traffic shapers: they come and go all day.
fn plumbing(root: &Root, name: &str) -> bool {
    let at = format!("{CLASS}/{name}");
    let other_end = root.attribute(&format!("{at}/ifindex")) != root.attribute(&format!("{at}/iflink"));
    let cable = root.exists(&format!("{at}/brport")) && other_end && !root.exists(&format!("{at}/device"));
    cable || name.starts_with("veth") || name.starts_with("ifb")
}

fn interface(root: &Root, name: String, addresses: &[InterfaceAddress], passing: &[IpAddr]) -> Interface {
    let at = format!("{CLASS}/{name}");
    let text = |file: &str| root.attribute(&format!("{at}/{file}"));
    let medium = medium_of(root, &at);
    let mut own: Vec<_> = addresses
        .iter()
        .filter(|(interface, address, _)| *interface == name && !passing.contains(address))
        .map(|(_, address, length)| format!("{address}/{length}"))
        .collect();
    own.sort_unstable();
    Interface {
        description: text("ifalias"),
        mac: text("address")
            .map(|mac| mac.to_lowercase())
            .filter(|mac| mac.len() == 17 && mac != "00:00:00:00:00:00"),
        up: up(text("operstate").as_deref(), medium),
        // Mbit/s; -1 and an error where there is no cable. The speed of Wi-Fi is no fact: it moves all the time.
        speed_bps: text("speed")
            .and_then(|speed| speed.parse::<u64>().ok())
            .filter(|speed| (1..4_000_000).contains(speed) && medium == Medium::Cable)
            .map(|speed| speed * 1_000_000),
        medium,
        addresses: own,
        name,
    }
}

fn medium_of(root: &Root, at: &str) -> Medium {
    let hardware_type = root.attribute(&format!("{at}/type")).and_then(|text| text.parse().ok());
    let uevent = root.attribute(&format!("{at}/uevent")).unwrap_or_default();
    let device_type = uevent.lines().find_map(|line| line.strip_prefix("DEVTYPE="));
    let wireless = root.exists(&format!("{at}/wireless")) || root.exists(&format!("{at}/phy80211"));
    let device_type = if wireless { Some("wlan") } else { device_type };
    medium(hardware_type, device_type, root.exists(&format!("{at}/device")))
}

/// `unknown` is what drivers without carrier detection say.
fn up(operstate: Option<&str>, medium: Medium) -> Option<bool> {
    match operstate? {
        "up" => Some(true),
        "down" | "lowerlayerdown" | "notpresent" | "dormant" => Some(false),
        "unknown" if matches!(medium, Medium::Loopback | Medium::Tunnel) => Some(true),
        _ => None,
    }
}

/// Privacy addresses of IPv6 and those still being checked change every day: no facts about a machine.
fn passing_addresses(root: &Root) -> Vec<IpAddr> {
    const TEMPORARY: u32 = 0x01;
    const DEPRECATED: u32 = 0x20;
    const TENTATIVE: u32 = 0x40;
    let text = root.attribute("/proc/net/if_inet6").unwrap_or_default();
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let address = u128::from_str_radix(fields.first()?, 16).ok()?;
            let flags = u32::from_str_radix(fields.get(4)?, 16).ok()?;
            (flags & (TEMPORARY | DEPRECATED | TENTATIVE) != 0).then(|| IpAddr::V6(address.into()))
        })
        .collect()
}

fn default_routes(root: &Root, problems: &mut Vec<Problem>) -> Vec<DefaultRoute> {
    let mut routes = routes::ipv4(&root.value("/proc/net/route", problems).unwrap_or_default());
    // Absent where IPv6 is switched off.
    routes.extend(routes::ipv6(&root.value("/proc/net/ipv6_route", problems).unwrap_or_default()));
    routes.sort_by(|a, b| (a.metric, &a.interface, a.gateway).cmp(&(b.metric, &b.interface, b.gateway)));
    routes
}

/// With systemd's stub the real servers stand in its own file.
fn dns_servers(root: &Root, problems: &mut Vec<Problem>) -> Vec<IpAddr> {
    let servers = name_servers(&root.value("/etc/resolv.conf", problems).unwrap_or_default());
    let stub = servers.iter().all(IpAddr::is_loopback);
    let behind =
        root.attribute("/run/systemd/resolve/resolv.conf").filter(|_| stub).map(|text| name_servers(&text));
    behind.filter(|servers| !servers.is_empty()).unwrap_or(servers)
}

pub fn hardware_macs(root: &Root, network: &Network) -> Vec<String> {
    let real = |interface: &&Interface| {
        let at = format!("{CLASS}/{}", interface.name);
        let permanent =
            root.attribute(&format!("{at}/addr_assign_type")).is_none_or(|kind| kind == PERMANENT);
        root.exists(&format!("{at}/device")) && permanent
    };
    let mut macs: Vec<_> = network.interfaces.iter().filter(real).filter_map(|i| i.mac.clone()).collect();
    macs.sort_unstable();
    macs.dedup();
    macs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;

    #[test]
    fn a_desktop_with_cable_and_a_container_host_bridge() {
        let (_guard, root) = tree(&[
            ("/sys/class/net/enp1s0/type", "1\n"),
            ("/sys/class/net/enp1s0/address", "A4:BB:6D:01:02:03\n"),
            ("/sys/class/net/enp1s0/operstate", "up\n"),
            ("/sys/class/net/enp1s0/speed", "1000\n"),
            ("/sys/class/net/enp1s0/addr_assign_type", "0\n"),
            ("/sys/class/net/enp1s0/device/vendor", "0x8086\n"),
            ("/sys/class/net/docker0/type", "1\n"),
            ("/sys/class/net/docker0/address", "02:42:01:02:03:04\n"),
            ("/sys/class/net/docker0/uevent", "DEVTYPE=bridge\nINTERFACE=docker0\n"),
            ("/sys/class/net/veth12ab/type", "1\n"),
            ("/proc/net/route", "head\nenp1s0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"),
            ("/proc/net/if_inet6", "20010db8000000000000000000000005 02 40 00 01   enp1s0\n"),
            ("/etc/resolv.conf", "nameserver 127.0.0.53\n"),
            ("/run/systemd/resolve/resolv.conf", "nameserver 192.168.1.1\n"),
        ]);
        let addresses = vec![
            ("enp1s0".to_owned(), "192.168.1.5".parse().unwrap(), 24),
            ("enp1s0".to_owned(), "2001:db8::5".parse().unwrap(), 64),
        ];
        let section = read(&root, Ok(addresses));
        assert_eq!(section.problems, []);
        let network = section.value.unwrap();
        let seen: Vec<_> =
            network.interfaces.iter().map(|i| (i.name.as_str(), i.medium, i.up, i.speed_bps)).collect();
        let expected = [
            ("docker0", Medium::Virtual, None, None),
            ("enp1s0", Medium::Cable, Some(true), Some(1_000_000_000)),
        ];
        assert_eq!(seen, expected);
        assert_eq!(network.interfaces[1].addresses, ["192.168.1.5/24"]);
        assert_eq!(hardware_macs(&root, &network), ["a4:bb:6d:01:02:03"]);
        assert_eq!(network.default_routes[0].gateway, Some("192.168.1.1".parse().unwrap()));
        assert_eq!(network.dns_servers, ["192.168.1.1".parse::<IpAddr>().unwrap()]);
    }

    #[test]
    fn this_machine_has_a_loopback_address() {
        let addresses = addresses().unwrap();
        assert!(addresses.iter().any(|(_, address, length)| address.is_loopback() && *length >= 8));
    }

    #[test]
    fn no_sysfs_is_unknown() {
        let (_guard, root) = tree::<&str>(&[]);
        let section = read(&root, Ok(Vec::new()));
        assert_eq!(section.value, None);
        assert_eq!(section.problems[0].source, CLASS);
    }
}
