//! Times are RFC 3339 text in UTC with exactly three decimals, so that text order is time order.

pub use crate::date::local as local_date;

use crate::date::VIET_NAM;
use anyhow::{Context, Result};
use jiff::{Timestamp, civil::Date};

pub fn text(at: Timestamp) -> String {
    format!("{at:.3}")
}

pub fn parse(text: &str) -> Result<Timestamp> {
    text.parse().with_context(|| format!("time in the store: {text:?}"))
}

pub fn parse_optional(text: Option<&str>) -> Result<Option<Timestamp>> {
    text.map(parse).transpose()
}

pub fn parse_date(text: &str) -> Result<Date> {
    text.parse().with_context(|| format!("date in the store: {text:?}"))
}

/// The first moment after the calendar day in Viet Nam.
pub fn end_of_day(day: Date) -> Result<Timestamp> {
    let next = day.tomorrow()?.at(0, 0, 0, 0);
    Ok(VIET_NAM.to_timestamp(next)?)
}

pub fn today() -> Date {
    local_date(Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_order_is_time_order() {
        let whole: Timestamp = "2024-05-01T00:00:00Z".parse().unwrap();
        let half: Timestamp = "2024-05-01T00:00:00.5Z".parse().unwrap();
        assert_eq!(text(whole), "2024-05-01T00:00:00.000Z");
        assert!(text(whole) < text(half));
    }

    #[test]
    fn a_day_ends_at_midnight_in_viet_nam() {
        let day = "2024-04-30".parse().unwrap();
        assert_eq!(end_of_day(day).unwrap().to_string(), "2024-04-30T17:00:00Z");
    }

    #[test]
    fn the_day_turns_at_midnight_in_viet_nam() {
        assert_eq!(local_date("2024-04-30T16:59:59Z".parse().unwrap()).to_string(), "2024-04-30");
        assert_eq!(local_date("2024-04-30T17:00:00Z".parse().unwrap()).to_string(), "2024-05-01");
    }
}
