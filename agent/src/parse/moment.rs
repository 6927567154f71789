//! Points in time as products write them. What cannot be told apart (day and month, time zone) is not guessed
//! from the reader's own settings: month first with AM/PM as Windows prints in English, UTC where no zone is named.

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

/// `20130730030145.000000+060` (WMI), `/Date(1375153305000)/` and `2013-07-30T03:01:45Z` (JSON), and as the
/// settings of the region write it: `7/30/2013 3:01:45 AM`, `30/07/2013 3:01:45 CH`, `30.07.2013 03:01:45`,
/// `2013/7/30 3:01:45`.
pub fn windows(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let known = wmi(text).or_else(|| of_json(text)).or_else(|| text.parse().ok());
    known.or_else(|| {
        let (date, time) = text.split_once([' ', 'T', '\u{202f}'])?;
        let (year, month, day) = day(date, half(time).map(|(.., order)| order))?;
        at(year, month, day, clock(time)?, Offset::UTC)
    })
}

/// Who writes which order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    MonthFirst,
    DayFirst,
}

/// How the halves of the day are written, whether it is the second, and what the order of the date is with it.
const HALVES: &[(&str, bool, Order)] = &[
    ("AM", false, Order::MonthFirst),
    ("PM", true, Order::MonthFirst),
    // As Australia writes them.
    ("am", false, Order::DayFirst),
    ("pm", true, Order::DayFirst),
    ("SA", false, Order::DayFirst),
    ("CH", true, Order::DayFirst),
    ("a.m.", false, Order::DayFirst),
    ("p.m.", true, Order::DayFirst),
    ("上午", false, Order::DayFirst),
    ("下午", true, Order::DayFirst),
];

/// Year, month and day; `None` where day and month cannot be told apart.
fn day(date: &str, order: Option<Order>) -> Option<(i16, i16, i16)> {
    let mut parts = date.split(['/', '-', '.']).map(|part| part.parse::<i16>().ok());
    let (first, second, third) = (parts.next()??, parts.next()??, parts.next()??);
    if first > 31 {
        return Some((first, second, third));
    }
    let order = if date.contains('.') { Some(Order::DayFirst) } else { order };
    let (month, day) = match (first > 12, second > 12, order) {
        (true, false, _) | (false, false, Some(Order::DayFirst)) => (second, first),
        (false, true, _) | (false, false, Some(Order::MonthFirst)) => (first, second),
        _ => return None,
    };
    Some((third, month, day))
}

/// `/Date(1375153305000)/`, `/Date(1375153305000+0700)/`: the zone only tells where it was written.
fn of_json(text: &str) -> Option<Timestamp> {
    let inside = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    milliseconds(inside.split('+').next()?)
}

/// The time without the half of the day, whether that is the second, and the order of the date.
fn half(time: &str) -> Option<(&str, bool, Order)> {
    let time = time.trim();
    HALVES.iter().find_map(|(name, second, order)| {
        let rest = time.strip_suffix(name).or_else(|| time.strip_prefix(name))?;
        Some((rest.trim(), *second, *order))
    })
}

fn wmi(text: &str) -> Option<Timestamp> {
    let (digits, rest) = text.split_at_checked(14)?;
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let minutes: i32 = match rest.split_once(['+', '-']) {
        Some((fraction, minutes)) => {
            let minutes: i32 = minutes.parse().ok()?;
            if rest.get(fraction.len()..)?.starts_with('-') { -minutes } else { minutes }
        }
        None => return None,
    };
    let clock = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    let offset = Offset::from_seconds(minutes.checked_mul(60)?).ok()?;
    at(number(0, 4)?, number(4, 6)?, number(6, 8)?, clock, offset)
}

/// `2023-08-24 at 11:44:37 GMT+2`, `2023-08-24 11:44:37`
pub fn iso(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace().filter(|word| *word != "at");
    let date = words.next()?;
    let clock = clock(words.next()?)?;
    let offset = words.next().and_then(zone).unwrap_or(Offset::UTC);
    let mut parts = date.split('-').map(|part| part.parse::<i16>().ok());
    at(parts.next()??, parts.next()??, parts.next()??, clock, offset)
}

