#[cfg(windows)]
use crate::probe::Root;
use crate::{
    address,
    parse::registry::{self, Key, RegValue},
    probe::windows::{Adapter, MACHINE, Route, Source, or_absent, or_problem, people, values},
};
use kiemke_schemas::{
    Problem, Section,
    section::network::{DefaultRoute, Interface, Medium, Network},
};
use std::{collections::BTreeSet, net::IpAddr};

#[cfg(windows)]
pub fn read(_: &Root) -> Section<Network> {
    of(&crate::probe::windows::System)
}

#[cfg(windows)]
pub fn hardware_macs(_: &Root, _: &Network) -> Vec<String> {
    permanent_macs(&crate::probe::windows::System)
}

/// Default routes whose interface is up, for the look of every minute.
#[cfg(windows)]
pub fn working_routes() -> Vec<DefaultRoute> {
    let source = crate::probe::windows::System;
    let adapters: Vec<_> = source.adapters().unwrap_or_default().into_iter().filter(|a| a.up).collect();
    default_routes(&source, &adapters, &mut Vec::new())
}

/// An address of the interface to send from: since Vista that chooses the line.
#[cfg(windows)]
pub fn source_address(interface: &str) -> Option<IpAddr> {
    let adapters = crate::probe::windows::System.adapters().ok()?;
    let own = adapters.into_iter().find(|adapter| adapter.name == interface)?;
    own.addresses.iter().map(|own| own.address).find(IpAddr::is_ipv4)
}

const PROXY: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
/// Windows names these where nobody set a name server.
const SITE_LOCAL_DNS: [&str; 3] = ["fec0:0:0:ffff::1", "fec0:0:0:ffff::2", "fec0:0:0:ffff::3"];

pub fn of(source: &dyn Source) -> Section<Network> {
    let mut problems = Vec::new();
    let Some(adapters) = or_problem(source.adapters(), &mut problems) else {
        return Section { value: None, problems };
    };
    let default_routes = default_routes(source, &adapters, &mut problems);
    let mut interfaces: Vec<_> =
        adapters.iter().filter(|adapter| !plumbing(adapter)).map(interface).collect();
    interfaces.sort_by(|a, b| a.name.cmp(&b.name));
    let value = Network {
        interfaces,
        default_routes,
        dns_servers: dns_servers(&adapters),
        proxy: proxy(source, &mut problems),
    };
    Section { value: Some(value), problems }
}

const ETHERNET: u32 = 6;
const PPP: u32 = 23;
const LOOPBACK: u32 = 24;
const WIFI: u32 = 71;
const TUNNEL: u32 = 131;
const MOBILE: [u32; 2] = [243, 244];
/// NDIS_PHYSICAL_MEDIUM
const BLUETOOTH: i32 = 10;

/// Tunnels that Windows makes for itself (Teredo, ISATAP) and that carry nothing.
fn plumbing(adapter: &Adapter) -> bool {
    adapter.kind == TUNNEL && !adapter.up
}

fn medium(adapter: &Adapter) -> Medium {
    match adapter.kind {
        LOOPBACK => Medium::Loopback,
        WIFI if adapter.hardware => Medium::Wifi,
        // Wi-Fi Direct and hosted networks are made by the driver of a real adapter.
        WIFI => Medium::Virtual,
        kind if MOBILE.contains(&kind) => Medium::Mobile,
        TUNNEL => Medium::Tunnel,
        // Broadband or a VPN: the same to Windows.
        PPP => Medium::Other,
        ETHERNET if adapter.physical_medium == BLUETOOTH => Medium::Other,
        ETHERNET if adapter.hardware => Medium::Cable,
        ETHERNET => Medium::Virtual,
        _ => Medium::Other,
    }
}

fn interface(adapter: &Adapter) -> Interface {
    let medium = medium(adapter);
    let mut addresses: Vec<_> = adapter
        .addresses
        .iter()
        .filter(|own| !own.passing)
        .map(|own| format!("{}/{}", own.address, own.prefix))
        .collect();
    addresses.sort_unstable();
    Interface {
        name: adapter.name.clone(),
        description: adapter.description.clone(),
        mac: mac(&adapter.mac),
        medium,
        up: Some(adapter.up),
        // The speed of Wi-Fi is no fact: it moves all the time.
        speed_bps: adapter.speed_bps.filter(|_| adapter.up && medium == Medium::Cable),
        addresses,
    }
}

