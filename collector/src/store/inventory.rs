//! From rows to the values that rules, forms, procurement and search take.

use super::{Store, checks::CheckSubject, time};
use crate::{
    inventory::{
        DeviceFacts, PeripheralFacts, Unit, UnitInventory, counting::device_counts, neighbour, peripheral,
    },
    settings::Thresholds,
};
use anyhow::Result;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// What is known of these units at a time, in the order given; codes that name no unit on that day are
    /// left out.
    pub async fn inventory(&self, codes: &[String], at: Timestamp) -> Result<Vec<UnitInventory>> {
        let units = self.units_by_code(codes, at).await?;
        let thresholds = self.thresholds().await?;
        let mut devices = self.counted_devices(codes, at, &thresholds).await?;
        let mut peripherals = self.peripherals_by_unit(codes).await?;
        let mut declarations = self.declarations(codes).await?;
        let managed = self.managed_macs(devices.values().flatten()).await?;
        Ok(units
            .into_iter()
            .map(|unit| {
                let devices = devices.remove(&unit.code).unwrap_or_default();
                let peripherals = peripherals.remove(&unit.code).unwrap_or_default();
                UnitInventory {
                    neighbours: neighbour::merge(&devices, &peripherals, &managed, thresholds.sighting_days),
                    declarations: declarations.remove(&unit.code).unwrap_or_default(),
                    devices,
                    peripherals,
                    unit,
                }
            })
            .collect())
    }

    /// Of the MACs that these devices see, those of computers that report, of whatever unit.
    async fn managed_macs(&self, devices: impl Iterator<Item = &DeviceFacts>) -> Result<BTreeSet<String>> {
        let seen: BTreeSet<&str> =
            devices.flat_map(|device| &device.neighbours).map(|one| one.mac.as_str()).collect();
        self.macs_with_agents(&seen.into_iter().collect::<Vec<_>>()).await
    }

    async fn units_by_code(&self, codes: &[String], at: Timestamp) -> Result<Vec<Unit>> {
        let tree = self.unit_tree(time::local_date(at)).await?;
        Ok(codes.iter().filter_map(|code| tree.get(code).cloned()).collect())
    }

    async fn counted_devices(
        &self,
        codes: &[String],
        at: Timestamp,
        thresholds: &Thresholds,
    ) -> Result<BTreeMap<String, Vec<DeviceFacts>>> {
        let mut by_unit = BTreeMap::<String, Vec<DeviceFacts>>::new();
        for facts in self.facts_of_units(codes).await? {
            if device_counts(&facts, thresholds, at) {
                by_unit.entry(facts.unit.clone()).or_default().push(facts);
            }
        }
        Ok(by_unit)
    }

    /// A thing belongs to the unit of the computer that saw it last.
    async fn peripherals_by_unit(&self, codes: &[String]) -> Result<BTreeMap<String, Vec<PeripheralFacts>>> {
        let wanted: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
        let mut things = peripheral::merge(&self.peripheral_sightings(codes).await?);
        things.retain(|thing| wanted.contains(thing.unit.as_str()));
        let identities: Vec<String> =
            things.iter().flat_map(PeripheralFacts::identities).map(str::to_owned).collect();
        let checks = self.checks(CheckSubject::Peripheral, &identities).await?;
        let mut by_unit = BTreeMap::<String, Vec<PeripheralFacts>>::new();
        for mut thing in things {
            thing.check = thing
                .identities()
                .filter_map(|id| checks.get(id))
                .max_by_key(|check| check.checked_on)
                .cloned();
            by_unit.entry(thing.unit.clone()).or_default().push(thing);
        }
        Ok(by_unit)
    }
}
