//! Which machines stand where, what is planted, and what people declare about it.

pub mod area;
pub mod quan1;

use super::{address::OfficeLine, machine::Machine};
use jiff::civil::Date;
use kiemke_schemas::section::peripheral::{Kind, Peripheral};
use std::collections::BTreeSet;

/// A simulated area: what the agents find first, what changes during the run, what people say.
#[derive(Default)]
pub struct Scene {
    pub machines: Vec<Machine>,
    /// After the first reports were stored.
    pub later: Vec<Later>,
    pub declarations: Vec<Declaration>,
    pub checks: Vec<Check>,
}

/// Machines by their place in [`Scene::machines`], things by serial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Later {
    Unplug { machine: usize, serial: String },
    Move { from: usize, to: usize, serial: String },
}

/// A row of `declarations.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    pub unit: String,
    /// Empty for what the unit declares of itself.
    pub system: String,
    pub field: String,
    pub value: String,
    pub declared_by: String,
    pub declared_on: Date,
}

/// A row of `security-checks.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub unit: String,
    pub subject: &'static str,
    pub identifier: Identifier,
    pub checked_by: String,
    pub checked_on: Date,
    pub document: String,
    pub valid_until: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// A host name or a serial.
    Text(String),
    /// A thing without serial, known by the computer it is plugged into; the device id is known after enrolment.
    BusPath { machine: usize, path: String },
}

/// Who writes the declarations of a unit, and when.
struct Clerk<'a> {
    unit: &'a str,
    name: String,
    on: Date,
}

impl Clerk<'_> {
    fn declare(&self, system: &str, field: &str, value: impl ToString) -> Declaration {
        Declaration {
            unit: self.unit.to_owned(),
            system: system.to_owned(),
            field: field.to_owned(),
            value: value.to_string(),
            declared_by: self.name.clone(),
            declared_on: self.on,
        }
    }

    fn lines(&self, system: &str, lines: &[OfficeLine]) -> Vec<Declaration> {
        let named_twice = |line: &OfficeLine| {
            lines.iter().filter(|other| other.provider.name == line.provider.name).count() > 1
        };
        let row = |(at, line): (usize, &OfficeLine)| {
            self.declare(system, &format!("line.{}", at + 1), line.declared(named_twice(line)))
        };
        lines.iter().enumerate().map(row).collect()
    }
}

/// The distinct things of a kind that these machines see, by serial or by computer and bus path.
pub fn things(machines: &[&Machine], kind: Kind) -> BTreeSet<String> {
    let of = |machine: &&Machine| -> Vec<String> {
        let things = machine.peripherals.devices.iter().filter(|thing| thing.kind == kind);
        let identity = |thing: &Peripheral| match (&thing.serial, &thing.bus_path) {
            (Some(serial), _) => serial.clone(),
            (None, path) => format!("{} {path:?}", machine.host_name()),
        };
        things.map(identity).collect()
    };
    machines.iter().flat_map(of).collect()
}

fn subject(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Printer => Some("printer"),
        Kind::Scanner => Some("scanner"),
        Kind::Multifunction => Some("multifunction"),
        Kind::CardReader => Some("card-reader"),
        Kind::Token => Some("token"),
        Kind::Webcam | Kind::Fingerprint => None,
    }
}
