use super::Route;
use crate::probe::{Root, network::routes};
use kiemke_schemas::section::network::DefaultRoute;
use std::collections::BTreeSet;

pub fn working(root: &Root) -> BTreeSet<Route> {
    let mut found = routes::ipv4(&root.attribute("/proc/net/route").unwrap_or_default());
    found.extend(routes::ipv6(&root.attribute("/proc/net/ipv6_route").unwrap_or_default()));
    found
        .into_iter()
        .filter(|route| carries(root, route))
        .map(|route| (route.interface, route.gateway.map(|g| g.to_string())))
        .collect()
}

/// `unknown` is what drivers without carrier detection say.
fn carries(root: &Root, route: &DefaultRoute) -> bool {
    let state = root.attribute(&format!("/sys/class/net/{}/operstate", route.interface));
    !matches!(state.as_deref(), Some("down" | "lowerlayerdown" | "notpresent" | "dormant"))
}
