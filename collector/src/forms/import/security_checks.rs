use super::{Errors, ImportErrors, Table, declarations::known_unit, table::Row};
use crate::{
    date,
    inventory::{DeviceFacts, PeripheralFacts, UnitInventory, device::SecurityCheck},
};
use kiemke_schemas::section::peripheral::Kind;
use std::collections::{BTreeMap, BTreeSet};

pub const COLUMNS: [&str; 7] =
    ["unit", "subject", "identifier", "checked_on", "checked_by", "document", "valid_until"];
const UNIT: usize = 0;
const SUBJECT: usize = 1;
const IDENTIFIER: usize = 2;
const CHECKED_ON: usize = 3;
const CHECKED_BY: usize = 4;
const DOCUMENT: usize = 5;
const VALID_UNTIL: usize = 6;

/// One row of the file: what was checked is named as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    pub line: u64,
    pub unit: String,
    pub subject: Subject,
    /// Host name or device id; serial number or peripheral identity.
    pub identifier: String,
    pub check: SecurityCheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Computer,
    Printer,
    Scanner,
    Multifunction,
    CardReader,
    Token,
}

/// The thing that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    Device(String),
    Peripheral(String),
}

impl Subject {
    const ALL: [Self; 6] =
        [Self::Computer, Self::Printer, Self::Scanner, Self::Multifunction, Self::CardReader, Self::Token];

    fn as_str(self) -> &'static str {
        match self {
            Self::Computer => "computer",
            Self::Printer => "printer",
            Self::Scanner => "scanner",
            Self::Multifunction => "multifunction",
            Self::CardReader => "card-reader",
            Self::Token => "token",
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|subject| subject.as_str() == text).ok_or_else(|| {
            format!("{text:?} is no subject; expected one of {}", Self::ALL.map(Self::as_str).join(", "))
        })
    }

    /// A multifunction device may be named by any of what it is.
    fn covers(self, kind: Kind) -> bool {
        match self {
            Self::Computer => false,
            Self::Printer => matches!(kind, Kind::Printer | Kind::Multifunction),
            Self::Scanner => matches!(kind, Kind::Scanner | Kind::Multifunction),
            Self::Multifunction => kind == Kind::Multifunction,
            Self::CardReader => kind == Kind::CardReader,
            Self::Token => kind == Kind::Token,
        }
    }
}

pub fn units(rows: &[CheckRow]) -> Vec<String> {
    rows.iter().map(|row| row.unit.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

pub fn read(file: &str, bytes: &[u8], known_units: &BTreeSet<String>) -> Result<Vec<CheckRow>, ImportErrors> {
    let table = Table::read(file, bytes, &COLUMNS)?;
    let mut errors = Errors::default();
    let rows = table.rows.iter().filter_map(|row| checked(row, known_units, &mut errors)).collect();
    errors.finish(file, rows)
}

fn checked(row: &Row, known_units: &BTreeSet<String>, errors: &mut Errors) -> Option<CheckRow> {
    let line = row.line;
    let unit = errors.take(line, "unit", known_unit(row.get(UNIT), known_units));
    let subject = errors.take(line, "subject", Subject::parse(row.get(SUBJECT)));
    let checked_on = errors.take(line, "checked_on", date::parse(row.get(CHECKED_ON)));
    for column in [IDENTIFIER, CHECKED_BY] {
        if row.get(column).is_empty() {
            errors.add(line, COLUMNS[column], "is empty");
        }
    }
    let valid_until = match row.get(VALID_UNTIL) {
        "" => Some(None),
        text => errors.take(line, "valid_until", date::parse(text)).map(Some),
    };
    if let (Some(on), Some(Some(until))) = (checked_on, valid_until)
        && until < on
    {
        errors.add(line, "valid_until", "is before checked_on");
    }
    let document = Some(row.get(DOCUMENT).to_owned()).filter(|text| !text.is_empty());
    let (checked_by, valid_until) = (row.get(CHECKED_BY).to_owned(), valid_until?);
    let check = SecurityCheck { checked_on: checked_on?, checked_by, document, valid_until };
    Some(CheckRow { line, unit: unit?, subject: subject?, identifier: row.get(IDENTIFIER).to_owned(), check })
}

/// Finds the thing behind every row; unknown and ambiguous names are errors.
pub fn resolve(
    file: &str,
    rows: Vec<CheckRow>,
    inventories: &BTreeMap<String, UnitInventory>,
) -> Result<Vec<(Checked, SecurityCheck)>, ImportErrors> {
    let mut errors = Errors::default();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let thing = inventories
            .get(&row.unit)
            .ok_or_else(|| format!("unit {} has no devices", row.unit))
            .and_then(|inventory| find(&row, inventory));
        found.extend(errors.take(row.line, "identifier", thing).map(|thing| (thing, row.check)));
    }
    errors.finish(file, found)
}

fn find(row: &CheckRow, inventory: &UnitInventory) -> Result<Checked, String> {
    let ids: Vec<&str> = if row.subject == Subject::Computer {
        let named = inventory.devices.iter().filter(|device| names_device(device, &row.identifier));
        named.map(|device| device.device.as_str()).collect()
    } else {
        let of_kind = inventory.peripherals.iter().filter(|thing| row.subject.covers(thing.kind));
        let named = of_kind.filter(|thing| names_peripheral(thing, &row.identifier));
        named.map(|thing| thing.identity.as_str()).collect()
    };
    let (subject, identifier) = (row.subject.as_str(), &row.identifier);
    let place = format!("{} ({})", row.unit, inventory.unit.full_name);
    match ids.as_slice() {
        [] => Err(format!("no {subject} {identifier:?} in unit {place}")),
        [one] if row.subject == Subject::Computer => Ok(Checked::Device((*one).to_owned())),
        [one] => Ok(Checked::Peripheral((*one).to_owned())),
        many => Err(format!("{subject} {identifier:?} in unit {place} may be any of {}", many.join(", "))),
    }
}

fn names_device(device: &DeviceFacts, identifier: &str) -> bool {
    let host = device.host_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(identifier));
    host || device.device == identifier
}

