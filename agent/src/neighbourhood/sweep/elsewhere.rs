use crate::neighbourhood::Sight;
use kiemke_schemas::{Problem, ProblemKind};
use std::net::Ipv4Addr;

pub(super) fn sweep(interface: &str, _own: Ipv4Addr, _hosts: &[Ipv4Addr]) -> Result<Vec<Sight>, Problem> {
    let message = "an ARP sweep is not built for this operating system";
    Err(Problem::new(ProblemKind::Unsupported, format!("ARP sweep over {interface}"), message))
}
