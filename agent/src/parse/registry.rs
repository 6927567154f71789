//! Registry exports (`.reg`): keys with their values.

use super::{error::ParseError, text};
use std::{collections::BTreeMap, iter::Peekable};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegValue {
    Text(String),
    Number(u32),
    Strings(Vec<String>),
    Bytes(Vec<u8>),
}

/// Values by name in lower case.
pub type Key = BTreeMap<String, RegValue>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// By path as written.
    pub keys: BTreeMap<String, Key>,
}

/// The widths of letters in values of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    Wide,
    /// Of the old form, in the code page of whoever wrote it.
    Narrow,
}

/// A row that cannot be read hides only itself.
pub fn read(text: &str) -> Result<Registry, ParseError> {
    let mut lines = text::lines(text).filter(|(_, line)| !line.trim().is_empty()).peekable();
    let letters = match lines.next() {
        Some((_, head)) if head.starts_with("Windows Registry Editor") => Letters::Wide,
        Some((_, head)) if head.trim() == "REGEDIT4" => Letters::Narrow,
        _ => {
            let message = "\"Windows Registry Editor Version 5.00\" expected: not a registry export";
            return Err(ParseError::line(1, message));
        }
    };
    let mut registry = Registry::default();
    let mut at: Option<String> = None;
    let mut wrong = None;
    while let Some((number, line)) = lines.next() {
        let row = match whole(line, &mut lines) {
            row if row.starts_with(';') => Ok(()),
            row if row.starts_with('[') => key(&row, &mut registry).map(|path| at = path),
            row => entry(&row, letters).and_then(|named| registry.take(at.as_deref(), named)),
        };
        if let Err(error) = row {
            let error = ParseError { line: Some(number), ..error };
            tracing::debug!("{error}: left out");
            wrong = wrong.or(Some(error));
        }
    }
    match wrong {
        Some(error) if registry.keys.values().all(BTreeMap::is_empty) => Err(error),
        _ => Ok(registry),
    }
}

/// Lines that a text may go on in.
const LONGEST_TEXT: usize = 16;

/// With the lines that go on with it: behind a backslash, or until a text that is open ends.
fn whole<'a>(line: &str, lines: &mut Peekable<impl Iterator<Item = (usize, &'a str)> + Clone>) -> String {
    let mut whole = line.trim().to_owned();
    while whole.ends_with('\\') && !is_open(&whole) {
        let Some((_, next)) = lines.next() else { break };
        whole.pop();
        whole.push_str(next.trim());
    }
    if is_open(&whole) {
        let mut rest = whole.clone();
        let mut after = lines.clone();
        // A text that never ends would take in everything after it.
        for _ in 0..LONGEST_TEXT {
            let Some((_, next)) = after.next_if(|(_, next)| is_open(&rest) && !next.starts_with('[')) else {
                break;
            };
            rest.push(' ');
            rest.push_str(next.trim());
        }
        if !is_open(&rest) {
            whole = rest;
            *lines = after;
        }
    }
    whole
}

/// `"name"="text` without the quotation mark at its end.
fn is_open(row: &str) -> bool {
    let value = row.strip_prefix("@=").or_else(|| quoted(row).and_then(|(_, rest)| rest.strip_prefix('=')));
    value.is_some_and(|value| value.starts_with('"') && quoted(value).is_none())
}

/// The path that values below it belong to; `None` where the key is one to be deleted.
fn key(row: &str, registry: &mut Registry) -> Result<Option<String>, ParseError> {
    let path = row.strip_prefix('[').and_then(|row| row.strip_suffix(']'));
    let path = path.ok_or_else(|| ParseError::new("] is missing after the key"))?;
    if path.starts_with('-') {
        return Ok(None);
    }
    registry.keys.entry(path.to_owned()).or_default();
    Ok(Some(path.to_owned()))
}

type Named = (String, Option<RegValue>);

