//! Daily peaks as data for `chart.js`.

use crate::web::{format, i18n::Lang};
use kiemke_schemas::section::load::{DayPeaks, Load};
use serde_json::{Value, json};

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

fn series(l: Lang, key: &str, color: &str, axis: u32, values: Vec<Option<f64>>) -> Value {
    json!({"name": l.t(key), "color": color, "axis": axis, "values": values})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_needs_three_days_and_keeps_gaps() {
        let day = |text: &str, processor| DayPeaks {
            date: text.parse().unwrap(),
            samples: 1440,
            processor_p95_permille: processor,
            memory_max_permille: None,
            connections_max: Some(1000),
            throughput_max_bps: None,
            latency_median_us: None,
            latency_max_us: None,
            unreachable_minutes: None,
        };
        let mut load = Load { days: vec![day("2024-03-01", Some(500)), day("2024-03-02", None)] };
        assert_eq!(data(Lang::Vi, Some(&load)), None);
        load.days.push(day("2024-03-03", Some(255)));
        let chart: Value = serde_json::from_str(&data(Lang::Vi, Some(&load)).unwrap()).unwrap();
        assert_eq!(chart["days"][2], "03/03/2024");
        assert_eq!(chart["series"][0]["values"], json!([50.0, null, 25.5]));
    }
}
