//! `kiemke-agent parse KIND FILE…`: prints sections as they stand in a report.

use super::{
    brother, dmidecode, error::ParseError, firewall, linux_antivirus, lsusb, records, registry, text, usb,
    windows_antivirus, windows_usb,
};
use crate::output;
use anyhow::Context;
use clap::ValueEnum;
use jiff::Timestamp;
use kiemke_schemas::{
    Section,
    section::{
        antivirus::{Antivirus, FirewallProfile, Product},
        hardware::Hardware,
        peripheral::Peripherals,
    },
};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Files of usbprint-reg, usb-reg, firewall-reg and cytool are parts of one computer and are read together; \
                  of the other kinds every file gives an answer of its own.\n\nExample:\n  \
                  kiemke-agent parse usbprint-reg USBPRINT.reg USB.reg"
)]
pub struct Args {
    #[arg(value_enum)]
    kind: Kind,
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Lsusb,
    Dmidecode,
    Securitycenter2,
    Mpcomputerstatus,
    Mdatp,
    Sentinelctl,
    Bduitool,
    Cytool,
    Ufw,
    Firewalld,
    UsbprintReg,
    UsbReg,
    FirewallReg,
    CimLogicaldevice,
    BrotherJson,
}

impl Kind {
    fn reads_files_together(self) -> bool {
        matches!(self, Self::UsbprintReg | Self::UsbReg | Self::FirewallReg | Self::Cytool)
    }
}

/// Sections by their name, and beside them what a report does not carry.
#[derive(Debug, Default, Serialize)]
struct Answer {
    sections: Sections,
    /// Devices on USB that are no hubs.
    #[serde(skip_serializing_if = "Option::is_none")]
    usb: Option<Vec<usb::Listed>>,
    /// Ports of the print system.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    printer_ports: Vec<PrinterPort>,
}

#[derive(Debug, Default, Serialize)]
struct Sections {
    #[serde(skip_serializing_if = "Option::is_none")]
    antivirus: Option<Section<Antivirus>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hardware: Option<Section<Hardware>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peripheral: Option<Section<Peripherals>>,
}

#[derive(Debug, Serialize)]
struct PrinterPort {
    port: String,
    name: String,
    usb_vendor: Option<String>,
    usb_product: Option<String>,
    serial: Option<String>,
}

/// A file as text, with its name for errors.
struct Input {
    file: String,
    text: String,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let inputs: Vec<Input> = args.files.iter().map(read).collect::<anyhow::Result<_>>()?;
    let together = if args.kind.reads_files_together() { inputs.len() } else { 1 };
    for part in inputs.chunks(together.max(1)) {
        output::line(serde_json::to_string_pretty(&answer(args.kind, part)?)?)?;
    }
    Ok(())
}

fn read(file: &PathBuf) -> anyhow::Result<Input> {
    let bytes = std::fs::read(file).with_context(|| format!("{}", file.display()))?;
    Ok(Input { file: file.display().to_string(), text: text::decode(&bytes) })
}

fn answer(kind: Kind, inputs: &[Input]) -> anyhow::Result<Answer> {
    let now = Timestamp::now();
    let now = now.round(jiff::Unit::Second).unwrap_or(now);
    let files = inputs.iter().map(|input| input.file.as_str()).collect::<Vec<_>>().join(", ");
    match kind {
        Kind::UsbprintReg | Kind::UsbReg | Kind::FirewallReg => {
            let mut all = registry::Registry::default();
            for input in inputs {
                all.extend(registry::read(&input.text).with_context(|| input.file.clone())?);
            }
            of_registry(kind, &all, now).context(files)
        }
        _ => {
            let text: Vec<&str> = inputs.iter().map(|input| input.text.as_str()).collect();
            of_text(kind, &text.join("\n"), now).context(files)
        }
    }
}

fn of_registry(kind: Kind, registry: &registry::Registry, now: Timestamp) -> Result<Answer, ParseError> {
    match kind {
        Kind::UsbprintReg => windows_usb::printers(registry, now).map(printers),
        Kind::FirewallReg => firewall::windows(registry).map(|profiles| protection(Vec::new(), profiles)),
        _ => {
            let devices = windows_usb::devices(registry);
            if devices.is_empty() {
                return Err(ParseError::new("no device below Enum\\USB"));
            }
            let mut answer = usb_devices(&devices, now);
            let found = answer.sections.peripheral.iter_mut().filter_map(|section| section.value.as_mut());
            for device in found.flat_map(|value| value.devices.iter_mut()) {
                let instance = device.bus_path.as_deref().unwrap_or_default();
                device.present = windows_usb::is_plugged(registry, instance);
            }
            Ok(answer)
        }
    }
}

