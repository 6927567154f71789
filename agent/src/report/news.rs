//! What a round of readings changes: sections whose text is another now, and events that no snapshot shows.

use super::sections::{SectionStore, as_read};
use crate::{
    collect::Readings,
    probe::{antivirus, load, operating_system, peripheral, storage},
};
use anyhow::Result;
use jiff::Timestamp;
use kiemke_schemas::{
    Section, SectionName,
    observation::{Event, Observation},
    section::peripheral::Peripherals,
};
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub struct News {
    pub sections: BTreeSet<SectionName>,
    pub observations: Vec<Observation>,
}

/// Takes all readings into the store.
pub fn take_in(store: &mut SectionStore, readings: Readings) -> Result<News> {
    let at = readings.at;
    let mut events = Vec::new();
    compare(store, SectionName::Antivirus, &readings.antivirus, antivirus::changes, &mut events);
    compare(store, SectionName::Peripheral, &readings.peripheral, peripheral::changes, &mut events);
    let neighbour = readings.neighbour.map(|read| store.put(SectionName::Neighbour, read, at, as_read));
    let changed = [
        (SectionName::Neighbour, neighbour.transpose()?.unwrap_or(false)),
        (SectionName::Antivirus, store.put(SectionName::Antivirus, readings.antivirus, at, as_read)?),
        (SectionName::Hardware, store.put(SectionName::Hardware, readings.hardware, at, as_read)?),
        (SectionName::Link, store.put(SectionName::Link, readings.link, at, as_read)?),
        (SectionName::Load, store.put(SectionName::Load, readings.load, at, load::steady)?),
        (SectionName::Network, store.put(SectionName::Network, readings.network, at, as_read)?),
        (
            SectionName::OperatingSystem,
            store.put(
                SectionName::OperatingSystem,
                readings.operating_system,
                at,
                operating_system::steady,
            )?,
        ),
        (
            SectionName::Peripheral,
            store.put(SectionName::Peripheral, readings.peripheral, at, peripheral::steady)?,
        ),
        (SectionName::Software, store.put(SectionName::Software, readings.software, at, as_read)?),
        (SectionName::Storage, store.put(SectionName::Storage, readings.storage, at, storage::steady)?),
    ];
    store.save()?;
    Ok(News {
        sections: changed.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect(),
        observations: events.into_iter().map(|event| Observation { at, event }).collect(),
    })
}

/// Takes in what was read because something was plugged in or out.
pub fn take_in_peripherals(
    store: &mut SectionStore,
    reading: Section<Peripherals>,
    at: Timestamp,
) -> Result<News> {
    let (name, mut events) = (SectionName::Peripheral, Vec::new());
    compare(store, name, &reading, peripheral::changes, &mut events);
    let changed = store.put(name, reading, at, peripheral::steady)?;
    store.save()?;
    Ok(News {
        sections: changed.then_some(name).into_iter().collect(),
        observations: events.into_iter().map(|event| Observation { at, event }).collect(),
    })
}

fn compare<T: serde::de::DeserializeOwned>(
    store: &SectionStore,
    name: SectionName,
    reading: &Section<T>,
    changes: fn(&T, &T) -> Vec<Event>,
    events: &mut Vec<Event>,
) {
    let before = store.last::<T>(name).and_then(|section| section.value);
    if let (Some(before), Some(now)) = (before, &reading.value) {
        events.extend(changes(&before, now));
    }
}
