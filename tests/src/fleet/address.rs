//! Public addresses of the providers, taken from prefixes they announce.

use rand::{RngExt, rngs::StdRng};
use std::net::{IpAddr, Ipv4Addr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    pub name: &'static str,
    pub asn: u32,
    network: Ipv4Addr,
    prefix: u32,
}

pub const VNPT: Provider =
    Provider { name: "VNPT", asn: 45899, network: Ipv4Addr::new(14, 240, 0, 0), prefix: 12 };
pub const VIETTEL: Provider =
    Provider { name: "Viettel", asn: 7552, network: Ipv4Addr::new(27, 72, 0, 0), prefix: 13 };
pub const VIETTEL_24086: Provider =
    Provider { name: "Viettel", asn: 24086, network: Ipv4Addr::new(116, 97, 224, 0), prefix: 20 };
pub const FPT: Provider =
    Provider { name: "FPT", asn: 18403, network: Ipv4Addr::new(1, 52, 0, 0), prefix: 14 };

impl Provider {
    pub fn address(&self, rng: &mut StdRng) -> IpAddr {
        let hosts = 1u32 << (32 - self.prefix);
        Ipv4Addr::from(u32::from(self.network) + rng.random_range(256..hosts - 256)).into()
    }
}

/// An Internet line of a unit: every machine behind it shows the same public address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeLine {
    pub provider: Provider,
    pub address: IpAddr,
    pub mbps: u32,
}

impl OfficeLine {
    pub fn new(provider: Provider, mbps: u32, rng: &mut StdRng) -> Self {
        Self { provider, address: provider.address(rng), mbps }
    }

    /// As `import declarations` takes it; the AS number tells two lines of one brand apart.
    pub fn declared(&self, with_number: bool) -> String {
        let bandwidth = match self.mbps {
            mbps if mbps % 1000 == 0 => format!("{} Gbps", mbps / 1000),
            mbps => format!("{mbps} Mbps"),
        };
        let Provider { name, asn, .. } = self.provider;
        if with_number { format!("{name} (AS{asn}) {bandwidth}") } else { format!("{name} {bandwidth}") }
    }
}
