use crate::text::fold;
use ipnet::IpNet;
use prefix_trie::PrefixMap;
use serde::Deserialize;
use std::{collections::BTreeMap, net::IpAddr};

const NETWORKS: &str = include_str!("../../reference/isps.csv");
const PREFIXES: &str = include_str!("../../reference/isp-prefixes.csv");

/// One autonomous system of Vietnam.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Network {
    pub asn: u32,
    /// Name in the routing registry.
    pub as_name: String,
    /// Brand, e.g. `VNPT`; the registry's name where it is none that the table knows.
    pub isp: String,
    /// Equal values share domestic infrastructure, so two of them are no reserve for each other.
    pub infrastructure_group: String,
    #[serde(deserialize_with = "yes")]
    pub named: bool,
}

fn yes<'de, D: serde::Deserializer<'de>>(text: D) -> Result<bool, D::Error> {
    Ok(String::deserialize(text)? == "yes")
}

fn net<'de, D: serde::Deserializer<'de>>(text: D) -> Result<IpNet, D::Error> {
    String::deserialize(text)?.parse().map_err(serde::de::Error::custom)
}

#[derive(Deserialize)]
struct Prefix {
    #[serde(deserialize_with = "net")]
    prefix: IpNet,
    asn: u32,
}

pub struct IspTable {
    networks: BTreeMap<u32, Network>,
    v4: PrefixMap<ipnet::Ipv4Net, u32>,
    v6: PrefixMap<ipnet::Ipv6Net, u32>,
}

impl IspTable {
    pub(super) fn embedded() -> Self {
        Self::parse(NETWORKS, PREFIXES)
    }

    pub(super) fn parse(networks: &str, prefixes: &str) -> Self {
        let networks = super::rows::<Network>(networks).map(|network| (network.asn, network)).collect();
        let (mut v4, mut v6) = (PrefixMap::new(), PrefixMap::new());
        for Prefix { prefix, asn } in super::rows::<Prefix>(prefixes) {
            match prefix {
                IpNet::V4(prefix) => v4.insert(prefix, asn),
                IpNet::V6(prefix) => v6.insert(prefix, asn),
            };
        }
        Self { networks, v4, v6 }
    }

    /// Numbers of networks and prefixes.
    pub fn sizes(&self) -> (usize, usize) {
        (self.networks.len(), self.v4.len() + self.v6.len())
    }

    /// The network of the longest prefix that holds the address.
    pub fn network_of(&self, address: IpAddr) -> Option<&Network> {
        let asn = match address.to_canonical() {
            IpAddr::V4(v4) => self.v4.get_lpm(&ipnet::Ipv4Net::from(v4)).map(|(_, asn)| asn),
            IpAddr::V6(v6) => self.v6.get_lpm(&ipnet::Ipv6Net::from(v6)).map(|(_, asn)| asn),
        };
        self.network(*asn?)
    }

    pub fn network(&self, asn: u32) -> Option<&Network> {
        self.networks.get(&asn)
    }

    /// Brand as the table writes it and its infrastructure group, for a name that a person wrote.
    pub fn brand(&self, name: &str) -> Option<(&str, &str)> {
        let wanted = fold(name.trim());
        self.networks
            .values()
            .filter(|network| network.named)
            .find(|network| fold(&network.isp) == wanted)
            .map(|network| (network.isp.as_str(), network.infrastructure_group.as_str()))
    }

    /// Every brand, once, in the order of names.
    pub fn brands(&self) -> Vec<&str> {
        let mut brands: Vec<&str> =
            self.networks.values().filter(|n| n.named).map(|n| n.isp.as_str()).collect();
        brands.sort_unstable();
        brands.dedup();
        brands
    }
}
