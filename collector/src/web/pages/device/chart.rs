//! Daily peaks as data for `chart.js`.

use super::sections::Pair;
use crate::web::{format, i18n::Lang};
use kiemke_schemas::section::load::{DayPeaks, Load};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Fewer days than this are no curve.
const LEAST_DAYS: usize = 3;

/// JSON that is safe inside a script element.
pub fn data(l: Lang, load: Option<&Load>) -> Option<String> {
    let days = &load?.days;
    if days.len() < LEAST_DAYS {
        return None;
    }
    let values = |of: fn(&DayPeaks) -> Option<f64>| -> Vec<Option<f64>> { days.iter().map(of).collect() };
    let percent = |key, color, of| series(l, key, color, 0, values(of));
    let chart = json!({
        "days": days.iter().map(|day| format::date(day.date)).collect::<Vec<_>>(),
        "axes": [{"unit": " %", "max": 100, "grid": true}, {"unit": "", "max": null, "grid": false}],
        "series": [
            percent("chart-processor", "#1d4f91", |day| day.processor_p95_permille.map(|p| f64::from(p) / 10.0)),
            percent("chart-memory", "#5b3a96", |day| day.memory_max_permille.map(|p| f64::from(p) / 10.0)),
            series(l, "chart-connections", "#c9862a", 1, values(|day| day.connections_max.map(|n| n as f64))),
        ],
    });
    Some(chart.to_string().replace('<', "\\u003c"))
}

/// How far the collector is: the last day that knows, the worst one, and how long it was out of reach.
pub fn reach(l: Lang, load: Option<&Load>) -> Vec<Pair> {
    let days = load.map(|load| load.days.as_slice()).unwrap_or_default();
    let last = days.iter().rev().find_map(|day| Some((day, day.latency_median_us?)));
    let worst = days.iter().filter_map(|day| Some((day.latency_max_us?, day))).max_by_key(|(us, _)| *us);
    let told: Vec<u32> = days.iter().filter_map(|day| day.unreachable_minutes).collect();
    let pairs = [
        Pair::maybe(l, "latency", last.map(|(day, us)| latency_on(l, day, us))),
        Pair::maybe(l, "latency-worst", worst.map(|(us, day)| latency_on(l, day, us))),
        Pair::maybe(l, "unreachable", (!told.is_empty()).then(|| unreachable(l, &told))),
    ];
    let targets: BTreeSet<&str> =
        days.iter().flat_map(|day| &day.targets).map(|one| one.target.as_str()).collect();
    let targets = targets.into_iter().map(|target| of_target(l, target, days));
    pairs.into_iter().flatten().chain(targets).collect()
}

fn latency_on(l: Lang, day: &DayPeaks, us: u64) -> String {
    let parts = [("time", format::milliseconds(us).into()), ("date", format::date(day.date).into())];
    l.args("latency-on", parts)
}

fn unreachable(l: Lang, minutes: &[u32]) -> String {
    let sum = minutes.iter().map(|minutes| i64::from(*minutes)).sum::<i64>();
    l.args("unreachable-of", [("n", sum.into()), ("days", minutes.len().into())])
}

/// The last day that knows how far it is, and how long it was out of reach, if it ever was.
fn of_target(l: Lang, target: &str, days: &[DayPeaks]) -> Pair {
    let known: Vec<_> = days
        .iter()
        .filter_map(|day| Some((day, day.targets.iter().find(|one| one.target == target)?)))
        .collect();
    let last = known.iter().rev().find_map(|(day, one)| Some(latency_on(l, day, one.median_us?)));
    let minutes: Vec<u32> = known.iter().filter_map(|(_, one)| one.unreachable_minutes).collect();
    let out = minutes.iter().any(|minutes| *minutes > 0);
    let out = out.then(|| format!("{}: {}", l.t("unreachable-target"), unreachable(l, &minutes)));
    let value = [last, out].into_iter().flatten().collect::<Vec<_>>().join("; ");
    Pair { label: l.with("latency-to", "target", target), value: Some(value), mono: false }
}

fn series(l: Lang, key: &str, color: &str, axis: u32, values: Vec<Option<f64>>) -> Value {
    json!({"name": l.t(key), "color": color, "axis": axis, "values": values})
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiemke_schemas::section::load::TargetLatency;

    fn day(text: &str, processor: Option<u32>) -> DayPeaks {
        DayPeaks {
            date: text.parse().unwrap(),
            samples: 1440,
            processor_p95_permille: processor,
            memory_max_permille: None,
            connections_max: Some(1000),
            throughput_max_bps: None,
            latency_median_us: None,
            latency_max_us: None,
            unreachable_minutes: None,
            targets: Vec::new(),
        }
    }

    #[test]
    fn the_way_to_the_collector_is_told_by_the_days_that_know() {
        let reach = |load: &Load| {
            let pairs = super::reach(Lang::Vi, Some(load)).into_iter();
            pairs
                .map(|pair| format!("{}: {}", pair.label, pair.value.unwrap_or_default()))
                .collect::<Vec<_>>()
        };
        let mut load = Load { days: vec![day("2024-03-01", None), day("2024-03-02", None)] };
        assert_eq!(reach(&load), [""; 0]);
        (load.days[0].latency_median_us, load.days[0].latency_max_us) = (Some(12_340), Some(1_250_000));
        (load.days[1].latency_median_us, load.days[1].latency_max_us) = (Some(480), Some(900));
        load.days[0].unreachable_minutes = Some(14);
        load.days[1].unreachable_minutes = Some(0);
        let far = |target: &str, median_us, minutes| TargetLatency {
            target: target.to_owned(),
            median_us,
            max_us: median_us,
            unreachable_minutes: Some(minutes),
        };
        load.days[0].targets = vec![far("10.0.0.1:80", Some(2000), 0), far("a.vn:443", Some(30_000), 5)];
        load.days[1].targets = vec![far("a.vn:443", None, 1440)];
        assert_eq!(
            reach(&load),
            [
                "Độ trễ đến máy chủ Kiểm kê: 0,5 ms (02/03/2024)",
                "Độ trễ cao nhất: 1.250 ms (01/03/2024)",
                "Không liên lạc được với máy chủ Kiểm kê: 14 phút trong 2 ngày",
                "Độ trễ đến 10.0.0.1:80: 2 ms (01/03/2024)",
                "Độ trễ đến a.vn:443: 30 ms (01/03/2024); Không liên lạc được: 1.445 phút trong 2 ngày",
            ]
        );
    }

    #[test]
    fn a_chart_needs_three_days_and_keeps_gaps() {
        let mut load = Load { days: vec![day("2024-03-01", Some(500)), day("2024-03-02", None)] };
        assert_eq!(data(Lang::Vi, Some(&load)), None);
        load.days.push(day("2024-03-03", Some(255)));
        let chart: Value = serde_json::from_str(&data(Lang::Vi, Some(&load)).unwrap()).unwrap();
        assert_eq!(chart["days"][2], "03/03/2024");
        assert_eq!(chart["series"][0]["values"], json!([50.0, null, 25.5]));
    }
}
