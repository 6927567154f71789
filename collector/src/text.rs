//! Folding of Vietnamese text: what search, imports and name matching compare.

use std::{ops::Range, sync::LazyLock};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Vietnamese lies wholly below this; above it characters take the slow path.
const TABLE_LEN: usize = 0x2000;
const SLOW: u8 = 0;
const DROPPED: u8 = 1;

/// The folded ASCII character of each character that has one: folding runs over every word of every report.
static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..TABLE_LEN as u32).map(|code| char::from_u32(code).map_or(SLOW, table_entry)).collect()
});

fn table_entry(c: char) -> u8 {
    let mut folded = fold_slowly(c);
    match (folded.next(), folded.next()) {
        (None, _) => DROPPED,
        (Some(c), None) if c.is_ascii() && c as u8 > DROPPED => c as u8,
        _ => SLOW,
    }
}

fn fold_slowly(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if matches!(c, 'đ' | 'Đ') { 'd' } else { c })
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c))
}

fn fold_char(c: char, mut push: impl FnMut(char)) {
    if c.is_ascii() {
        return push(c.to_ascii_lowercase());
    }
    match TABLE.get(c as usize).copied().unwrap_or(SLOW) {
        DROPPED => {}
        SLOW => fold_slowly(c).for_each(push),
        ascii => push(char::from(ascii)),
    }
}

/// Lower case without diacritics; `đ` becomes `d`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, |c| folded.push(c));
    }
    folded
}

/// Calls `each` with every token of the text, a maximal run of `[0-9a-z]` after folding, and the bytes of the
/// original it stands for.
pub fn for_each_token(text: &str, mut each: impl FnMut(&str, Range<usize>)) {
    let mut token = String::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let was_empty = token.is_empty();
        let mut ended = false;
        fold_char(c, |folded| {
            if folded.is_ascii_alphanumeric() {
                token.push(folded);
            } else {
                ended = true;
            }
        });
        if was_empty {
            start = at;
        }
        if ended && !token.is_empty() {
            each(&token, start..at);
            token.clear();
        }
    }
    if !token.is_empty() {
        each(&token, start..text.len());
    }
}

pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for_each_token(text, |token, _| tokens.push(token.to_owned()));
    tokens
}

/// The tokens with single spaces between them: equal for names that differ only in case, diacritics and
/// punctuation.
pub fn label(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for_each_token(text, |token, _| {
        if !label.is_empty() {
            label.push(' ');
        }
        label.push_str(token);
    });
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn diacritics_case_and_d_fold() {
        assert_eq!(fold("Máy quét Phường ĐA KAO"), "may quet phuong da kao");
        assert_eq!(fold("ﬁ ΑΒΓ Ⅷ K"), "ﬁ αβγ ⅷ k");
    }

    #[test]
    fn decomposed_and_composed_text_are_one() {
        let composed = "Thiết bị đọc thẻ, chữ kí số: ỡ ặ ỹ";
        let decomposed: String = composed.nfd().collect();
        assert_ne!(composed, decomposed);
        assert_eq!(tokens(composed), tokens(&decomposed));
    }

    #[test]
    fn tokens_are_runs_of_letters_and_digits() {
        assert_eq!(
            tokens("HBT-PC000123, Intel(R) Core™ d8:9e"),
            ["hbt", "pc000123", "intel", "r", "core", "d8", "9e"]
        );
        assert_eq!(tokens("…—"), Vec::<String>::new());
        assert_eq!(label("  Phường  Bến-Nghé "), "phuong ben nghe");
    }

    #[test]
    fn tokens_know_their_place_in_the_original() {
        let text = "Máy quét";
        let mut found = Vec::new();
        for_each_token(text, |token, place| found.push((token.to_owned(), &text[place])));
        assert_eq!(found, [("may".to_owned(), "Máy"), ("quet".to_owned(), "quét")]);
    }

    proptest! {
        #[test]
        fn the_table_agrees_with_unicode(text in "\\PC{0,40}") {
            let slow: String = text.chars().flat_map(fold_slowly).collect();
            prop_assert_eq!(fold(&text), slow);
        }

        #[test]
        fn places_lie_on_characters_and_refold_to_the_token(text in "[ -~À-ỹ\u{300}-\u{303}đĐ]{0,40}") {
            for_each_token(&text, |token, place| assert_eq!(tokens(&text[place]), [token.to_owned()]));
        }
    }
}
