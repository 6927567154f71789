//! What every print system tells of a queue.

use super::name_pattern;
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
    let kind = match name_pattern::kind(&name) {
        Some(Kind::Multifunction) => Kind::Multifunction,
        _ => Kind::Printer,
    };
    Peripheral {
        model,
        bus_path: Some(format!("queue:{queue}")),
        ..Peripheral::seen(kind, connection, name, ClassifiedBy::PrintQueue, now)
    }
}
