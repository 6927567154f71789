//! `/proc/net/route` and `/proc/net/ipv6_route`.

use kiemke_schemas::section::network::DefaultRoute;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const UP: u32 = 0x1;
const REJECT: u32 = 0x200;

pub fn ipv4(text: &str) -> Vec<DefaultRoute> {
    text.lines().skip(1).filter_map(ipv4_route).collect()
}

fn ipv4_route(line: &str) -> Option<DefaultRoute> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let (destination, gateway, flags, mask) = (hex(1)?, hex(2)?, hex(3)?, hex(7)?);
    (destination == 0 && mask == 0 && flags & (UP | REJECT) == UP).then(|| DefaultRoute {
        interface: fields[0].to_owned(),
        // The kernel prints the number as it lies in memory.
        gateway: (gateway != 0).then(|| IpAddr::V4(Ipv4Addr::from(gateway.to_ne_bytes()))),
        metric: fields.get(6).and_then(|metric| metric.parse().ok()),
    })
}

pub fn ipv6(text: &str) -> Vec<DefaultRoute> {
    text.lines().filter_map(ipv6_route).collect()
}

fn ipv6_route(line: &str) -> Option<DefaultRoute> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let hex = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let address = |at: usize| u128::from_str_radix(fields.get(at)?, 16).ok();
    let (destination, length, gateway) = (address(0)?, hex(1)?, address(4)?);
    let (metric, flags, interface) = (hex(5)?, hex(8)?, *fields.get(9)?);
    let stands = flags & (UP | REJECT) == UP && interface != "lo";
    (destination == 0 && length == 0 && stands).then(|| DefaultRoute {
        interface: interface.to_owned(),
        gateway: (gateway != 0).then(|| IpAddr::V6(Ipv6Addr::from(gateway))),
        metric: Some(metric),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

    #[test]
    fn two_default_routes_of_which_one_has_no_gateway() {
        let text = format!(
            "{HEAD}eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\nppp0\t00000000\t00000000\t0001\t0\t0\t200\t00000000\t0\t0\t0\n\
             eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\neth1\t00000000\t0101A8C0\t0202\t0\t0\t0\t00000000\t0\t0\t0\n"
        );
        let expected = [
            DefaultRoute {
                interface: "eth0".into(),
                gateway: Some("192.168.1.1".parse().unwrap()),
                metric: Some(100),
            },
            DefaultRoute { interface: "ppp0".into(), gateway: None, metric: Some(200) },
        ];
        assert_eq!(ipv4(&text), expected);
    }

    #[test]
    fn the_unreachable_default_of_ipv6_is_none() {
        let zero = "0".repeat(32);
        let text = format!(
            "{zero} 00 {zero} 00 fe80000000000000000000fffe000001 00000400 00000002 00000000 00000003     eth0\n\
             {zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n\
             fd000000000000000000000000000000 40 {zero} 00 {zero} 00000100 00000001 00000000 00000001     eth0\n"
        )
        .replace("fe80000000000000000000fffe000001", "fe8000000000000000fc00fffe000001");
        let expected = [DefaultRoute {
            interface: "eth0".into(),
            gateway: Some("fe80::fc:ff:fe00:1".parse().unwrap()),
            metric: Some(1024),
        }];
        assert_eq!(ipv6(&text), expected);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "([0-9A-Fa-f]{0,40}[ \t\n]){0,40}") {
            let _ = (ipv4(&text), ipv6(&text));
        }
    }
}