/// `Jul 26, 2021 at 11:25:34 PM`
pub fn month_name(text: &str) -> Option<Timestamp> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let words: Vec<&str> =
        text.split([' ', ',', '\u{202f}']).filter(|w| !w.is_empty() && *w != "at").collect();
    let [month, day, year, time, rest @ ..] = words.as_slice() else { return None };
    let month = MONTHS.find(month.get(..3)?).filter(|at| at % 3 == 0)? / 3 + 1;
    let time = rest.first().map_or_else(|| (*time).to_owned(), |half| format!("{time} {half}"));
    at(year.parse().ok()?, i16::try_from(month).ok()?, day.parse().ok()?, clock(&time)?, Offset::UTC)
}

/// Milliseconds since 1970.
pub fn milliseconds(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(text.trim().parse().ok()?).ok()
}

/// `GMT+2`, `UTC`, `+0700`, `GMT-3:30`
fn zone(text: &str) -> Option<Offset> {
    let text = text.trim_start_matches("GMT").trim_start_matches("UTC");
    let sign = match text.chars().next() {
        None => return Some(Offset::UTC),
        Some('+') => 1,
        Some('-') => -1,
        Some(_) => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) =
        if digits.len() > 2 { digits.split_at(digits.len() - 2) } else { (digits.as_str(), "0") };
    let seconds = hours.parse::<i32>().ok()?.checked_mul(3600)? + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// `11:44:37`, `3:01:45 AM`
fn clock(text: &str) -> Option<(i16, i16, i16)> {
    let (time, second_half) =
        half(text).map_or((text.trim(), None), |(time, second, _)| (time, Some(second)));
    let mut parts = time.split(':').map(|part| part.parse::<i16>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match time.split(':').nth(2) {
        Some(text) => text.split('.').next()?.parse().ok()?,
        None => 0,
    };
    let hour = match second_half {
        Some(false) if hour == 12 => 0,
        Some(true) if hour < 12 => hour + 12,
        _ => hour,
    };
    Some((hour, minute, second))
}

fn at(year: i16, month: i16, day: i16, clock: (i16, i16, i16), offset: Offset) -> Option<Timestamp> {
    let small = |number: i16| i8::try_from(number).ok();
    let civil =
        DateTime::new(year, small(month)?, small(day)?, small(clock.0)?, small(clock.1)?, small(clock.2)?, 0)
            .ok()?;
    civil.to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments() {
        for (found, expected) in [
            (windows("7/30/2013 3:01:45 AM"), "2013-07-30T03:01:45Z"),
            (windows("7/3/2013 12:01:45 PM"), "2013-07-03T12:01:45Z"),
            (windows("30/07/2013 15:01:45"), "2013-07-30T15:01:45Z"),
            (windows("30/07/2013 3:01:45 CH"), "2013-07-30T15:01:45Z"),
            (windows("05/07/2013 12:01:45 SA"), "2013-07-05T00:01:45Z"),
            (windows("05.07.2013 15:01:45"), "2013-07-05T15:01:45Z"),
            (windows("2013/7/30 3:01:45"), "2013-07-30T03:01:45Z"),
            (windows("2013-07-05 03:01:45"), "2013-07-05T03:01:45Z"),
            (windows("2013/7/5 下午 03:01:45"), "2013-07-05T15:01:45Z"),
            (windows("/Date(1375153305000)/"), "2013-07-30T03:01:45Z"),
            (windows("2013-07-30T03:01:45.5+07:00"), "2013-07-29T20:01:45.5Z"),
            (windows("7/30/2013 3:01:45\u{202f}AM"), "2013-07-30T03:01:45Z"),
            (windows("20130730030145.000000+420"), "2013-07-29T20:01:45Z"),
            (iso("2023-08-24 at 11:44:37 GMT+2"), "2023-08-24T09:44:37Z"),
            (iso("2023-08-24 11:44:37 UTC"), "2023-08-24T11:44:37Z"),
            (month_name("Jul 26, 2021 at 11:25:34 PM"), "2021-07-26T23:25:34Z"),
            (milliseconds("1627341934000"), "2021-07-26T23:25:34Z"),
        ] {
            assert_eq!(found.map(|moment| moment.to_string()).as_deref(), Some(expected));
        }
        for text in
            ["", "7/3/2013 15:00:00", "32/13/2013 3:00:00 AM", "20131330000000.0+0", "/Date(x)/", "5/7"]
        {
            assert_eq!(windows(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(/Date\\()?[0-9A-Za-z:/ +.,-]{0,40}(SA|CH|下午)?", any in ".{0,30}") {
            for text in [&text, &any] {
                let _ = (windows(text), iso(text), month_name(text), milliseconds(text));
            }
        }
    }
}