fn of_text(kind: Kind, text: &str, now: Timestamp) -> Result<Answer, ParseError> {
    let product = |product: Product| protection(vec![product], Vec::new());
    let profile = |profile: FirewallProfile| protection(Vec::new(), vec![profile]);
    match kind {
        Kind::Lsusb => lsusb::parse(text).map(|devices| usb_devices(&devices, now)),
        Kind::Dmidecode => dmidecode::parse(text).map(hardware),
        Kind::Securitycenter2 if windows_antivirus::says_none(text) => Ok(protection(Vec::new(), Vec::new())),
        Kind::Securitycenter2 => {
            let products = windows_antivirus::security_center(&records::read(text)?)?;
            Ok(protection(products, Vec::new()))
        }
        Kind::Mpcomputerstatus => windows_antivirus::mp_computer_status(&records::read(text)?).map(product),
        Kind::Mdatp => linux_antivirus::defender(text).map(product),
        Kind::Sentinelctl => linux_antivirus::sentinel_one(text).map(product),
        Kind::Bduitool => linux_antivirus::bitdefender(text).map(product),
        Kind::Cytool => linux_antivirus::cortex(text).map(product),
        Kind::Ufw => firewall::ufw(text).map(profile),
        Kind::Firewalld => firewall::firewalld(text).map(profile),
        Kind::CimLogicaldevice => {
            let devices = windows_usb::of_records(&records::read(text)?)?;
            Ok(usb_devices(&devices, now))
        }
        Kind::BrotherJson => {
            let found = brother::parse(text, now)?;
            Ok(peripherals(Peripherals { devices: found.into_iter().collect() }))
        }
        Kind::UsbprintReg | Kind::UsbReg | Kind::FirewallReg => {
            of_registry(kind, &registry::read(text)?, now)
        }
    }
}

fn hardware(hardware: Hardware) -> Answer {
    let sections = Sections { hardware: Some(Section::known(hardware)), ..Sections::default() };
    Answer { sections, ..Answer::default() }
}

fn protection(products: Vec<Product>, firewall: Vec<FirewallProfile>) -> Answer {
    let section = Section::known(Antivirus { products, firewall });
    Answer { sections: Sections { antivirus: Some(section), ..Sections::default() }, ..Answer::default() }
}

fn peripherals(found: Peripherals) -> Answer {
    let sections = Sections { peripheral: Some(Section::known(found)), ..Sections::default() };
    Answer { sections, ..Answer::default() }
}

fn usb_devices(devices: &[crate::probe::peripheral::classify::UsbDevice], now: Timestamp) -> Answer {
    Answer { usb: Some(usb::list(devices)), ..peripherals(usb::peripherals(devices, now)) }
}

fn printers(ports: Vec<windows_usb::Port>) -> Answer {
    let printer_ports = ports.iter().map(|port| PrinterPort {
        port: port.name.clone(),
        name: port.printer.name.clone(),
        usb_vendor: port.printer.usb_vendor.clone(),
        usb_product: port.printer.usb_product.clone(),
        serial: port.printer.serial.clone(),
    });
    let printer_ports = printer_ports.collect();
    let devices = ports.into_iter().map(|port| port.printer).collect();
    Answer { printer_ports, ..peripherals(Peripherals { devices }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn never_panics(bytes: &[u8]) {
        for kind in Kind::value_variants() {
            let input = Input { file: "x".into(), text: text::decode(bytes) };
            if let Err(error) = answer(*kind, &[input]) {
                assert!(format!("{error:#}").starts_with("x: "), "{error:#}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_give_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            never_panics(&bytes);
        }

        #[test]
        fn so_do_texts_that_look_right(
            head in "(Windows Registry Editor Version 5.00\r\n\\[HKLM\\\\Enum\\\\USB(PRINT)?\\\\VID_[0-9A-F]{0,5}&PID_[0-9]{0,4}\\\\[a-z&0-9]{0,6}\\]\r\n|Handle 0x0001, DMI type [0-9]{1,2}, 27 bytes\n|Bus 001 Device 002: ID |\\{|Product version: 1\n|)",
            body in "((\"[A-Za-z]{0,9}\"=(dword|hex|hex\\(7\\)):[0-9a-f,]{0,8}|\t[A-Z][a-z]{0,8}: .{0,9}|displayName : .{0,6}|productState=[0-9]{0,12}|  bInterfaceClass +[0-9a-z]{0,3}|DeviceID=USB\\\\VID_.{0,9}|Size: [0-9]{0,20} [kMGT]B|\"[0-9.]{0,9}\": .{0,5})\r?\n){0,8}",
        ) {
            never_panics(format!("{head}{body}").as_bytes());
        }
    }
}
