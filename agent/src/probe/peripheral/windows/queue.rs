//! Queues of the print system, from the registry: it answers while the spooler is stopped, at once where a
//! network printer is off, and knows the shared printers of every person, which `Win32_Printer` shows to that
//! person only.

use super::super::print_queue::of_queue;
use crate::{
    parse::registry::{self, RegValue, Registry},
    probe::windows::{MACHINE, Source, or_absent, or_problem, people, values},
};
use jiff::Timestamp;
use kiemke_schemas::{
    Problem,
    section::peripheral::{Connection, Kind, Peripheral},
};
use std::net::IpAddr;

const PRINTERS: &str = r"SYSTEM\CurrentControlSet\Control\Print\Printers";
/// Ports that this machine has: `\Device\Parallel0` = `\DosDevices\LPT1`, `\Device\Serial0` = `COM1`.
const LOCAL_PORTS: [&str; 2] = [r"HARDWARE\DEVICEMAP\PARALLEL PORTS", r"HARDWARE\DEVICEMAP\SERIALCOMM"];
const TCP_PORTS: &str = r"SYSTEM\CurrentControlSet\Control\Print\Monitors\Standard TCP/IP Port\Ports";
const SHARED_BY_MACHINE: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Print\Connections";
const SHARED_BY_PERSON: &str = r"Printers\Connections";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub name: String,
    pub driver: Option<String>,
    pub port: Port,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    Usb(String),
    /// Parallel or serial.
    Local(String),
    Network(Option<IpAddr>),
    /// Of this print server.
    Shared(String),
}

pub fn read(source: &dyn Source, problems: &mut Vec<Problem>) -> Option<Vec<Queue>> {
    let printers = or_problem(source.registry(&format!(r"{MACHINE}\{PRINTERS}"), 1), problems)?;
    let tcp = or_absent(source.registry(&format!(r"{MACHINE}\{TCP_PORTS}"), 1), problems);
    let local = local_ports(source, problems);
    let mut queues: Vec<Queue> = printers
        .keys
        .iter()
        .filter_map(|(path, key)| {
            let name = path.rsplit('\\').next()?;
            let port = port(registry::text(key, "port")?, &tcp)?;
            let driver = registry::text(key, "printer driver").map(str::to_owned);
            Some(Queue { name: name.to_owned(), driver, port })
        })
        .filter(|queue| queue.can_be_there(&local))
        .collect();
    queues.extend(connections(source, &format!(r"{MACHINE}\{SHARED_BY_MACHINE}")));
    for person in people(source) {
        queues.extend(connections(source, &format!(r"{person}\{SHARED_BY_PERSON}")));
    }
    Some(queues)
}

fn local_ports(source: &dyn Source, problems: &mut Vec<Problem>) -> Vec<String> {
    let keys = LOCAL_PORTS.map(|key| values(source, &format!(r"{MACHINE}\{key}"), problems));
    let names = keys.iter().flat_map(|key| key.values());
    let text = |value: &RegValue| match value {
        RegValue::Text(text) => text.rsplit('\\').next().map(str::to_ascii_uppercase),
        _ => None,
    };
    names.filter_map(text).collect()
}

/// Keys `,,server,printer`.
fn connections(source: &dyn Source, key: &str) -> Vec<Queue> {
    let names = source.subkeys(key).unwrap_or_default();
    let shared = |name: &String| {
        let (server, printer) = name.trim_start_matches(',').split_once(',')?;
        let port = Port::Shared(server.to_lowercase());
        Some(Queue { name: printer.to_owned(), driver: None, port })
    };
    names.iter().filter_map(shared).collect()
}

