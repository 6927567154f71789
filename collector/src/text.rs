//! Folding of Vietnamese text: what search, imports and name matching compare.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case without diacritics; `đ` becomes `d`.
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if matches!(c, 'đ' | 'Đ') { 'd' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn diacritics_case_and_d_fold() {
        assert_eq!(fold("Máy quét Phường ĐA KAO"), "may quet phuong da kao");
    }
}
