use crate::{neighbourhood::Sight, probe::windows::Source};
use kiemke_schemas::Problem;

/// NL_NEIGHBOR_STATE: being checked, waiting, not heard of lately, reachable. Permanent rows are groups.
const ANSWERED: std::ops::RangeInclusive<i32> = 2..=5;
const MAC_BYTES: usize = 6;

pub(super) fn of(source: &dyn Source) -> Result<Vec<Sight>, Problem> {
    let adapters = source.adapters()?;
    let name = |index: u32| adapters.iter().find(|one| one.index == index).map(|one| one.name.clone());
    let rows = source.neighbours()?.into_iter();
    let answered = rows.filter(|row| ANSWERED.contains(&row.state) && row.mac.len() == MAC_BYTES);
    Ok(answered
        .filter_map(|row| {
            let mac: Vec<String> = row.mac.iter().map(|byte| format!("{byte:02x}")).collect();
            Some(Sight { address: row.address, mac: mac.join(":"), interface: name(row.interface)? })
        })
        .collect())
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
        let recording = Recording {
            adapters: Some(vec![Adapter { index: 4, name: "Ethernet".into(), ..Adapter::default() }]),
            neighbours: vec![row(4, 1, 5), row(4, 2, 4), row(4, 3, 0), row(4, 4, 6), row(7, 5, 5), empty],
            ..Recording::default()
        };
        let found: Vec<_> = of(&recording)
            .unwrap()
            .into_iter()
            .map(|one| (one.address.to_string(), one.mac, one.interface))
            .collect();
        let expected = |last: u8| {
            (format!("192.168.1.{last}"), format!("3c:52:82:00:00:{last:02x}"), "Ethernet".to_owned())
        };
        assert_eq!(found, [expected(1), expected(2)]);
    }
}
