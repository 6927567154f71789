//! What every print system tells of a queue.

use super::name_pattern;
use crate::probe::network_printer::family::{self, Family};
use jiff::Timestamp;
use kiemke_schemas::section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral};

pub fn of_queue(
    queue: &str,
    model: Option<String>,
    name_without_model: String,
    connection: Connection,
    now: Timestamp,
) -> Peripheral {
    let name = model.clone().unwrap_or(name_without_model);
    let multifunction = match family::of(&name) {
        Some(family) => family == Family::Multifunction,
        None => name_pattern::kind(&name) == Some(Kind::Multifunction),
    };
    let kind = if multifunction { Kind::Multifunction } else { Kind::Printer };
    Peripheral {
        model,
        bus_path: Some(format!("queue:{queue}")),
        ..Peripheral::seen(kind, connection, name, ClassifiedBy::PrintQueue, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_name_what_the_device_is() {
        for (model, kind) in [
            ("EPSON L4150 Series", Kind::Multifunction),
            ("EPSON WF-C5790 Series", Kind::Multifunction),
            ("EPSON XP-4100 Series", Kind::Multifunction),
            ("Canon G3010 series", Kind::Multifunction),
            ("Canon MG2500 series Printer", Kind::Multifunction),
            ("Canon iR-ADV C3520", Kind::Multifunction),
            ("Lexmark MX310 Series", Kind::Multifunction),
            ("OKI MC362", Kind::Multifunction),
            ("SHARP MX-3570N", Kind::Multifunction),
            ("Pantum M6500 Series", Kind::Multifunction),
            ("FX DocuPrint M225 dw", Kind::Multifunction),
            ("KONICA MINOLTA C368SeriesPCL", Kind::Multifunction),
            ("EPSON L1800 Series", Kind::Printer),
            ("Canon LBP2900", Kind::Printer),
            ("Phong Mot Cua", Kind::Printer),
        ] {
            let model = Some(model.to_owned());
            let found = of_queue("q", model, String::new(), Connection::Network, Timestamp::UNIX_EPOCH);
            assert_eq!(found.kind, kind, "{}", found.name);
        }
    }
}
