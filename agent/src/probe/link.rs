//! The public address per default route, as an echo endpoint tells it. Asking is the transport's business
//! (`echo.rs`); here is what the answers mean.

use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::link::{Links, PublicAddress},
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One answer, or why there was none.
pub type Answer = Result<PublicAddress, Problem>;

/// An address that is not public tells nothing about the line: the collector stands on this side of it.
pub fn section(answers: Vec<Answer>) -> Section<Links> {
    let (mut public_addresses, mut problems) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Ok(told) if is_public(told.address) => public_addresses.push(told),
            Ok(told) => problems.push(Problem::new(
                ProblemKind::Absent,
                told.told_by,
                format!("sees this machine as {}, which is no public address", told.address),
            )),
            Err(problem) => problems.push(problem),
        }
    }
    public_addresses
        .sort_by(|a, b| (&a.interface, a.address, &a.told_by).cmp(&(&b.interface, b.address, &b.told_by)));
    public_addresses.dedup();
    let value = (!public_addresses.is_empty()).then(|| Links { public_addresses, lines: Vec::new() });
    Section { value, problems }
}

pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => is_public_6(address),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let carrier_nat = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (18..20).contains(&b);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || carrier_nat
        || benchmark
        || a == 0
        || a >= 240)
}

/// Global unicast is 2000::/3; documentation lies inside.
fn is_public_6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    first & 0xe000 == 0x2000 && (first, second) != (0x2001, 0x0db8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(address: &str) -> Answer {
        Ok(PublicAddress {
            address: address.parse().unwrap(),
            told_by: "https://collector/api/v1/echo".into(),
            interface: Some("eth0".into()),
            gateway: None,
        })
    }

    #[test]
    fn public_addresses_only() {
        for address in ["113.161.1.1", "2405:4800::1", "::ffff:113.161.1.1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "10.0.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "fe80::1",
            "fd00::1",
            "0.0.0.0",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_private_address_leaves_the_line_unknown() {
        let section = section(vec![told("10.0.0.1")]);
        assert_eq!(section.value, None);
        assert_eq!(section.problems[0].message, "sees this machine as 10.0.0.1, which is no public address");
    }

    #[test]
    fn one_route_that_answers_and_one_that_does_not() {
        let failed =
            Problem::new(ProblemKind::Timeout, "https://collector/api/v1/echo over eth1", "no answer");
        let section = section(vec![told("113.161.1.1"), Err(failed.clone())]);
        assert_eq!(
            section.value.unwrap().public_addresses[0].address,
            "113.161.1.1".parse::<IpAddr>().unwrap()
        );
        assert_eq!(section.problems, [failed]);
    }
}
