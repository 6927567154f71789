//! Money as people write it; always whole đồng.

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no amount in whole đồng")]
pub struct InvalidMoney(String);

/// Plain digits, or in groups of three as Vietnamese (`.`) and English (`,`) write them, with or without `đồng`.
pub fn parse(value: &str) -> Result<u64, InvalidMoney> {
    let invalid = || InvalidMoney(value.to_owned());
    let number = ["đồng", "VNĐ", "VND", "đ", "₫"]
        .iter()
        .find_map(|unit| value.strip_suffix(unit))
        .unwrap_or(value)
        .trim();
    let plain: String = number.chars().filter(|c| !matches!(c, '.' | ',' | ' ' | '\u{a0}')).collect();
    let amount: u64 = plain
        .parse()
        .ok()
        .filter(|amount| *amount <= i64::MAX as u64 && plain.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(invalid)?;
    let separators = ['.', ',', ' ', '\u{a0}'];
    let is_grouped = separators.iter().any(|one| number == grouped(amount).replace('.', &one.to_string()));
    if number == plain || is_grouped { Ok(amount) } else { Err(invalid()) }
}

/// `1.234.567`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// `1.234.567 đồng`
pub fn money(dong: u64) -> String {
    format!("{} đồng", grouped(dong))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn money_is_never_guessed() {
        assert_eq!(parse("15000000"), Ok(15_000_000));
        assert_eq!(parse("15,000,000"), Ok(15_000_000));
        assert_eq!(parse("0"), Ok(0));
        for text in ["1.5", "1,50", "12.34.567", "1.234,567", "1e6", "một triệu", "", "-5"] {
            assert_eq!(parse(text), Err(InvalidMoney(text.into())), "{text}");
        }
    }

    #[test]
    fn thousands_are_parted_by_points() {
        assert_eq!((money(1_234_567), money(999)), ("1.234.567 đồng".into(), "999 đồng".into()));
    }

    proptest! {
        #[test]
        fn grouping_only_adds_points(number in any::<u64>()) {
            let text = grouped(number);
            prop_assert_eq!(text.replace('.', ""), number.to_string());
            prop_assert!(text.split('.').skip(1).all(|group| group.len() == 3));
            prop_assert!(!text.starts_with('.'));
        }

        #[test]
        fn amounts_read_back(amount in 0u64..=i64::MAX as u64) {
            prop_assert_eq!(parse(&amount.to_string()), Ok(amount));
            prop_assert_eq!(parse(&money(amount)), Ok(amount));
        }
    }
}