fn entry(line: &str, letters: Letters) -> Result<Named, ParseError> {
    let (name, rest) = match line.strip_prefix("@=") {
        Some(rest) => (String::new(), rest),
        None => {
            let (name, rest) = quoted(line).ok_or_else(|| ParseError::new("\"name\"=value expected"))?;
            (name, rest.strip_prefix('=').ok_or_else(|| ParseError::new("= expected after the name"))?)
        }
    };
    let value = value(rest, letters).map_err(|message| ParseError::field(None, &name, message))?;
    Ok((name, value))
}

/// `None` for a value to be deleted.
fn value(text: &str, letters: Letters) -> Result<Option<RegValue>, String> {
    if text.trim() == "-" {
        return Ok(None);
    }
    if text.starts_with('"') {
        let (content, _) = quoted(text).ok_or("closing quotation mark is missing")?;
        return Ok(Some(RegValue::Text(content)));
    }
    let (kind, data) = text.split_once(':').ok_or("a type and a colon expected")?;
    let value = match kind {
        "dword" => u32::from_str_radix(data.trim(), 16)
            .map(RegValue::Number)
            .map_err(|_| format!("{data:?} is not a dword"))?,
        "hex(2)" | "hex(1)" => RegValue::Text(letters.text(&hex(data)?).trim_end_matches('\0').to_owned()),
        "hex(7)" => {
            let strings = letters.text(&hex(data)?);
            let strings = strings.split('\0').filter(|part| !part.is_empty());
            RegValue::Strings(strings.map(str::to_owned).collect())
        }
        _ if kind.starts_with("hex") => RegValue::Bytes(hex(data)?),
        _ => return Err(format!("type {kind:?} is unknown")),
    };
    Ok(Some(value))
}

fn hex(data: &str) -> Result<Vec<u8>, String> {
    let parts = data.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| u8::from_str_radix(part, 16).map_err(|_| format!("{part:?} is not a byte"))).collect()
}

impl Letters {
    fn text(self, bytes: &[u8]) -> String {
        match self {
            Self::Wide => {
                let (pairs, _) = bytes.as_chunks::<2>();
                let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
                String::from_utf16_lossy(&units)
            }
            Self::Narrow => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// A quoted text with its escapes undone, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut letters = text.strip_prefix('"')?.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((content, text.get(at + 2..)?)),
            '\\' => content.push(letters.next()?.1),
            other => content.push(other),
        }
    }
    None
}

impl Registry {
    fn take(&mut self, at: Option<&str>, (name, value): Named) -> Result<(), ParseError> {
        let key = at.and_then(|path| self.keys.get_mut(path));
        let key = key.ok_or_else(|| ParseError::new("a value before the first key"))?;
        key.extend(value.map(|value| (name.to_lowercase(), value)));
        Ok(())
    }

    pub fn extend(&mut self, other: Self) {
        for (path, values) in other.keys {
            self.keys.entry(path).or_default().extend(values);
        }
    }

    /// Keys two levels below a key of that name under `Enum`: class, instance and values.
    pub fn instances(&self, bus: &str) -> impl Iterator<Item = (&str, &str, &Key)> {
        let bus = bus.to_owned();
        self.keys.iter().filter_map(move |(path, key)| {
            let mut parts = path.split('\\').skip_while(|part| !part.eq_ignore_ascii_case("Enum")).skip(1);
            let (Some(found), Some(class), Some(instance), None) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                return None;
            };
            found.eq_ignore_ascii_case(&bus).then_some((class, instance, key))
        })
    }

    /// The values of the key `below` an instance.
    pub fn below(&self, bus: &str, class: &str, instance: &str, below: &str) -> Option<&Key> {
        let tail = format!("\\Enum\\{bus}\\{class}\\{instance}\\{below}").to_lowercase();
        self.keys.iter().find(|(path, _)| path.to_lowercase().ends_with(&tail)).map(|(_, key)| key)
    }
}

