//! Routers and printers that the collector elected this agent to poll. What a round finds stays until the
//! next one; the sections of a report take it from here.

mod lines;

use crate::{
    probe::{
        network_printer,
        router::{self, meter},
    },
    snmp::{mib::Mib, poll},
};
use jiff::{Timestamp, Zoned, civil::Date};
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::{
        link::{Links, RouterLine},
        peripheral::{ClassifiedBy, Peripheral, Peripherals},
    },
    settings::{RemoteSettings, SnmpHost, SnmpRole, SnmpTarget},
};
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// More than a unit has.
const MOST_DISCOVERED: usize = 32;

/// What a target's `gateway` and `discovered` stand for at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    pub gateways: Vec<IpAddr>,
    pub printers: Vec<IpAddr>,
}

#[derive(Debug, Clone, Default)]
pub struct Polls {
    lines: Vec<RouterLine>,
    line_problems: Vec<Problem>,
    printers: Vec<Peripheral>,
    printer_problems: Vec<Problem>,
    /// Of the round before: two readings tell the traffic.
    counters: BTreeMap<SocketAddr, (meter::Reading, Instant)>,
    /// Of this day.
    peaks: BTreeMap<(IpAddr, String), (Date, u64)>,
    /// Lines were reported: that they are switched off has to be told as well.
    told: bool,
}

impl Polls {
    /// What was reported before a restart holds until the first round.
    pub fn resumed(links: Option<Links>, peripherals: Option<Peripherals>) -> Self {
        let network = |one: &Peripheral| one.present && one.classified_by == ClassifiedBy::PrinterMib;
        let lines = links.map(|links| links.lines).unwrap_or_default();
        Self {
            told: !lines.is_empty(),
            lines,
            printers: peripherals
                .map(|all| all.devices.into_iter().filter(network).collect())
                .unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Nothing is switched on: nothing is told.
    pub fn forget(&mut self) {
        *self = Self { told: self.told, ..Self::default() };
    }

    /// Asks every target; true where the findings are others than before.
    pub fn round(&mut self, settings: &RemoteSettings, around: &Around, now: Timestamp) -> bool {
        let before = (self.lines.clone(), self.line_problems.clone(), self.printer_identities());
        let (mut lines, mut line_problems) = (Vec::new(), Vec::new());
        let (mut printers, mut printer_problems) = (Vec::new(), Vec::new());
        for (target, device) in devices(settings, around) {
            let source = format!("SNMP {}", device);
            match (poll::read(device, target.role, &target.credentials), target.role) {
                (Ok((mib, problems)), SnmpRole::Router) => {
                    lines.extend(self.router(device, &mib, &problems, now));
                    line_problems.extend(problems);
                    if !router::has_interfaces(&mib) {
                        line_problems.push(Problem::new(ProblemKind::Absent, source, "tells no interface"));
                    }
                }
                (Ok((mib, problems)), SnmpRole::Printer) => {
                    printers.extend(self.printer(device, &mib, &problems, now));
                    printer_problems.extend(problems);
                }
                (Err(error), SnmpRole::Router) => {
                    line_problems.push(error.problem(source));
                    lines.extend(lines::unanswered(&self.lines, device.ip()));
                }
                // One that was merely discovered may be no printer, or one that speaks no SNMP.
                (Err(_), SnmpRole::Printer) if target.host == SnmpHost::Discovered => {}
                (Err(error), SnmpRole::Printer) => printer_problems.push(error.problem(source)),
            }
        }
        lines::steady(&self.lines, &mut lines);
        self.told |= !lines.is_empty();
        (self.lines, self.line_problems) = (lines, line_problems);
        (self.printers, self.printer_problems) = (printers, printer_problems);
        before != (self.lines.clone(), self.line_problems.clone(), self.printer_identities())
    }

    fn printer_identities(&self) -> Vec<(Option<IpAddr>, Option<String>)> {
        self.printers.iter().map(|one| (one.address, one.serial.clone())).collect()
    }

    fn router(
        &mut self,
        device: SocketAddr,
        mib: &Mib,
        problems: &[Problem],
        now: Timestamp,
    ) -> Vec<RouterLine> {
        let reading = meter::Reading::of(mib);
        let found = self.lines_of(device, &reading, router::lines(mib, device.ip(), now));
        self.counters.insert(device, (reading, Instant::now()));
        if half_read(problems) { lines::of_half(&self.lines, device.ip(), found) } else { found }
    }

    fn printer(
        &self,
        device: SocketAddr,
        mib: &Mib,
        problems: &[Problem],
        now: Timestamp,
    ) -> Option<Peripheral> {
        let known = self.printers.iter().find(|one| one.address == Some(device.ip()));
        let known = known.filter(|_| half_read(problems)).cloned();
        known.or_else(|| network_printer::read(mib, Some(device.ip()), now))
    }

    fn lines_of(
        &mut self,
        device: SocketAddr,
        reading: &meter::Reading,
        found: Vec<router::Line>,
    ) -> Vec<RouterLine> {
        let rates = match self.counters.get(&device) {
            Some((before, at)) => meter::rates(before, reading, at.elapsed()),
            None => BTreeMap::new(),
        };
        let today = Zoned::now().date();
        let with_peak = |found: router::Line| {
            let key = (device.ip(), found.line.interface.clone());
            let now = rates.get(&found.index).map(|rate| rate.higher());
            let kept = self.peaks.get(&key).filter(|(day, _)| *day == today).map(|(_, peak)| *peak);
            let peak = lines::peak(kept, now);
            if let Some(peak) = peak {
                self.peaks.insert(key, (today, peak));
            }
            RouterLine { peak_bps: peak, ..found.line }
        };
        found.into_iter().map(with_peak).collect()
    }

    /// Lines beside the addresses that the echo told. A section without a value would leave the former lines.
    pub fn join_links(&self, links: &mut Section<Links>) {
        links.problems.extend(self.line_problems.iter().cloned());
        if self.told {
            links.value.get_or_insert_default().lines = self.lines.clone();
        }
    }

    /// Printers on the network beside what hangs on this computer. Where that could not be read nothing is
    /// added: the section would look as if it had been.
    pub fn join_peripherals(&self, peripherals: &mut Section<Peripherals>) {
        peripherals.problems.extend(self.printer_problems.iter().cloned());
        if let Some(all) = &mut peripherals.value {
            all.devices.extend(self.printers.iter().cloned());
        }
    }
}

/// What came in time may lack what tells the things apart.
fn half_read(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.kind == ProblemKind::Timeout)
}

/// A device that two targets name is asked once, with the first one's credentials.
fn devices(settings: &RemoteSettings, around: &Around) -> Vec<(SnmpTarget, SocketAddr)> {
    let mut found: Vec<(SnmpTarget, SocketAddr)> = Vec::new();
    for target in &settings.snmp {
        let addresses = match target.host {
            SnmpHost::Gateway => around.gateways.clone(),
            SnmpHost::Discovered => around.printers.iter().copied().take(MOST_DISCOVERED).collect(),
            SnmpHost::Address(address) => vec![address],
        };
        for device in addresses.into_iter().map(|address| SocketAddr::new(address, target.port)) {
            if found.iter().all(|(known, at)| (known.role, *at) != (target.role, device)) {
                found.push((target.clone(), device));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
