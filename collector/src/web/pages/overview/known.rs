//! What is known of each unit in numbers.

use super::criteria::LINE_RULES;
use crate::{
    store::pages::figures::{DeviceGroup, DevicesThen},
    web::{error::WebError, viewer::Viewer},
};
use std::{
    collections::{BTreeMap, HashMap},
    ops::AddAssign,
};

const TREND_DAYS: u32 = 7;

/// Numbers of one unit, or of several added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitKnown {
    /// Workstations and laptops.
    pub computers: i64,
    pub servers: i64,
    pub of_unknown_kind: i64,
    pub alive: i64,
    pub protection_unknown: i64,
    pub system_known: i64,
    pub disk_known: i64,
    pub units_with_data: i64,
    pub units_with_lines: i64,
    pub units_declaring: i64,
    /// Units of which a declared need could be compared with what is there.
    pub units_compared: i64,
    /// Those of them with a need that could not.
    pub units_half_compared: i64,
    /// Units with an open flag that two lines of different groups are missing.
    pub units_failing_lines: i64,
    /// Units with two lines of different groups.
    pub units_good_lines: i64,
    /// What the figures showed a week ago.
    pub then: Then,
    /// Open flags by rule: now, and a week ago.
    pub flags: BTreeMap<String, (i64, i64)>,
}

/// A number that nothing reaches back to is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Then {
    pub alive: Option<i64>,
    pub protected: Option<i64>,
    pub good_lines: Option<i64>,
}

fn plus(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.map_or(other, |one| Some(one + other.unwrap_or(0)))
}

impl AddAssign<&Self> for Then {
    fn add_assign(&mut self, other: &Self) {
        self.alive = plus(self.alive, other.alive);
        self.protected = plus(self.protected, other.protected);
        self.good_lines = plus(self.good_lines, other.good_lines);
    }
}

impl UnitKnown {
    pub fn devices(&self) -> i64 {
        self.computers + self.servers + self.of_unknown_kind
    }

    pub fn flags(&self, rule: &str) -> i64 {
        self.flags.get(rule).map_or(0, |(now, _)| *now)
    }

    pub fn flags_then(&self, rule: &str) -> i64 {
        self.flags.get(rule).map_or(0, |(_, then)| *then)
    }

    pub fn protection_known(&self) -> i64 {
        self.devices() - self.protection_unknown
    }

    pub fn units_without_two_lines(&self) -> i64 {
        self.units_failing_lines
    }
}

impl UnitKnown {
    fn add(&mut self, group: &DeviceGroup) {
        *match group.kind.as_str() {
            "server" => &mut self.servers,
            "workstation" | "laptop" => &mut self.computers,
            _ => &mut self.of_unknown_kind,
        } += group.devices;
        self.alive += group.alive;
        self.protection_unknown += if group.protection == "unknown" { group.devices } else { 0 };
        self.system_known += group.system_known;
        self.disk_known += group.disk_known;
    }
}

impl AddAssign<&Self> for UnitKnown {
    fn add_assign(&mut self, other: &Self) {
        self.computers += other.computers;
        self.servers += other.servers;
        self.of_unknown_kind += other.of_unknown_kind;
        self.alive += other.alive;
        self.protection_unknown += other.protection_unknown;
        self.system_known += other.system_known;
        self.disk_known += other.disk_known;
        self.units_with_data += other.units_with_data;
        self.units_with_lines += other.units_with_lines;
        self.units_declaring += other.units_declaring;
        self.units_compared += other.units_compared;
        self.units_half_compared += other.units_half_compared;
        self.units_failing_lines += other.units_failing_lines;
        self.units_good_lines += other.units_good_lines;
        self.then += &other.then;
        for (rule, (now, then)) in &other.flags {
            let sum = self.flags.entry(rule.clone()).or_default();
            sum.0 += now;
            sum.1 += then;
        }
    }
}

pub struct Known {
    pub by_unit: HashMap<String, UnitKnown>,
}

impl Known {
    /// Each of the reads takes its time where the whole country is counted.
    pub async fn load(viewer: &Viewer) -> Result<Self, WebError> {
        let (store, thresholds) = (viewer.store(), viewer.web.app.thresholds());
        let counts_since = viewer.days_ago(thresholds.device_counts_days);
        let alive_since = viewer.days_ago(thresholds.silent_days);
        let (groups, flags, with_lines, declaring, compared, then) = tokio::try_join!(
            store.device_groups(counts_since, alive_since),
            store.flag_groups(viewer.days_ago(TREND_DAYS)),
            store.units_with_lines(),
            store.declaring_units(),
            store.equipment_compared(),
            RowsThen::load(viewer),
        )?;
        let mut by_unit = HashMap::<String, UnitKnown>::new();
        for group in groups {
            by_unit.entry(group.unit_code.clone()).or_default().add(&group);
        }
        for group in flags {
            let known = by_unit.entry(group.unit_code).or_default();
            known.flags.insert(group.rule, (group.open_now, group.open_then));
        }
        for code in with_lines {
            by_unit.entry(code).or_default().units_with_lines = 1;
        }
        for code in declaring {
            by_unit.entry(code).or_default().units_declaring = 1;
        }
        for (code, open) in compared {
            let known = by_unit.entry(code).or_default();
            (known.units_compared, known.units_half_compared) = (1, i64::from(open > 0));
        }
        then.add_to(&mut by_unit);
        by_unit.values_mut().for_each(settle);
        by_unit.retain(|_, known| known.units_with_data > 0);
        Ok(Self { by_unit })
    }

    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.by_unit.keys().map(String::as_str)
    }
}

/// What the figures showed a week ago.
struct RowsThen {
    devices: Vec<DevicesThen>,
    units_with_lines: Vec<String>,
}

impl RowsThen {
    async fn load(viewer: &Viewer) -> anyhow::Result<Self> {
        let (store, thresholds) = (viewer.store(), viewer.web.app.thresholds());
        let then = viewer.days_ago(TREND_DAYS);
        let counted = viewer.days_ago(TREND_DAYS.saturating_add(thresholds.device_counts_days));
        let seen = viewer.days_ago(TREND_DAYS.saturating_add(thresholds.sighting_days));
        let (devices, units_with_lines) =
            tokio::try_join!(store.devices_then(then, counted), store.units_with_lines_then(then, seen))?;
        Ok(Self { devices, units_with_lines })
    }

    fn add_to(self, by_unit: &mut HashMap<String, UnitKnown>) {
        for devices in self.devices {
            let then = &mut by_unit.entry(devices.unit_code).or_default().then;
            (then.alive, then.protected) = (Some(devices.alive), Some(devices.protected));
            // What was there without a line had no two.
            then.good_lines = Some(0);
        }
        for code in self.units_with_lines {
            by_unit.entry(code).or_default().then.good_lines = Some(1);
        }
    }
}

fn settle(known: &mut UnitKnown) {
    let [single, same_group, ..] = LINE_RULES;
    known.units_with_data = i64::from(known.devices() > 0 || known.units_declaring > 0);
    known.units_failing_lines = i64::from(known.flags(single) + known.flags(same_group) > 0);
    known.units_good_lines = (known.units_with_lines - known.units_failing_lines).max(0);
    if known.flags_then(single) + known.flags_then(same_group) > 0 {
        known.then.good_lines = Some(0);
    }
}
