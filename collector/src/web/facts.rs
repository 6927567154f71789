//! Facts of computers and peripherals as a reader meets them on several pages.

use super::{
    format,
    i18n::Lang,
    tone::{Tone, Toned},
    viewer::Viewer,
};
use crate::{
    inventory::{
        DeviceFacts, DeviceKind, PeripheralFacts, Protection, UnitInventory,
        device::{DeviceState, SecurityCheck},
        support_extension::extended_until,
    },
    search::ProtectionStatus,
};
use jiff::civil::Date;
use kiemke_schemas::section::peripheral::{Connection, Kind};

pub fn device_icon(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Server => "server",
        DeviceKind::Laptop => "device-laptop",
        DeviceKind::Workstation | DeviceKind::Unknown => "device-desktop",
    }
}

pub fn device_kind(l: Lang, kind: DeviceKind) -> String {
    l.t(match kind {
        DeviceKind::Workstation => "kind-workstation",
        DeviceKind::Laptop => "kind-laptop",
        DeviceKind::Server => "kind-server",
        DeviceKind::Unknown => "kind-computer",
    })
}

pub fn peripheral_icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Printer | Kind::Multifunction => "printer",
        Kind::Scanner => "scan",
        Kind::CardReader => "id",
        Kind::Token => "key",
        Kind::Webcam | Kind::Fingerprint => "device-usb",
    }
}

pub fn peripheral_kind(l: Lang, kind: Kind) -> String {
    l.t(match kind {
        Kind::Printer => "kind-printer",
        Kind::Scanner => "kind-scanner",
        Kind::Multifunction => "kind-multifunction",
        Kind::CardReader => "kind-card-reader",
        Kind::Token => "kind-token",
        Kind::Webcam => "kind-webcam",
        Kind::Fingerprint => "kind-fingerprint",
    })
}

pub fn connection(l: Lang, connection: Connection) -> String {
    l.t(match connection {
        Connection::Usb => "connection-usb",
        Connection::Network => "connection-network",
        Connection::Shared => "connection-shared",
        Connection::Local => "connection-local",
    })
}

pub fn name(facts: &DeviceFacts) -> String {
    facts.host_name.clone().unwrap_or_else(|| facts.device.clone())
}

pub fn state(l: Lang, state: DeviceState) -> Toned {
    match state {
        DeviceState::Active => Toned::new(Tone::Green, l.t("state-active")),
        DeviceState::Suspended => Toned::new(Tone::Amber, l.t("state-suspended")),
        DeviceState::Revoked => Toned::new(Tone::Red, l.t("state-revoked")),
        DeviceState::Retired => Toned::new(Tone::Grey, l.t("state-retired")),
    }
}

pub fn protection(viewer: &Viewer, protection: &Protection) -> Toned {
    let days = viewer.web.app.thresholds().signatures_old_days;
    let (tone, key) = match ProtectionStatus::of(protection, viewer.now, days) {
        ProtectionStatus::None => (Tone::Red, "protection-none"),
        ProtectionStatus::Off => (Tone::Red, "protection-off"),
        ProtectionStatus::Old => (Tone::Amber, "protection-old"),
        ProtectionStatus::On => (Tone::Green, "protection-on"),
        ProtectionStatus::Unknown => (Tone::Grey, "protection-unknown"),
    };
    Toned::new(tone, viewer.l().t(key))
}

pub fn check(viewer: &Viewer, check: Option<&SecurityCheck>) -> Toned {
    let l = viewer.l();
    let Some(check) = check else { return Toned::new(Tone::Amber, l.t("check-none")) };
    let ends = check.valid_until.or_else(|| default_end(viewer, check.checked_on));
    match ends {
        Some(end) if end < viewer.today() => {
            Toned::new(Tone::Amber, l.with("check-ended", "date", format::date(end)))
        }
        _ => Toned::new(Tone::Green, format::date(check.checked_on)),
    }
}

fn default_end(viewer: &Viewer, checked_on: Date) -> Option<Date> {
    let days = viewer.web.app.thresholds().check_valid_days;
    (days > 0).then(|| checked_on.checked_add(jiff::Span::new().days(i64::from(days))).ok()).flatten()
}

