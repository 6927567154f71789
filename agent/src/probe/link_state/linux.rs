use super::Route;
use crate::probe::{Root, network::routes};
use std::collections::BTreeSet;

pub fn working(root: &Root) -> BTreeSet<Route> {
    let mut found = routes::ipv4(&root.attribute("/proc/net/route").unwrap_or_default());
    found.extend(routes::ipv6(&root.attribute("/proc/net/ipv6_route").unwrap_or_default()));
    let mut interfaces: Vec<&str> = found.iter().map(|route| route.interface.as_str()).collect();
    interfaces.sort_unstable();
    interfaces.dedup();
    let up: Vec<String> =
        interfaces.into_iter().filter(|interface| carries(root, interface)).map(str::to_owned).collect();
    found
        .into_iter()
        .filter(|route| up.contains(&route.interface))
        .map(|route| (route.interface, route.gateway.map(|g| g.to_string())))
        .collect()
}

/// `unknown` is what drivers without carrier detection say.
fn carries(root: &Root, interface: &str) -> bool {
    let state = root.attribute(&format!("/sys/class/net/{interface}/operstate"));
    !matches!(state.as_deref(), Some("down" | "lowerlayerdown" | "notpresent" | "dormant"))
}
