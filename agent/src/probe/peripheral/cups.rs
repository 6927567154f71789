//! Queues of `/etc/cups/printers.conf`: network printers, and those of another print server.

use super::{full_name, print_queue::of_queue};
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{Connection, Kind, Peripheral};
use std::net::IpAddr;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    pub name: String,
    pub info: Option<String>,
    pub model: Option<String>,
    pub uri: String,
}

pub fn queues(text: &str) -> Vec<Queue> {
    let mut queues = Vec::new();
    let mut current: Option<Queue> = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("<Printer ").or_else(|| line.strip_prefix("<DefaultPrinter ")) {
            current = Some(Queue { name: name.trim_end_matches('>').to_owned(), ..Queue::default() });
        } else if line.starts_with("</") {
            queues.extend(current.take().filter(|queue| !queue.uri.is_empty()));
        } else if let (Some(queue), Some((key, value))) = (&mut current, line.split_once(' ')) {
            let value = value.trim().to_owned();
            match key {
                "Info" => queue.info = Some(value),
                "MakeModel" => queue.model = Some(value),
                "DeviceURI" => queue.uri = value,
                _ => {}
            }
        }
    }
    queues
}

/// A queue of a thing on USB is that thing, which was found there; files and fax lines are none.
pub fn peripheral(queue: &Queue, on_usb: &[Peripheral], now: Timestamp) -> Option<Peripheral> {
    let (scheme, rest) = queue.uri.split_once(":")?;
    let host = host(rest);
    let shared = matches!(scheme, "smb")
        || (matches!(scheme, "ipp" | "ipps" | "http" | "https" | "lpd") && rest.contains("/printers/"));
    let connection = match scheme {
        "usb" | "hp" if rest.contains("/usb") || scheme == "usb" => {
            return usb_queue(queue, rest, on_usb, now);
        }
        _ if shared => Connection::Shared,
        "socket" | "ipp" | "ipps" | "lpd" | "http" | "https" | "dnssd" | "hp" => Connection::Network,
        _ => return None,
    };
    let address = host.as_deref().and_then(|host| host.parse::<IpAddr>().ok());
    let model = model(queue);
    Some(Peripheral {
        address: address.filter(|_| connection == Connection::Network),
        server: host.filter(|_| connection == Connection::Shared),
        ..base(queue, connection, model, now)
    })
}

/// The driver's remarks behind the comma, in brackets or of a queue without a driver are no part of the model.
fn model(queue: &Queue) -> Option<String> {
    let text = queue.model.as_deref()?;
    let cut = text.split([',', '(']).next().unwrap_or_default();
    let cut = cut.trim().trim_end_matches(" - IPP Everywhere");
    let generic = ["local raw printer", "generic", "remote printer", "driverless"];
    (!cut.is_empty() && !generic.iter().any(|word| cut.to_lowercase().starts_with(word)))
        .then(|| cut.to_owned())
}

/// An USB printer that is switched off now: its queue still names model and serial.
fn usb_queue(queue: &Queue, rest: &str, on_usb: &[Peripheral], now: Timestamp) -> Option<Peripheral> {
    let (place, query) =
        rest.trim_start_matches('/').split_once('?').unwrap_or((rest.trim_start_matches('/'), ""));
    let serial = query
        .split('&')
        .find_map(|part| part.strip_prefix("serial="))
        .and_then(crate::probe::placeholder::serial);
    let is_printer = |thing: &&Peripheral| matches!(thing.kind, Kind::Printer | Kind::Multifunction);
    let printers = || on_usb.iter().filter(is_printer);
    let known = match &serial {
        Some(serial) => printers().any(|thing| thing.serial.as_ref() == Some(serial)),
        None => printers().next().is_some(),
    };
    let (vendor, model) = place.split_once('/')?;
    let (vendor, model) = (decoded(vendor), decoded(model));
    (!known).then(|| Peripheral {
        present: false,
        serial,
        vendor: Some(vendor.clone()),
        ..base(queue, Connection::Usb, full_name(Some(&vendor), Some(&model)), now)
    })
}

fn base(queue: &Queue, connection: Connection, model: Option<String>, now: Timestamp) -> Peripheral {
    let name_without_model = queue.info.clone().unwrap_or_else(|| queue.name.clone());
    of_queue(&queue.name, model, name_without_model, connection, now)
}

/// Of `//user:password@host:port/path` or `/net/Model?ip=host`.
fn host(rest: &str) -> Option<String> {
    if let Some(ip) = rest.split(['?', '&']).find_map(|part| part.strip_prefix("ip=")) {
        return Some(ip.to_owned());
    }
    let authority = rest.strip_prefix("//")?.split(['/', '?']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None => authority.split(':').next()?,
    };
    (!host.is_empty()).then(|| decoded(host))
}

/// `%20` and its like.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code =
            (*first == b'%').then(|| tail.get(..2)).flatten().and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Printer configuration\n<DefaultPrinter MFC>\nInfo Phong mot cua\n\
        MakeModel Brother MFC-L2701DW, using brlaser v6\nDeviceURI socket://10.1.2.3:9100\n</DefaultPrinter>\n\
        <Printer Shared>\nMakeModel Canon LBP2900\nDeviceURI smb://user:secret@print-01/LBP2900\n</Printer>\n\
        <Printer Usb>\nMakeModel Canon LBP6030\nDeviceURI usb://Canon/LBP6030%20Series?serial=0000A1B2C3\n</Printer>\n\
        <Printer PDF>\nDeviceURI cups-pdf:/\n</Printer>\n";

    #[test]
    fn network_and_shared_printers_are_found() {
        let now = "2026-08-01T00:00:00Z".parse().unwrap();
        let found: Vec<_> = queues(TEXT).iter().filter_map(|queue| peripheral(queue, &[], now)).collect();
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].kind, found[0].connection), (Kind::Multifunction, Connection::Network));
        assert_eq!(found[0].model.as_deref(), Some("Brother MFC-L2701DW"));
        assert_eq!(found[0].address, "10.1.2.3".parse().ok());
        assert_eq!((found[1].connection, found[1].server.as_deref()), (Connection::Shared, Some("print-01")));
        assert_eq!(found[2].name, "Canon LBP6030 Series");
        assert_eq!((found[2].serial.as_deref(), found[2].present), (Some("0000A1B2C3"), false));
        let again = peripheral(&queues(TEXT)[2], &[Peripheral { present: true, ..found[2].clone() }], now);
        assert_eq!(again, None);
    }

    #[test]
    fn a_queue_without_a_driver_has_the_model_alone() {
        let queue = |model: &str| Queue { model: Some(model.to_owned()), ..Queue::default() };
        let model = |text: &str| model(&queue(text));
        assert_eq!(model("Canon LBP226dw - IPP Everywhere").as_deref(), Some("Canon LBP226dw"));
        let filters = "HP LaserJet M404dn, driverless, cups-filters 1.28.17";
        assert_eq!(model(filters).as_deref(), Some("HP LaserJet M404dn"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(uri in "[a-z]{0,6}:[ -~]{0,60}") {
            let text = format!("<Printer a>\nDeviceURI {uri}\n</Printer>\n");
            for queue in queues(&text) {
                let _ = peripheral(&queue, &[], jiff::Timestamp::UNIX_EPOCH);
            }
        }
    }
}
