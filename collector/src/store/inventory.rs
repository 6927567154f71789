//! From rows to the values that rules, forms, procurement and search take.

use super::{Store, time};
use crate::inventory::{DeviceFacts, Unit, UnitInventory, device::DeviceState};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const HOURS_A_DAY: i64 = 24;

impl Store {
    /// What is known of these units at a time, in the order given; codes that name no unit on that day are
    /// left out.
    pub async fn inventory(&self, codes: &[String], at: Timestamp) -> Result<Vec<UnitInventory>> {
        let units = self.units_by_code(codes, at).await?;
        let mut devices = self.counted_devices(codes, at).await?;
        let mut declarations = self.declarations(codes).await?;
        Ok(units
            .into_iter()
            .map(|unit| UnitInventory {
                devices: devices.remove(&unit.code).unwrap_or_default(),
                peripherals: Vec::new(),
                declarations: declarations.remove(&unit.code).unwrap_or_default(),
                unit,
            })
            .collect())
    }

    async fn units_by_code(&self, codes: &[String], at: Timestamp) -> Result<Vec<Unit>> {
        let on = time::local_date(at);
        if let [code] = codes {
            return Ok(self.unit(code, on).await?.into_iter().collect());
        }
        let mut all: BTreeMap<String, Unit> =
            self.units(on).await?.into_iter().map(|unit| (unit.code.clone(), unit)).collect();
        Ok(codes.iter().filter_map(|code| all.remove(code)).collect())
    }

    async fn counted_devices(
        &self,
        codes: &[String],
        at: Timestamp,
    ) -> Result<BTreeMap<String, Vec<DeviceFacts>>> {
        let days = self.thresholds().await?.device_counts_days;
        let oldest = at.checked_sub(SignedDuration::from_hours(i64::from(days) * HOURS_A_DAY))?;
        let mut by_unit = BTreeMap::<String, Vec<DeviceFacts>>::new();
        for facts in self.facts_of_units(codes).await? {
            if counts(&facts, oldest) {
                by_unit.entry(facts.unit.clone()).or_default().push(facts);
            }
        }
        Ok(by_unit)
    }
}

/// A device counts until a person retires or revokes it, or it has been silent for too long.
fn counts(facts: &DeviceFacts, oldest: Timestamp) -> bool {
    let alive = facts.last_seen_at.max(facts.last_report_at).unwrap_or(facts.enrolled_at) >= oldest;
    alive && matches!(facts.state, DeviceState::Active | DeviceState::Suspended)
}
