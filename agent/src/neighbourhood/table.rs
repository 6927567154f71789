//! The operating system's tables of neighbours: ARP for IPv4, neighbour discovery for IPv6.

#[cfg(target_os = "linux")]
mod netlink;
#[cfg(any(windows, test))]
mod windows;

use super::Sight;
use crate::probe::Root;
use kiemke_schemas::Problem;

#[cfg(any(not(windows), test))]
const ARP: &str = "/proc/net/arp";
#[cfg(target_os = "linux")]
const SPEAKS_IPV6: &str = "/proc/net/if_inet6";
#[cfg(any(not(windows), test))]
const COMPLETE: u32 = 0x2;

#[cfg(windows)]
pub(super) fn read(_root: &Root, problems: &mut Vec<Problem>) -> Vec<Sight> {
    windows::of(&crate::probe::windows::System, problems)
}

#[cfg(not(windows))]
pub(super) fn read(root: &Root, problems: &mut Vec<Problem>) -> Vec<Sight> {
    let mut sights = root.value(ARP, problems).map(|text| arp(&text)).unwrap_or_default();
    #[cfg(target_os = "linux")]
    if root.exists(SPEAKS_IPV6) {
        match netlink::sights() {
            Ok(of_6) => sights.extend(of_6),
            Err(problem) => problems.push(problem),
        }
    }
    sights
}

#[cfg(any(not(windows), test))]
fn arp(text: &str) -> Vec<Sight> {
    text.lines().skip(1).filter_map(line).collect()
}

#[cfg(any(not(windows), test))]
fn line(line: &str) -> Option<Sight> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [address, kind, flags, mac, _mask, interface] = fields.as_slice() else { return None };
    let number = |text: &str| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok();
    let complete = number(flags)? & COMPLETE != 0 && number(kind)? == 1;
    let mac = mac.to_ascii_lowercase();
    let shaped = mac.len() == 17 && mac.split(':').all(|part| u8::from_str_radix(part, 16).is_ok());
    (complete && shaped).then_some(())?;
    Some(Sight { address: address.parse().ok()?, mac, interface: (*interface).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "IP address       HW type     Flags       HW address            Mask     Device\n\
        192.168.1.20     0x1         0x2         3C:52:82:00:00:01     *        eth0\n\
        192.168.1.21     0x1         0x0         00:00:00:00:00:00     *        eth0\n\
        garbage\n";

    #[test]
    fn complete_entries_alone() {
        let expected = Sight {
            address: "192.168.1.20".parse().unwrap(),
            mac: "3c:52:82:00:00:01".into(),
            interface: "eth0".into(),
        };
        assert_eq!(arp(TEXT), [expected]);
    }

    proptest! {
        #[test]
        fn no_table_panics(text in "(?s).{0,200}") {
            arp(&text);
        }
    }
}
