//! Dates as people write them, and as days turn in Viet Nam.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{self, Offset},
};

/// Asia/Ho_Chi_Minh has had no other offset since 1975: no time zone database is needed.
pub const VIET_NAM: Offset = tz::offset(7);

/// The calendar day in Viet Nam.
pub fn local(at: Timestamp) -> Date {
    VIET_NAM.to_datetime(at).date()
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no date; expected yyyy-mm-dd or dd/MM/yyyy")]
pub struct InvalidDate(String);

/// `2024-04-01`, or day first with slashes as Vietnamese Excel writes it.
pub fn parse(text: &str) -> Result<Date, InvalidDate> {
    let text = text.trim();
    let parts =
        |separator| -> Option<[&str; 3]> { text.split(separator).collect::<Vec<_>>().try_into().ok() };
    let date = match (parts('-'), parts('/')) {
        (Some([year, month, day]), _) if year.len() == 4 => of(year, month, day),
        (_, Some([day, month, year])) if year.len() == 4 => of(year, month, day),
        _ => None,
    };
    date.ok_or_else(|| InvalidDate(text.to_owned()))
}

/// `dd/MM/yyyy`
pub fn day_first(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

fn of(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str| -> Option<i16> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| plain)
    };
    Date::new(number(year)?, number(month)?.try_into().ok()?, number(day)?.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ways_of_writing_are_read_and_no_other() {
        let first_of_april = jiff::civil::date(2024, 4, 1);
        for text in ["2024-04-01", "01/04/2024", "1/4/2024", " 01/04/2024 "] {
            assert_eq!(parse(text), Ok(first_of_april), "{text}");
        }
        for text in
            ["", "04/2024", "2024/04/01", "31/02/2024", "01/04/24", "2024-4", "+1/04/2024", "1.4.2024"]
        {
            assert_eq!(parse(text), Err(InvalidDate(text.into())), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = parse(&text);
        }
    }
}
