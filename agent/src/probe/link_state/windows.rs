use super::Route;
use crate::probe::{Root, network};
use std::collections::BTreeSet;

pub fn working(_: &Root) -> BTreeSet<Route> {
    network::working_routes()
        .into_iter()
        .map(|route| (route.interface, route.gateway.map(|gateway| gateway.to_string())))
        .collect()
}