fn mac(bytes: &[u8]) -> Option<String> {
    address::mac(bytes).filter(|_| bytes.iter().any(|byte| *byte != 0))
}

fn permanent_macs(source: &dyn Source) -> Vec<String> {
    let real =
        |adapter: &&Adapter| adapter.hardware && matches!(medium(adapter), Medium::Cable | Medium::Wifi);
    let adapters = source.adapters().unwrap_or_default();
    let macs: BTreeSet<String> =
        adapters.iter().filter(real).filter_map(|adapter| mac(&adapter.permanent_mac)).collect();
    macs.into_iter().collect()
}

/// Windows adds the metric of the interface to that of the route.
fn default_routes(
    source: &dyn Source,
    adapters: &[Adapter],
    problems: &mut Vec<Problem>,
) -> Vec<DefaultRoute> {
    let routes = or_problem(source.default_routes(), problems).unwrap_or_default();
    let named = |route: &Route| {
        let adapter = adapters.iter().find(|adapter| adapter.index == route.interface)?;
        let of_interface = if route.version_6 { adapter.metric_6 } else { adapter.metric_4 };
        Some(DefaultRoute {
            interface: adapter.name.clone(),
            gateway: route.gateway,
            metric: Some(route.metric.saturating_add(of_interface)),
        })
    };
    let mut found: Vec<_> = routes.iter().filter_map(named).collect();
    found.sort_by(|a, b| (a.metric, &a.interface, a.gateway).cmp(&(b.metric, &b.interface, b.gateway)));
    found
}

fn dns_servers(adapters: &[Adapter]) -> Vec<IpAddr> {
    let mut servers: Vec<IpAddr> = Vec::new();
    for server in adapters.iter().filter(|adapter| adapter.up).flat_map(|adapter| &adapter.dns_servers) {
        let made_up = SITE_LOCAL_DNS.iter().any(|known| known.parse() == Ok(*server));
        if !made_up && !servers.contains(server) {
            servers.push(*server);
        }
    }
    servers
}

/// Of the machine where its policy or its services have one, else of the first person who has one.
fn proxy(source: &dyn Source, problems: &mut Vec<Problem>) -> Option<String> {
    let machine = values(source, &format!("{MACHINE}\\{PROXY}"), problems);
    let services = values(source, &format!("{MACHINE}\\{PROXY}\\Connections"), problems);
    if let (None, Some(RegValue::Bytes(bytes))) = (of_settings(&machine), services.get("winhttpsettings"))
        && let Some(proxy) = of_win_http(bytes)
    {
        return Some(proxy);
    }
    let mut keys = vec![machine];
    for person in people(source) {
        let found = or_absent(source.registry(&format!("{person}\\{PROXY}"), 0), problems);
        keys.extend(found.keys.into_values());
    }
    keys.iter().find_map(of_settings)
}

/// What `netsh winhttp set proxy` keeps: version, counter, flags, length and text of the proxy, those of the exceptions.
fn of_win_http(bytes: &[u8]) -> Option<String> {
    const HAS_PROXY: u32 = 2;
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let text = bytes.get(16..)?.get(..number(12)? as usize)?;
    let text =
        std::str::from_utf8(text).ok().filter(|_| number(8).is_some_and(|flags| flags & HAS_PROXY != 0))?;
    of_list(text)
}

/// By hand, else by a script whose address is all that is known.
fn of_settings(key: &Key) -> Option<String> {
    let by_hand =
        registry::text(key, "proxyserver").filter(|_| registry::number(key, "proxyenable") == Some(1));
    let script = || registry::text(key, "autoconfigurl").map(|url| super::without_credentials(url.trim()));
    by_hand.and_then(of_list).or_else(script).filter(|proxy| !proxy.is_empty())
}

/// `proxy:3128`, or one a protocol: `http=proxy:3128;https=proxy:3129`.
fn of_list(text: &str) -> Option<String> {
    let of = |protocol: &str| text.split(';').find_map(|part| part.trim().strip_prefix(protocol));
    let url = of("https=").or_else(|| of("http=")).or_else(|| (!text.contains('=')).then_some(text))?;
    Some(super::without_credentials(url.trim()))
}

#[cfg(test)]
mod tests;
