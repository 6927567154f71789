//! Text of captured outputs: UTF-8 or UTF-16, with or without a byte order mark, any line ends.

/// Bytes that are no text become U+FFFD: a model name with a stray byte is still worth reading.
pub fn decode(bytes: &[u8]) -> String {
    let text = letters(bytes);
    if text.contains(ESCAPE) { without_escapes(&text) } else { text }
}

const ESCAPE: char = '\u{1b}';

/// Without the colours of a terminal: `ESC [ 0 ; 1 ; 32 m`.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split(ESCAPE);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after = part.strip_prefix('[').and_then(|rest| {
            let end = rest.find(|c: char| !matches!(c, '0'..='9' | ';' | '?'))?;
            rest.get(end..).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))?.get(1..)
        });
        plain.push_str(after.unwrap_or(part));
    }
    plain
}

fn letters(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ if looks_wide(bytes) => utf_16(bytes, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// UTF-16 of mostly Latin letters without a mark: every second byte is zero.
fn looks_wide(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes.as_chunks::<2>();
    let latin = pairs.iter().filter(|pair| pair[0] != 0 && pair[1] == 0).count();
    !pairs.is_empty() && latin * 2 > pairs.len()
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Lines with their number from 1, without line ends.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    text.split('\n').enumerate().map(|(at, line)| (at + 1, line.trim_end_matches('\r')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_of_a_terminal_are_left_out() {
        assert_eq!(decode(b"a \x1b[0;1;32mon\x1b[0m \x1b[K \x1b x \x1b[9"), "a on   x [9");
    }

    #[test]
    fn all_encodings_read_the_same() {
        let text = "Số máy\r\nA=1";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&[&[0xff, 0xfe], little.as_slice()].concat()), text);
        assert_eq!(decode(&[&[0xfe, 0xff], big.as_slice()].concat()), text);
        assert_eq!(decode(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()), text);
        assert_eq!(decode(&little), text);
        assert_eq!(decode(b"a\xff"), "a\u{fffd}");
        assert_eq!(lines(text).collect::<Vec<_>>(), [(1, "Số máy"), (2, "A=1")]);
    }
}
