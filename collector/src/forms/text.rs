//! How the forms write numbers, bandwidth and money.

pub use crate::money::{grouped, money};

pub const MISSING: &str = "Chưa có số liệu";
pub const NOT_APPLICABLE: &str = "x";
pub const NO_LINE: &str = "Chưa có đường truyền";
pub const NO_PROPOSAL: &str = "Chưa dự kiến đầu tư";

const KILO: u64 = 1_000;
const MEGA: u64 = 1_000_000;
const GIGA: u64 = 1_000_000_000;

/// A count, or that nobody knows it. Never 0 for unknown.
pub fn count(value: Option<u64>) -> String {
    value.map_or_else(|| MISSING.to_owned(), |number| number.to_string())
}

/// As in the equipment appendix: `1GB` for 1 Gbps, `300 Mbps`.
pub fn bandwidth_short(bps: Option<u64>) -> String {
    match bps {
        None => MISSING.to_owned(),
        Some(bps) if bps >= GIGA => format!("{}GB", decimal(bps, GIGA)),
        Some(bps) => megabits(bps),
    }
}

/// As in the network appendix: `100 Mbps`, `1 Gbps`.
pub fn bandwidth(bps: Option<u64>) -> String {
    match bps {
        None => MISSING.to_owned(),
        Some(bps) if bps >= GIGA => format!("{} Gbps", decimal(bps, GIGA)),
        Some(bps) => megabits(bps),
    }
}

fn megabits(bps: u64) -> String {
    if bps >= MEGA || bps == 0 {
        format!("{} Mbps", decimal(bps, MEGA))
    } else {
        format!("{} Kbps", decimal(bps, KILO))
    }
}

/// Highest throughput as the network appendix writes it: `80 Mb`, one decimal below 10.
pub fn throughput(bps: u64) -> String {
    let tenths = rounded(bps, MEGA / 10);
    if tenths < 100 { format!("{} Mb", decimal(tenths, 10)) } else { format!("{} Mb", rounded(bps, MEGA)) }
}

/// `value / unit` to the nearest whole; exact halves go up.
fn rounded(value: u64, unit: u64) -> u64 {
    let (whole, rest) = (value / unit, value % unit);
    whole + u64::from(rest >= unit.div_ceil(2))
}

/// `value / unit` with a decimal comma and no trailing zeros; at most three decimals.
pub fn decimal(value: u64, unit: u64) -> String {
    let thousandths = (u128::from(value) * 1_000 + u128::from(unit) / 2) / u128::from(unit);
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = format!("{rest:03}");
    format!("{whole},{}", digits.trim_end_matches('0'))
}

/// Storage as people of the trade write it: `400 GB`, `12,3 TB`; decimal units.
pub fn storage(bytes: u64) -> String {
    const TERA: u64 = 1_000 * GIGA;
    if bytes >= 10 * TERA {
        format!("{} TB", decimal(rounded(bytes, TERA / 10), 10))
    } else {
        format!("{} GB", rounded(bytes, GIGA))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bandwidth_reads_as_the_forms_write_it() {
        let short = |bps| bandwidth_short(Some(bps));
        assert_eq!(short(1_000_000_000), "1GB");
        assert_eq!(short(2_500_000_000), "2,5GB");
        assert_eq!(short(300_000_000), "300 Mbps");
        assert_eq!(short(999_000_000), "999 Mbps");
        assert_eq!(short(512_000), "512 Kbps");
        assert_eq!(bandwidth_short(None), "Chưa có số liệu");
        assert_eq!(bandwidth(Some(1_000_000_000)), "1 Gbps");
        assert_eq!(bandwidth(Some(100_000_000)), "100 Mbps");
    }

    #[test]
    fn throughput_is_in_megabits() {
        assert_eq!(throughput(80_000_000), "80 Mb");
        assert_eq!(throughput(80_400_000), "80 Mb");
        assert_eq!(throughput(3_460_000), "3,5 Mb");
        assert_eq!(throughput(9_990_000), "10 Mb");
        assert_eq!(throughput(1_200_000_000), "1200 Mb");
        assert_eq!(throughput(0), "0 Mb");
    }

    #[test]
    fn counts_and_storage() {
        assert_eq!(count(Some(0)), "0");
        assert_eq!(count(None), "Chưa có số liệu");
        assert_eq!(storage(400_000_000_000), "400 GB");
        assert_eq!(storage(12_340_000_000_000), "12,3 TB");
        assert_eq!((storage(499_999_999), storage(500_000_000)), ("0 GB".into(), "1 GB".into()));
    }

    #[test]
    fn the_largest_sums_read_as_large() {
        assert_eq!(storage(u64::MAX), "18446744,1 TB");
        assert_eq!(throughput(u64::MAX), "18446744073710 Mb");
    }

    proptest! {
        #[test]
        fn no_bandwidth_panics_or_reads_as_missing(bps in any::<u64>()) {
            prop_assert_ne!(bandwidth_short(Some(bps)), MISSING);
            let mega = throughput(bps).replace(" Mb", "").replace(',', ".").parse::<f64>().unwrap();
            prop_assert!((mega - bps as f64 / 1e6).abs() <= 0.5 + bps as f64 / 1e15);
        }
    }
}