/// `None` for files, faxes, and ports whose other end cannot be told (a terminal's).
fn port(text: &str, tcp: &Registry) -> Option<Port> {
    // A pool prints through the first of its ports that is free.
    let first = text.split(',').next()?.trim();
    let upper = first.to_ascii_uppercase();
    if let Some(server) = first.strip_prefix(r"\\").and_then(|rest| rest.split('\\').next()) {
        return Some(Port::Shared(server.to_lowercase()));
    }
    if ["USB", "DOT4_"].iter().any(|start| upper.strip_prefix(start).is_some_and(is_number)) {
        return Some(Port::Usb(upper));
    }
    let bare = upper.trim_end_matches(':');
    if ["LPT", "COM"].iter().any(|start| bare.strip_prefix(start).is_some_and(is_number)) {
        return Some(Port::Local(bare.to_owned()));
    }
    let known = tcp.keys.iter().find(|(path, _)| path.rsplit('\\').next() == Some(first));
    if let Some((_, key)) = known {
        let host = registry::text(key, "hostname").or_else(|| registry::text(key, "ipaddress"));
        return Some(Port::Network(host.and_then(|host| host.parse().ok())));
    }
    network_by_name(first, &upper).map(Port::Network)
}

fn is_number(rest: &str) -> bool {
    !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// Ports of Web Services for Devices, IPP, and the makers' own monitors.
fn network_by_name(port: &str, upper: &str) -> Option<Option<IpAddr>> {
    let bare = port.strip_prefix("IP_").unwrap_or(port);
    if let Ok(address) = bare.split('_').next().unwrap_or_default().parse() {
        return Some(Some(address));
    }
    let url =
        ["http://", "https://", "ipp://", "ipps://"].iter().find_map(|scheme| port.strip_prefix(scheme));
    if let Some(rest) = url {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        return Some(host.parse().ok());
    }
    ["WSD-", "CNBJNP_", "BRN", "BRW", "EP"].iter().any(|start| named(upper, start)).then_some(None)
}

/// Makers put a part of the hardware address behind their mark.
fn named(port: &str, start: &str) -> bool {
    port.strip_prefix(start)
        .is_some_and(|rest| rest.len() >= 6 && rest.bytes().take(6).all(|byte| byte.is_ascii_hexdigit()))
}

const PORT_MARK: &str = "port:";

pub fn with_port(port: &str) -> String {
    format!("{PORT_MARK}{}", port.to_ascii_uppercase())
}

pub fn without_port(path: &str) -> String {
    path.strip_prefix(PORT_MARK).unwrap_or(path).to_owned()
}

/// A queue of a thing on USB is that thing where it is plugged in; else all that is known of it.
pub fn peripheral(queue: &Queue, found: &[Peripheral], now: Timestamp) -> Option<Peripheral> {
    match &queue.port {
        Port::Usb(port) => {
            let place = with_port(port);
            let same_model = |known: &Peripheral| {
                matches!(known.kind, Kind::Printer | Kind::Multifunction)
                    && known.connection == Connection::Usb
                    && known.model.is_some()
                    && queue.model().is_some_and(|model| alike(&model, &known.name))
            };
            let plugged =
                found.iter().any(|known| known.bus_path.as_deref() == Some(&place) || same_model(known));
            // Dead queues of a printer that moved to another port name the same model.
            (!plugged).then(|| Peripheral { present: false, ..base(queue, Connection::Usb, now) })
        }
        Port::Local(port) => {
            Some(Peripheral { bus_path: Some(port.clone()), ..base(queue, Connection::Local, now) })
        }
        Port::Network(address) => {
            Some(Peripheral { address: *address, ..base(queue, Connection::Network, now) })
        }
        Port::Shared(server) => {
            Some(Peripheral { server: Some(server.clone()), ..base(queue, Connection::Shared, now) })
        }
    }
}

/// One names the other, whatever stands around it.
fn alike(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (one, other) = (plain(one), plain(other));
    !one.is_empty() && !other.is_empty() && (one.contains(&other) || other.contains(&one))
}

impl Queue {
    /// A queue left on LPT1 of a machine that has none, or one for plain text, is no printer.
    fn can_be_there(&self, local: &[String]) -> bool {
        match &self.port {
            Port::Local(port) => local.contains(port) && self.model().is_some(),
            _ => true,
        }
    }

    /// The driver's remarks are no part of the model, and drivers for everything name none.
    fn model(&self) -> Option<String> {
        const REMARKS: [&str; 9] =
            [" PCL", " PS", " XPS", " UFR", " CAPT", " Class Driver", " UPD", " (", ", "];
        const GENERIC: [&str; 6] =
            ["generic", "universal", "microsoft", "ipp ", "remote desktop", "enhanced point"];
        let driver = self.driver.as_deref()?.trim();
        let lower = driver.to_lowercase();
        if GENERIC.iter().any(|word| lower.contains(word)) {
            return None;
        }
        let end = REMARKS.iter().filter_map(|remark| driver.find(remark)).min().unwrap_or(driver.len());
        Some(driver.get(..end)?.trim().to_owned()).filter(|model| !model.is_empty())
    }
}

fn base(queue: &Queue, connection: Connection, now: Timestamp) -> Peripheral {
    of_queue(&queue.name, queue.model(), queue.name.clone(), connection, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::windows::recording::Recording;

    #[test]
    fn ports_tell_where_a_printer_is() {
        let tcp = Registry::default();
        let of = |text: &str| port(text, &tcp);
        assert_eq!(of("USB001"), Some(Port::Usb("USB001".into())));
        assert_eq!(of("DOT4_001"), Some(Port::Usb("DOT4_001".into())));
        assert_eq!(of("192.168.1.20"), Some(Port::Network("192.168.1.20".parse().ok())));
        assert_eq!(of("IP_192.168.1.20_1"), Some(Port::Network("192.168.1.20".parse().ok())));
        assert_eq!(of("http://10.1.1.1:631/ipp"), Some(Port::Network("10.1.1.1".parse().ok())));
        assert_eq!(of("WSD-2f0a9bd1-1c2d"), Some(Port::Network(None)));
        assert_eq!(of("BRN30055C7B1234"), Some(Port::Network(None)));
        assert_eq!(of(r"\\PRINT-01\LBP2900"), Some(Port::Shared("print-01".into())));
        assert_eq!(of("LPT1:"), Some(Port::Local("LPT1".into())));
        assert_eq!(of("COM3:"), Some(Port::Local("COM3".into())));
        for none in ["PORTPROMPT:", "FILE:", "nul:", "COM", "SHRFAX:", "TS001", "USB", "EPSON", ""] {
            assert_eq!(of(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_printer_on_a_parallel_port_needs_the_port() {
        const KEYS: &str = r#"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Printers\Epson LQ-310]
"Port"="LPT1:"
"Printer Driver"="EPSON LQ-310 ESC/P2"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Printers\Text]
"Port"="LPT1:"
"Printer Driver"="Generic / Text Only"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Print\Printers\Old]
"Port"="LPT2:"
"Printer Driver"="Canon LBP-810"

[HKEY_LOCAL_MACHINE\HARDWARE\DEVICEMAP\PARALLEL PORTS]
"\\Device\\Parallel0"="\\DosDevices\\LPT1"
"#;
        let mut problems = Vec::new();
        let queues = read(&Recording::of_registry(KEYS), &mut problems).unwrap();
        assert_eq!((queues.len(), problems), (1, vec![]));
        let printer = peripheral(&queues[0], &[], Timestamp::UNIX_EPOCH).unwrap();
        let seen = (printer.kind, printer.connection, printer.bus_path.as_deref(), printer.present);
        assert_eq!(seen, (Kind::Printer, Connection::Local, Some("LPT1"), true));
    }

    #[test]
    fn drivers_are_cut_to_the_model() {
        let model = |driver: &str| {
            Queue { name: "q".into(), driver: Some(driver.into()), port: Port::Network(None) }.model()
        };
        assert_eq!(
            model("HP LaserJet Pro MFP M428f PCL-6 (V4)").as_deref(),
            Some("HP LaserJet Pro MFP M428f")
        );
        assert_eq!(model("Canon LBP2900").as_deref(), Some("Canon LBP2900"));
        assert_eq!(model("Microsoft IPP Class Driver"), None);
        assert_eq!(model("HP Universal Printing PCL 6"), None);
    }
}
