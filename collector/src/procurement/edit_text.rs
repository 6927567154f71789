//! What planners type into the fields of a need; each error names its field.

use super::{Item, Source, Stage, plan::YEARS};

const MOST: u32 = 1_000_000;
/// Whole đồng of one piece; far above any price, far below what a sum can hold.
const DEAREST: u64 = 1_000_000_000_000;
const LONGEST_NOTE: usize = 2_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {value:?} is {what}")]
pub struct InvalidEdit {
    /// As the command line and the form call it.
    pub field: &'static str,
    pub value: String,
    what: &'static str,
}

fn invalid(field: &'static str, value: &str, what: &'static str) -> InvalidEdit {
    InvalidEdit { field, value: value.to_owned(), what }
}

pub fn item(text: &str) -> Result<Item, InvalidEdit> {
    Item::parse(text.trim()).ok_or_else(|| {
        invalid(
            "item",
            text,
            "none of internet-line, endpoint-protection, computer, scanner, card-reader, usb-token, disk",
        )
    })
}

pub fn quantity(text: &str) -> Result<u32, InvalidEdit> {
    let number = digits(text).and_then(|number| u32::try_from(number).ok());
    let allowed = number.filter(|number| *number <= MOST);
    allowed.ok_or_else(|| invalid("quantity", text, "no whole number from 0 to 1000000"))
}

/// As `import prices` reads it: `15000000`, `15.000.000 đồng`.
pub fn unit_price(text: &str) -> Result<u64, InvalidEdit> {
    let amount = crate::money::parse(text.trim()).ok().filter(|amount| *amount <= DEAREST);
    amount.ok_or_else(|| invalid("unit_price", text, "no amount in whole đồng up to 1000000000000"))
}

pub fn year(text: &str) -> Result<u16, InvalidEdit> {
    let year = digits(text).and_then(|number| u16::try_from(number).ok());
    year.filter(|year| YEARS.contains(year)).ok_or_else(|| invalid("year", text, "neither 2024 nor 2025"))
}

pub fn source(text: &str) -> Result<Source, InvalidEdit> {
    Source::parse(text.trim()).ok_or_else(|| invalid("source", text, "none of local, central, other"))
}

pub fn stage(text: &str) -> Result<Stage, InvalidEdit> {
    let what = "none of not-planned, policy, project, tender, purchase, done, other";
    Stage::parse(text.trim()).ok_or_else(|| invalid("stage", text, what))
}

pub fn note(text: &str) -> Result<String, InvalidEdit> {
    let note = text.trim().replace("\r\n", "\n");
    if note.chars().count() > LONGEST_NOTE {
        return Err(invalid("note", "…", "longer than 2000 characters"));
    }
    if note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(invalid("note", &note, "text with control characters"));
    }
    Ok(note)
}

fn digits(text: &str) -> Option<u64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_errors_name_the_field() {
        assert_eq!((quantity(" 3 "), quantity("0")), (Ok(3), Ok(0)));
        assert_eq!(unit_price("15.000.000 đồng"), Ok(15_000_000));
        assert_eq!((year("2025"), source("local")), (Ok(2025), Ok(Source::Local)));
        assert_eq!((stage("tender"), item("usb-token")), (Ok(Stage::Tender), Ok(Item::UsbToken)));
        assert_eq!(note(" a\r\nb "), Ok("a\nb".into()));
        for (error, expected) in [
            (quantity("-1").unwrap_err(), "quantity: \"-1\" is no whole number from 0 to 1000000"),
            (quantity("").unwrap_err(), "quantity: \"\" is no whole number from 0 to 1000000"),
            (quantity("1000001").unwrap_err(), "quantity: \"1000001\" is no whole number from 0 to 1000000"),
            (year("2026").unwrap_err(), "year: \"2026\" is neither 2024 nor 2025"),
            (
                unit_price("1.5").unwrap_err(),
                "unit_price: \"1.5\" is no amount in whole đồng up to 1000000000000",
            ),
            (source("tw").unwrap_err(), "source: \"tw\" is none of local, central, other"),
            (note("a\u{7}").unwrap_err(), "note: \"a\\u{7}\" is text with control characters"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