fn names_peripheral(thing: &PeripheralFacts, identifier: &str) -> bool {
    let serial = thing.serial.as_deref().is_some_and(|serial| serial.eq_ignore_ascii_case(identifier));
    serial || thing.identities().any(|identity| identity == identifier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::{computer, peripheral, unit};

    fn inventories() -> BTreeMap<String, UnitInventory> {
        let serial = |identity: &str, kind, serial: &str| PeripheralFacts {
            serial: Some(serial.into()),
            ..peripheral(identity, kind, "a")
        };
        let named = |id: &str, host: &str| DeviceFacts { host_name: Some(host.into()), ..computer(id) };
        let inventory = unit()
            .with(computer("a"))
            .with(named("b", "TWIN"))
            .with(named("c", "twin"))
            .with_peripheral(serial("usb:1", Kind::Multifunction, "MFP123"))
            .with_peripheral(serial("usb:2", Kind::Token, "TOK456"));
        [("26743".to_owned(), inventory)].into()
    }

    fn import(rows: &str) -> Result<Vec<Checked>, String> {
        let text = format!("{}\n{rows}", COLUMNS.join(";"));
        let known = ["26743", "760"].map(str::to_owned).into();
        let rows = read("c.csv", text.as_bytes(), &known).map_err(|errors| errors.to_string())?;
        let found = resolve("c.csv", rows, &inventories()).map_err(|errors| errors.to_string())?;
        Ok(found.into_iter().map(|(thing, _)| thing).collect())
    }

    #[test]
    fn names_and_serials_find_their_thing() {
        let rows = "26743;computer;pc-a;01/10/2026;Công an Quận 1;12/BB;\n\
                    26743;computer;b;01/10/2026;Công an Quận 1;;\n\
                    26743;printer;mfp123;01/10/2026;Công an Quận 1;;01/10/2027\n\
                    26743;scanner;usb:1;01/10/2026;Công an Quận 1;;\n";
        let peripheral = || Checked::Peripheral("usb:1".into());
        let device = |id: &str| Checked::Device(id.into());
        assert_eq!(import(rows), Ok(vec![device("a"), device("b"), peripheral(), peripheral()]));
    }

    #[test]
    fn unknown_and_ambiguous_names_are_errors() {
        let rows = "26743;computer;pc-z;01/10/2026;An;;\n26743;computer;twin;01/10/2026;An;;\n\
                    26743;printer;TOK456;01/10/2026;An;;\n760;computer;pc-a;01/10/2026;An;;\n";
        assert_eq!(
            import(rows).unwrap_err(),
            "c.csv: 4 errors, nothing imported\n\
             c.csv:2: identifier: no computer \"pc-z\" in unit 26743 (Phường Bến Thành)\n\
             c.csv:3: identifier: computer \"twin\" in unit 26743 (Phường Bến Thành) may be any of b, c\n\
             c.csv:4: identifier: no printer \"TOK456\" in unit 26743 (Phường Bến Thành)\n\
             c.csv:5: identifier: unit 760 has no devices"
        );
        assert_eq!(
            import("26743;mouse;;x;;;\n26743;token;TOK456;02/10/2026;An;;01/10/2026\n").unwrap_err(),
            "c.csv: 5 errors, nothing imported\n\
             c.csv:2: subject: \"mouse\" is no subject; expected one of computer, printer, scanner, \
             multifunction, card-reader, token\n\
             c.csv:2: checked_on: \"x\" is no date; expected yyyy-mm-dd or dd/MM/yyyy\n\
             c.csv:2: identifier: is empty\n\
             c.csv:2: checked_by: is empty\n\
             c.csv:3: valid_until: is before checked_on"
        );
    }
}
