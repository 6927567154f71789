use crate::{
    address,
    neighbourhood::Sight,
    probe::windows::{Family, Source, or_problem},
};
use kiemke_schemas::Problem;

/// NL_NEIGHBOR_STATE: being checked, waiting, not heard of lately, reachable. Permanent rows are groups.
const ANSWERED: std::ops::RangeInclusive<i32> = 2..=5;

pub(super) fn of(source: &dyn Source, problems: &mut Vec<Problem>) -> Vec<Sight> {
    let Some(adapters) = or_problem(source.adapters(), problems) else { return Vec::new() };
    let name = |index: u32| adapters.iter().find(|one| one.index == index).map(|one| one.name.clone());
    let tables = [Family::Inet, Family::Inet6].map(|family| or_problem(source.neighbours(family), problems));
    let rows = tables.into_iter().flatten().flatten();
    let answered = rows.filter(|row| ANSWERED.contains(&row.state));
    answered
        .filter_map(|row| {
            let mac = address::mac(&row.mac)?;
            Some(Sight { address: row.address, mac, interface: name(row.interface)? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::windows::{Adapter, NeighbourRow, recording::Recording};

    #[test]
    fn rows_that_answered_are_neighbours_on_the_adapter_of_their_index() {
        let row = |interface: u32, last: u8, state: i32| NeighbourRow {
            interface,
            address: [192, 168, 1, last].into(),
            mac: vec![0x3c, 0x52, 0x82, 0, 0, last],
            state,
        };
        let empty = NeighbourRow { mac: Vec::new(), ..row(4, 9, 5) };
        let of_6 = NeighbourRow { address: "fe80::8".parse().unwrap(), ..row(4, 8, 3) };
        let recording = Recording {
            adapters: Some(vec![Adapter { index: 4, name: "Ethernet".into(), ..Adapter::default() }]),
            neighbours: vec![
                of_6,
                row(4, 1, 5),
                row(4, 2, 4),
                row(4, 3, 0),
                row(4, 4, 6),
                row(7, 5, 5),
                empty,
            ],
            ..Recording::default()
        };
        let mut problems = Vec::new();
        let found: Vec<_> = of(&recording, &mut problems)
            .into_iter()
            .map(|one| (one.address.to_string(), one.mac, one.interface))
            .collect();
        let expected = |address: &str, last: u8| {
            (address.to_owned(), format!("3c:52:82:00:00:{last:02x}"), "Ethernet".to_owned())
        };
        assert_eq!(found, [expected("192.168.1.1", 1), expected("192.168.1.2", 2), expected("fe80::8", 8)]);
        assert_eq!(problems, []);
    }
}