pub fn text<'a>(key: &'a Key, name: &str) -> Option<&'a str> {
    match key.get(name) {
        Some(RegValue::Text(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

pub fn strings<'a>(key: &'a Key, name: &str) -> &'a [String] {
    match key.get(name) {
        Some(RegValue::Strings(list)) => list,
        _ => &[],
    }
}

pub fn number(key: &Key, name: &str) -> Option<u32> {
    if let Some(RegValue::Number(number)) = key.get(name) { Some(*number) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Windows Registry Editor Version 5.00\r\n\r\n";

    #[test]
    fn values_of_all_types() {
        let text = format!(
            "{HEAD}[HKLM\\Enum\\USB\\VID_1&PID_2\\S1]\r\n\"A\"=\"x\\\\y\\\"z\"\r\n\"B\"=dword:0000001f\r\n\
             \"C\"=hex(7):55,00,\\\r\n  00,00,56,00,00,00,00,00\r\n@=\"d\"\r\n\"E\"=hex:01,02\r\n"
        );
        let registry = read(&text).unwrap();
        let (class, instance, key) = registry.instances("usb").next().unwrap();
        assert_eq!((class, instance), ("VID_1&PID_2", "S1"));
        assert_eq!(super::text(key, "a"), Some("x\\y\"z"));
        assert_eq!(number(key, "b"), Some(31));
        assert_eq!(strings(key, "c"), ["U", "V"]);
        assert_eq!(super::text(key, ""), Some("d"));
        assert_eq!(key.get("e"), Some(&RegValue::Bytes(vec![1, 2])));
    }

    #[test]
    fn an_odd_row_hides_only_itself() {
        let text = format!(
            "{HEAD}[A]\r\n\"DeviceDesc\"=\"EPSON\r\nL120\"\r\n\"gone\"=-\r\n\"n\"=dword:xyz\r\n\"k\"=dword:1\r\n\
             [-B]\r\n\"x\"=\"y\"\r\n[C]\r\n\"open\"=\"never\r\nclosed\r\n[D]\r\n\"e\"=\"C:\\\\\"\r\n"
        );
        let registry = read(&text).unwrap();
        assert_eq!(registry.keys.keys().collect::<Vec<_>>(), ["A", "C", "D"]);
        assert_eq!(super::text(&registry.keys["A"], "devicedesc"), Some("EPSON L120"));
        assert_eq!(registry.keys["A"].keys().collect::<Vec<_>>(), ["devicedesc", "k"]);
        assert_eq!(super::text(&registry.keys["D"], "e"), Some("C:\\"));
    }

    #[test]
    fn the_old_form_has_narrow_letters() {
        let registry =
            read("REGEDIT4\r\n[A]\r\n\"c\"=hex(7):55,53,42,00,58,\\\r\n  00,00\r\n\"t\"=hex(2):43,3a,00\r\n")
                .unwrap();
        assert_eq!(strings(&registry.keys["A"], "c"), ["USB", "X"]);
        assert_eq!(super::text(&registry.keys["A"], "t"), Some("C:"));
    }

    #[test]
    fn errors_name_line_and_value() {
        let error = |body: &str| read(&format!("{HEAD}{body}")).unwrap_err().to_string();
        assert_eq!(read("hello").unwrap_err().line, Some(1));
        assert_eq!(error("[A\r\n"), "line 3: ] is missing after the key");
        assert_eq!(error("\"a\"=\"b\"\r\n"), "line 3: a value before the first key");
        assert_eq!(error("[A]\r\n\"n\"=dword:xyz\r\n"), "line 4: field n: \"xyz\" is not a dword");
        assert_eq!(error("[A]\r\n\"n\"=hex:0g\r\n"), "line 4: field n: \"0g\" is not a byte");
        assert_eq!(error("[A]\r\nn=1\r\n"), "line 4: \"name\"=value expected");
    }
}
