//! Computers that declarations name and that no device of the unit answers to: allowed, a server may enrol
//! later, but told.

use super::declarations::NewValue;
use crate::{
    forms::fields::{self, Kind},
    inventory::{SupportExtension, UnitInventory, counting::Directory},
};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownComputer {
    pub line: u64,
    pub field: String,
    pub unit: String,
    /// Host name or device id as declared.
    pub name: String,
}

pub fn unknown_computers(rows: &[NewValue], units: &BTreeMap<String, UnitInventory>) -> Vec<UnknownComputer> {
    let directories: BTreeMap<&str, Directory> =
        units.iter().map(|(code, inventory)| (code.as_str(), Directory::of(inventory))).collect();
    let named = rows.iter().flat_map(|row| computers(row).into_iter().map(move |name| (row, name)));
    let unknown = named.filter(|(row, name)| {
        directories.get(row.unit.as_str()).is_none_or(|directory| directory.named(name).is_none())
    });
    unknown
        .map(|(row, name)| UnknownComputer {
            line: row.line,
            field: row.field.clone(),
            unit: row.unit.clone(),
            name,
        })
        .collect()
}

fn computers(row: &NewValue) -> Vec<String> {
    let kind = fields::find(&row.field).map(|field| field.kind);
    match (kind, &row.value) {
        (Some(Kind::Server), Some(server)) => vec![server.clone()],
        (Some(Kind::SupportExtension), Some(text)) => {
            text.parse::<SupportExtension>().map(|extension| extension.computers).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::{computer, server, unit};

    #[test]
    fn servers_and_computers_nobody_answers_for_are_told_with_row_and_field() {
        let row = |line, field: &str, value: Option<&str>| NewValue {
            line,
            unit: "26743".into(),
            system: "HOC".into(),
            field: field.into(),
            value: value.map(str::to_owned),
            declared_by: "An".into(),
            declared_on: None,
        };
        let rows = [
            row(2, "server.1", Some("pc-srv")),
            row(3, "server.2", Some("srv-2")),
            row(4, "server.3", None),
            row(5, "manager", Some("Văn phòng")),
            row(6, "os-extension.1", Some("Windows 10 đến 13/10/2026: PC-A, PC-B")),
        ];
        let inventory = unit().with(computer("a")).with(server("srv"));
        let units = [("26743".to_owned(), inventory)].into();
        let told: Vec<_> = unknown_computers(&rows, &units)
            .into_iter()
            .map(|unknown| (unknown.line, unknown.field, unknown.name))
            .collect();
        assert_eq!(
            told,
            [
                (3, "server.2".to_owned(), "srv-2".to_owned()),
                (6, "os-extension.1".to_owned(), "PC-B".to_owned()),
            ]
        );
    }
}
