//! Samples of one day, kept as counts so that a restart loses nothing and memory stays small.

use super::{latency::Latencies, sample::Sample};
use jiff::civil::Date;
use kiemke_schemas::section::load::DayPeaks;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// Steps of the processor's share: whole percent, 0 to 100.
const STEPS: usize = 101;
const DAYS_KEPT: usize = 31;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub date: Date,
    samples: u32,
    processor: Vec<u16>,
    memory_max_permille: Option<u32>,
    connections_max: Option<u64>,
    throughput_max_bps: Option<u64>,
    #[serde(default)]
    latencies: Latencies,
    #[serde(default)]
    targets: BTreeMap<String, Latencies>,
}

impl Day {
    pub fn new(date: Date) -> Self {
        Self {
            date,
            samples: 0,
            processor: vec![0; STEPS],
            memory_max_permille: None,
            connections_max: None,
            throughput_max_bps: None,
            latencies: Latencies::default(),
            targets: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, sample: &Sample) {
        self.samples = self.samples.saturating_add(1);
        if let Some(permille) = sample.processor_permille {
            self.processor.resize(STEPS, 0);
            let step = usize::try_from(permille / 10).unwrap_or(STEPS).min(STEPS - 1);
            self.processor[step] = self.processor[step].saturating_add(1);
        }
        self.memory_max_permille = self.memory_max_permille.max(sample.memory_permille);
        self.connections_max = self.connections_max.max(sample.connections);
        self.throughput_max_bps = self.throughput_max_bps.max(sample.throughput_bps);
    }

    pub fn peaks(&self) -> DayPeaks {
        DayPeaks {
            date: self.date,
            samples: self.samples,
            processor_p95_permille: self.p95(),
            memory_max_permille: self.memory_max_permille,
            connections_max: self.connections_max,
            throughput_max_bps: self.throughput_max_bps,
            latency_median_us: self.latencies.median_us(),
            latency_max_us: self.latencies.max_us(),
            unreachable_minutes: self.latencies.unreachable_minutes(),
            targets: self.targets.iter().map(|(target, latencies)| latencies.of_target(target)).collect(),
        }
    }

    /// The smallest share that 95 % of the samples do not exceed (nearest rank).
    fn p95(&self) -> Option<u32> {
        let total: u32 = self.processor.iter().map(|count| u32::from(*count)).sum();
        let rank = (u64::from(total) * 95).div_ceil(100);
        let mut seen = 0_u64;
        let step = self.processor.iter().position(|count| {
            seen += u64::from(*count);
            rank > 0 && seen >= rank
        })?;
        u32::try_from(step * 10).ok()
    }
}

/// The days before today and today.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Days {
    pub closed: Vec<DayPeaks>,
    pub today: Option<Day>,
}

impl Days {
    pub fn add(&mut self, date: Date, sample: &Sample) {
        self.on(date).add(sample);
    }

    /// The time to the collector and back in this minute; `None`: it could not be reached.
    pub fn add_latency(&mut self, date: Date, latency: Option<Duration>) {
        self.on(date).latencies.add(latency);
    }

    /// The same of a further target.
    pub fn add_latency_of(&mut self, target: String, date: Date, latency: Option<Duration>) {
        self.on(date).targets.entry(target).or_default().add(latency);
    }

    /// The day that `date` is, begun where it is a new one.
    fn on(&mut self, date: Date) -> &mut Day {
        if self.today.as_ref().is_none_or(|today| today.date != date) {
            self.closed.extend(self.today.take().map(|day| day.peaks()));
            // A clock that was set back must not make a day stand twice.
            self.closed.retain(|day| day.date != date);
            let surplus = self.closed.len().saturating_sub(DAYS_KEPT - 1);
            self.closed.drain(..surplus);
        }
        self.today.get_or_insert_with(|| Day::new(date))
    }

    pub fn peaks(&self) -> Vec<DayPeaks> {
        self.closed.iter().cloned().chain(self.today.as_ref().map(Day::peaks)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(permille: u32, connections: u64) -> Sample {
        Sample { processor_permille: Some(permille), connections: Some(connections), ..Sample::default() }
    }

    #[test]
    fn the_ninety_fifth_percentile_ignores_the_highest_twentieth() {
        let mut day = Day::new("2026-08-01".parse().unwrap());
        for _ in 0..19 {
            day.add(&busy(204, 1));
        }
        day.add(&busy(990, 7));
        let peaks = day.peaks();
        assert_eq!(
            (peaks.samples, peaks.processor_p95_permille, peaks.connections_max),
            (20, Some(200), Some(7))
        );
        assert_eq!((peaks.throughput_max_bps, peaks.memory_max_permille), (None, None));
    }

    #[test]
    fn without_a_sample_of_the_processor_its_share_is_not_known() {
        let mut day = Day::new("2026-08-01".parse().unwrap());
        day.add(&Sample::default());
        assert_eq!(day.peaks().processor_p95_permille, None);
    }

    #[test]
    fn latency_belongs_to_its_day() {
        let (monday, tuesday) = ("2026-08-03".parse().unwrap(), "2026-08-04".parse().unwrap());
        let mut days = Days::default();
        days.add_latency(monday, Some(Duration::from_millis(20)));
        days.add_latency(monday, None);
        days.add(monday, &busy(0, 3));
        days.add_latency(tuesday, Some(Duration::from_millis(40)));
        let peaks = days.peaks();
        let seen: Vec<_> = peaks
            .iter()
            .map(|d| (d.samples, d.latency_median_us, d.latency_max_us, d.unreachable_minutes))
            .collect();
        let expected = [(1, Some(20_480), Some(20_000), Some(1)), (0, Some(40_960), Some(40_000), Some(0))];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_month_of_days_is_kept() {
        let mut days = Days::default();
        let first: Date = "2026-07-01".parse().unwrap();
        for offset in 0..40 {
            days.add(first.saturating_add(jiff::Span::new().days(offset)), &busy(0, 0));
        }
        let peaks = days.peaks();
        assert_eq!(peaks.len(), 31);
        assert_eq!(peaks[0].date.to_string(), "2026-07-10");
        assert_eq!(peaks[30].date.to_string(), "2026-08-09");
    }
}
