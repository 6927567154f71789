use crate::address::mask;
use std::net::Ipv4Addr;

/// An address of an interface with the length of its network, where the router tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    pub address: Ipv4Addr,
    pub length: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Loopback, unset, multicast, benchmark: says nothing about the interface.
    None,
    LinkLocal,
    Private,
    /// 100.64.0.0/10: a provider's own network.
    Carrier,
    /// Networks of examples too: recordings carry them in place of real ones.
    Public,
}

pub fn scope(address: Ipv4Addr) -> Scope {
    match address.octets() {
        [0 | 127, ..] | [224..=255, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] | [128, 0, ..] => Scope::None,
        // The second is nobody's, and pairs of firewalls talk over it.
        [169, 254, ..] | [169, 255, 255, _] => Scope::LinkLocal,
        [100, 64..=127, ..] => Scope::Carrier,
        _ if address.is_private() => Scope::Private,
        _ => Scope::Public,
    }
}

impl Network {
    pub fn holds(self, other: Ipv4Addr) -> bool {
        let Some(length) = self.length else { return false };
        let mask = mask(length);
        self.address.to_bits() & mask == other.to_bits() & mask
    }

    /// `.1` and `.254` of a network inside.
    pub fn is_of_a_gateway(self) -> bool {
        scope(self.address) == Scope::Private && matches!(self.address.octets()[3], 1 | 254)
    }

    /// The network itself, as far as it is told.
    pub fn base(self) -> u32 {
        self.address.to_bits() & mask(self.length.unwrap_or(32))
    }
}

/// Bits of a contiguous mask.
pub fn length_of(mask: Ipv4Addr) -> Option<u8> {
    let bits = mask.to_bits();
    let ones = bits.leading_ones();
    (bits.count_ones() == ones).then(|| u8::try_from(ones).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        for (text, expected) in [
            ("0.2.0.2", Scope::None),
            ("127.0.0.1", Scope::None),
            ("198.18.9.1", Scope::None),
            ("128.0.1.16", Scope::None),
            ("169.254.3.4", Scope::LinkLocal),
            ("169.255.255.21", Scope::LinkLocal),
            ("172.31.0.1", Scope::Private),
            ("100.64.0.1", Scope::Carrier),
            ("100.128.0.1", Scope::Public),
            ("113.160.1.1", Scope::Public),
        ] {
            assert_eq!(scope(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn networks_hold_their_neighbours() {
        let network = Network { address: Ipv4Addr::new(185, 6, 188, 48), length: Some(27) };
        assert!(network.holds(Ipv4Addr::new(185, 6, 188, 62)));
        assert!(!network.holds(Ipv4Addr::new(185, 6, 188, 64)));
        assert!(Network { length: Some(0), ..network }.holds(Ipv4Addr::LOCALHOST));
        assert!(!Network { length: None, ..network }.holds(network.address));
        assert_eq!(length_of(Ipv4Addr::new(255, 255, 255, 224)), Some(27));
        assert_eq!(length_of(Ipv4Addr::new(255, 0, 255, 0)), None);
    }
}