/// `inventory`: of the unit, where a paid extension is declared.
pub fn support(viewer: &Viewer, inventory: Option<&UnitInventory>, facts: &DeviceFacts) -> Option<Toned> {
    let l = viewer.l();
    let end = facts.operating_system.as_ref()?.support_ends_on?;
    let extended = inventory.and_then(|inventory| extended_until(inventory, facts));
    Some(if let Some(extended) = extended.filter(|until| end < viewer.today() && *until >= viewer.today()) {
        Toned::new(Tone::Amber, l.with("support-extended", "date", format::date(extended)))
    } else if end < viewer.today() {
        Toned::new(Tone::Red, l.with("support-ended", "date", format::date(end)))
    } else {
        Toned::new(Tone::Green, l.with("support-until", "date", format::date(end)))
    })
}

/// A computer as a row of a table.
pub struct DeviceLine {
    pub href: String,
    pub icon: &'static str,
    pub kind: String,
    pub name: String,
    pub model: String,
    pub system: String,
    pub support: Option<Toned>,
    pub protection: Toned,
    pub check: Toned,
    pub seen: Option<format::When>,
    pub state: Option<Toned>,
    pub problems: usize,
}

impl DeviceLine {
    pub fn new(viewer: &Viewer, inventory: &UnitInventory, facts: &DeviceFacts) -> Self {
        let l = viewer.l();
        let ended = support(viewer, Some(inventory), facts);
        let ended = ended.filter(|support| support.tone != Tone::Green.class());
        Self {
            href: format!("/devices/{}", facts.device),
            icon: device_icon(facts.kind),
            kind: device_kind(l, facts.kind),
            name: name(facts),
            model: maker_and_model(facts.maker.as_deref(), facts.model.as_deref()),
            system: facts.operating_system.as_ref().map_or_else(|| l.t("unknown"), |os| os.full_name.clone()),
            support: ended,
            protection: protection(viewer, &facts.protection),
            check: check(viewer, facts.check.as_ref()),
            seen: format::When::maybe(l, facts.last_seen_at.max(facts.last_report_at), viewer.now),
            state: (facts.state != DeviceState::Active).then(|| state(l, facts.state)),
            problems: facts.problems.len(),
        }
    }
}

pub fn maker_and_model(maker: Option<&str>, model: Option<&str>) -> String {
    match (maker, model) {
        (Some(maker), Some(model)) if model.starts_with(maker) => model.to_owned(),
        (Some(maker), Some(model)) => format!("{maker} {model}"),
        (one, other) => one.or(other).unwrap_or_default().to_owned(),
    }
}

/// A peripheral as a row of a table.
pub struct PeripheralLine {
    pub anchor: String,
    pub icon: &'static str,
    pub kind: String,
    pub name: String,
    pub serial: String,
    pub connection: String,
    /// Host name and address of the page, the one it was seen on last first.
    pub hosts: Vec<(String, String)>,
    pub more_hosts: usize,
    pub present: Toned,
    pub seen: format::When,
    pub check: Toned,
    /// Who issued the certificates of a token; how many pages a printer has printed.
    pub details: Vec<String>,
}

const HOSTS_SHOWN: usize = 2;

impl PeripheralLine {
    pub fn new(viewer: &Viewer, thing: &PeripheralFacts, host: impl Fn(&str) -> String) -> Self {
        let l = viewer.l();
        let present = if thing.present { (Tone::Green, "present-yes") } else { (Tone::Grey, "present-no") };
        let hosts = thing.devices.iter().take(HOSTS_SHOWN);
        let place = thing.address.map(|address| format!(" {address}")).unwrap_or_default();
        Self {
            anchor: thing.identity.clone(),
            icon: peripheral_icon(thing.kind),
            kind: peripheral_kind(l, thing.kind),
            name: thing.name.clone(),
            serial: thing.serial.clone().unwrap_or_default(),
            connection: format!("{}{place}", connection(l, thing.connection)),
            hosts: hosts.map(|id| (host(id), format!("/devices/{id}"))).collect(),
            more_hosts: thing.devices.len().saturating_sub(HOSTS_SHOWN),
            present: Toned::new(present.0, l.t(present.1)),
            seen: format::When::new(l, thing.last_seen_at, viewer.now),
            check: check(viewer, thing.check.as_ref()),
            details: details(l, thing),
        }
    }
}

fn details(l: Lang, thing: &PeripheralFacts) -> Vec<String> {
    let authority = thing.certificate_authority.as_deref();
    let authority = authority.map(|name| l.with("certificate-authority", "name", name));
    let pages = thing.page_count.and_then(|pages| i64::try_from(pages).ok());
    authority.into_iter().chain(pages.map(|pages| l.n("page-count", pages))).collect()
}
