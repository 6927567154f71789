//! Numbers, dates and times as Vietnamese administration writes them, in both languages of the interface.

pub use crate::date::local as today;

use super::i18n::Lang;
use crate::date::VIET_NAM;
use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

/// `1.234.567`
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

pub fn count(value: usize) -> String {
    number(i64::try_from(value).unwrap_or(i64::MAX))
}

/// One decimal, comma: `7,5`; whole numbers without it.
fn one_decimal(tenths: u128) -> String {
    let whole = number(i64::try_from(tenths / 10).unwrap_or(i64::MAX));
    if tenths.is_multiple_of(10) { whole } else { format!("{whole},{}", tenths % 10) }
}

/// Binary units as operating systems show them: `15,5 GB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KB", "MB", "GB", "TB", "PB"];
    scaled(value, 1024, &UNITS)
}

/// Decimal units as makers of disks and the forms count: `400 GB`.
pub fn storage(value: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KB", "MB", "GB", "TB", "PB"];
    scaled(value, 1000, &UNITS)
}

/// `300 Mbps`, `1 Gbps`.
pub fn bits_per_second(value: u64) -> String {
    const UNITS: [&str; 5] = ["bps", "Kbps", "Mbps", "Gbps", "Tbps"];
    scaled(value, 1000, &UNITS)
}

/// `12 ms`, `0,5 ms`
pub fn milliseconds(microseconds: u64) -> String {
    let tenths = u128::from(microseconds + 50) / 100;
    let shown = if tenths < 100 { tenths } else { (tenths + 5) / 10 * 10 };
    format!("{} ms", one_decimal(shown))
}

fn scaled(value: u64, step: u128, units: &[&str]) -> String {
    let value = u128::from(value);
    let mut scale = 1;
    let mut unit = 0;
    // 999.95 already reads as 1,000.0 of the smaller unit.
    while unit + 1 < units.len() && (value * 10 + scale / 2) / scale >= step * 10 {
        scale *= step;
        unit += 1;
    }
    format!("{} {}", one_decimal((value * 10 + scale / 2) / scale), units[unit])
}

/// `96,3 %`
pub fn permille(value: u32) -> String {
    format!("{} %", one_decimal(u128::from(value)))
}

/// `05/03/2024`
pub fn date(value: Date) -> String {
    value.strftime("%d/%m/%Y").to_string()
}

pub fn in_vietnam(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::fixed(VIET_NAM))
}

/// `05/03/2024 14:07`
pub fn time(at: Timestamp) -> String {
    in_vietnam(at).strftime("%d/%m/%Y %H:%M").to_string()
}

/// `12 phút trước`; the date from a month on.
pub fn ago(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    match seconds {
        ..-60 => lang.t("ago-future"),
        -60..60 => lang.t("ago-now"),
        60..3600 => lang.n("ago-minutes", seconds / 60),
        3600..86_400 => lang.n("ago-hours", seconds / 3600),
        86_400..2_592_000 => lang.n("ago-days", seconds / 86_400),
        _ => date(today(at)),
    }
}

/// A moment for a template: relative text with the exact time behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub ago: String,
    pub exact: String,
    pub iso: String,
}

impl When {
    pub fn new(lang: Lang, at: Timestamp, now: Timestamp) -> Self {
        Self { ago: ago(lang, at, now), exact: time(at), iso: at.to_string() }
    }

    pub fn maybe(lang: Lang, at: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        at.map(|at| Self::new(lang, at, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_points() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1.234.567");
        assert_eq!(number(-1_000), "-1.000");
    }

    #[test]
    fn sizes_and_speeds_have_one_decimal_at_most() {
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(16 * 1024 * 1024 * 1024), "16 GB");
        assert_eq!(bytes(8_046_000_000), "7,5 GB");
        assert_eq!(bytes(1024 * 1024 - 1), "1 MB");
        assert_eq!(storage(1_000_000_000_000), "1 TB");
        assert_eq!(bits_per_second(300_000_000), "300 Mbps");
        assert_eq!(bits_per_second(1_000_000_000), "1 Gbps");
        assert_eq!(permille(963), "96,3 %");
    }

    #[test]
    fn times_are_those_of_vietnam() {
        let at: Timestamp = "2024-03-04T18:30:00Z".parse().unwrap();
        assert_eq!(time(at), "05/03/2024 01:30");
        assert_eq!(date(today(at)), "05/03/2024");
    }

    #[test]
    fn recent_times_are_relative() {
        let now: Timestamp = "2024-03-04T18:30:00Z".parse().unwrap();
        let back = |seconds| Timestamp::from_second(now.as_second() - seconds).unwrap();
        assert_eq!(ago(Lang::Vi, back(5), now), "vừa xong");
        assert_eq!(ago(Lang::Vi, back(125), now), "2 phút trước");
        assert_eq!(ago(Lang::En, back(60), now), "1 minute ago");
        assert_eq!(ago(Lang::En, back(7200), now), "2 hours ago");
        assert_eq!(ago(Lang::Vi, back(3 * 86_400), now), "3 ngày trước");
        assert_eq!(ago(Lang::Vi, back(40 * 86_400), now), "25/01/2024");
        assert_eq!(ago(Lang::Vi, back(-7200), now), "trong tương lai (đồng hồ sai?)");
    }
}
