//! What people call the subjects behind a cell: a host name, a model with its serial number; never an id
//! where anything else is known.

use super::Cell;
use crate::{
    inventory::{DeviceFacts, PeripheralFacts, Provenance, UnitInventory},
    text::fold,
};
use kiemke_schemas::section::peripheral::Kind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What things are counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Noun {
    Computer,
    Printer,
    Scanner,
    Multifunction,
    CardReader,
    Token,
    /// Peripherals of several kinds.
    Thing,
    /// Of which nothing is known, or computers and peripherals together.
    Subject,
}

impl Noun {
    pub const ALL: [Self; 8] = [
        Self::Computer,
        Self::Printer,
        Self::Scanner,
        Self::Multifunction,
        Self::CardReader,
        Self::Token,
        Self::Thing,
        Self::Subject,
    ];

    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::Computer => "máy",
            Self::Printer => "máy in",
            Self::Scanner => "máy scan",
            Self::Multifunction => "máy đa chức năng",
            Self::CardReader => "thiết bị đọc thẻ",
            Self::Token => "USB Token",
            Self::Thing => "thiết bị",
            Self::Subject => "đối tượng",
        }
    }

    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Printer => Self::Printer,
            Kind::Scanner => Self::Scanner,
            Kind::Multifunction => Self::Multifunction,
            Kind::CardReader => Self::CardReader,
            Kind::Token => Self::Token,
            Kind::Webcam | Kind::Fingerprint => Self::Thing,
        }
    }

    /// A multifunction device is counted among printers and among scanners.
    fn joined(self, other: Self) -> Self {
        use Noun::{Computer, Multifunction, Printer, Scanner, Subject, Thing};
        match (self, other) {
            (a, b) if a == b => a,
            (Multifunction, counted @ (Printer | Scanner))
            | (counted @ (Printer | Scanner), Multifunction) => counted,
            (Subject | Computer, _) | (_, Subject | Computer) => Subject,
            _ => Thing,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub noun: Noun,
    pub text: String,
    pub serial: Option<String>,
}

impl Name {
    fn of_device(device: &DeviceFacts) -> Self {
        let model = || described(device.maker.as_deref(), device.model.as_deref());
        let (text, serial) = match (given(device.host_name.as_deref()), model()) {
            (Some(host), _) => (host, None),
            (None, Some(model)) => (model, given(device.serial.as_deref())),
            (None, None) => (device.device.clone(), None),
        };
        Self { noun: Noun::Computer, text, serial }
    }

    fn of_thing(thing: &PeripheralFacts) -> Self {
        let model = described(thing.vendor.as_deref(), thing.model.as_deref());
        let known = model.or_else(|| given(Some(&thing.name)));
        Self {
            noun: Noun::of(thing.kind),
            text: known.unwrap_or_else(|| thing.identity.clone()),
            serial: given(thing.serial.as_deref()),
        }
    }

    pub fn vietnamese(&self) -> String {
        match &self.serial {
            Some(serial) => format!("{} (sê-ri {serial})", self.text),
            None => self.text.clone(),
        }
    }
}

fn given(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Most makers begin the model with their name.
fn described(vendor: Option<&str>, model: Option<&str>) -> Option<String> {
    let (vendor, model) = (given(vendor), given(model)?);
    Some(match vendor {
        Some(vendor) if !fold(&model).starts_with(&fold(&vendor)) => format!("{vendor} {model}"),
        _ => model,
    })
}

/// By device id or peripheral identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, Name>);

impl Names {
    /// Only of what stands behind these cells: rows of a whole province may wait for the last of them.
    pub fn behind(cells: &[Cell], inventory: &UnitInventory) -> Self {
        let ids: BTreeSet<&str> = cells.iter().flat_map(|cell| &cell.provenance).flat_map(subjects).collect();
        let devices = inventory.devices.iter().filter(|device| ids.contains(device.device.as_str()));
        let things = inventory.peripherals.iter().filter(|thing| ids.contains(thing.identity.as_str()));
        let devices = devices.map(|device| (device.device.clone(), Name::of_device(device)));
        Self(devices.chain(things.map(|thing| (thing.identity.clone(), Name::of_thing(thing)))).collect())
    }

    pub fn get(&self, id: &str) -> Option<&Name> {
        self.0.get(id)
    }

    pub fn vietnamese(&self, id: &str) -> String {
        self.get(id).map_or_else(|| id.to_owned(), Name::vietnamese)
    }

    pub fn noun(&self, ids: &[String]) -> Noun {
        let nouns = ids.iter().map(|id| self.get(id).map_or(Noun::Subject, |name| name.noun));
        nouns.reduce(Noun::joined).unwrap_or(Noun::Subject)
    }
}

fn subjects(provenance: &Provenance) -> impl Iterator<Item = &str> {
    let all = match provenance {
        Provenance::Observed { subjects, left_out, .. } => Some(subjects.iter().chain(left_out)),
        _ => None,
    };
    all.into_iter().flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::*;

    #[test]
    fn things_are_called_by_what_is_known_of_them() {
        let printer = |vendor: &str, model: &str, serial: Option<&str>| PeripheralFacts {
            vendor: given(Some(vendor)),
            model: given(Some(model)),
            serial: serial.map(str::to_owned),
            ..peripheral("usb:04b8:1234:x", Kind::Printer, "a")
        };
        let name = |thing: &PeripheralFacts| Name::of_thing(thing).vietnamese();
        let epson = printer("Epson", "L3250", Some("X8H7012345"));
        assert_eq!(name(&epson), "Epson L3250 (sê-ri X8H7012345)");
        assert_eq!(name(&printer("HP", "HP LaserJet M404", None)), "HP LaserJet M404");
        let queue = PeripheralFacts { name: "May in van thu".into(), ..printer("", "", None) };
        assert_eq!(name(&queue), "May in van thu");
        let nothing = PeripheralFacts { name: " ".into(), ..printer("", "", None) };
        assert_eq!(name(&nothing), "usb:04b8:1234:x");
        assert_eq!(Name::of_device(&computer("a")).vietnamese(), "PC-A");
        let nameless = DeviceFacts {
            host_name: None,
            maker: Some("Dell Inc.".into()),
            model: Some("OptiPlex 3080".into()),
            serial: Some("7XK2".into()),
            ..computer("a")
        };
        assert_eq!(Name::of_device(&nameless).vietnamese(), "Dell Inc. OptiPlex 3080 (sê-ri 7XK2)");
        let unknown = DeviceFacts { host_name: None, ..computer("27ianjh") };
        assert_eq!(Name::of_device(&unknown).vietnamese(), "27ianjh");
    }

    #[test]
    fn what_is_counted_has_a_noun() {
        use Noun::{Computer, Multifunction, Printer, Scanner, Subject, Thing, Token};
        for (a, b, both) in [
            (Computer, Computer, Computer),
            (Printer, Multifunction, Printer),
            (Multifunction, Scanner, Scanner),
            (Printer, Scanner, Thing),
            (Computer, Token, Subject),
            (Subject, Printer, Subject),
        ] {
            assert_eq!((a.joined(b), b.joined(a)), (both, both));
        }
    }
}
