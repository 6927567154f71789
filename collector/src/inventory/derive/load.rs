use jiff::ToSpan;
use kiemke_schemas::section::load::{DayPeaks, Load};

const DAYS: i64 = 30;

/// Peaks of the last 30 days of the section.
#[derive(Debug, Default)]
pub(super) struct Peaks {
    pub processor_p95_permille: Option<u32>,
    pub connections_max: Option<u64>,
    pub throughput_max_bps: Option<u64>,
}

impl Peaks {
    pub(super) fn of(load: Option<&Load>) -> Self {
        let days = load.map(recent).unwrap_or_default();
        Self {
            processor_p95_permille: percentile_95(&days),
            connections_max: days.iter().filter_map(|d| d.connections_max).max(),
            throughput_max_bps: days.iter().filter_map(|d| d.throughput_max_bps).max(),
        }
    }
}

fn recent(load: &Load) -> Vec<&DayPeaks> {
    let Some(last) = load.days.iter().map(|d| d.date).max() else { return Vec::new() };
    let first = last.saturating_sub(DAYS.days());
    load.days.iter().filter(|d| d.date > first).collect()
}

/// Nearest-rank 95th percentile of the days' own 95th percentiles, each weighted by the minutes it was
/// sampled: the minutes themselves are not kept.
fn percentile_95(days: &[&DayPeaks]) -> Option<u32> {
    let mut weighted: Vec<(u32, u64)> = days
        .iter()
        .filter_map(|d| Some((d.processor_p95_permille?.min(1000), u64::from(d.samples))))
        .filter(|(_, samples)| *samples > 0)
        .collect();
    weighted.sort_unstable();
    let minutes: u64 = weighted.iter().map(|(_, samples)| samples).sum();
    let rank = (minutes * 95).div_ceil(100);
    let mut passed = 0;
    weighted.into_iter().find_map(|(permille, samples)| {
        passed += samples;
        (passed >= rank).then_some(permille)
    })
}
