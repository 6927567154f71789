//! Registry exports (`.reg`): keys with their values.

use super::{error::ParseError, text};
use std::collections::BTreeMap;

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

pub fn read(text: &str) -> Result<Registry, ParseError> {
    let mut registry = Registry::default();
    let mut at: Option<String> = None;
    let mut lines = text::lines(text).filter(|(_, line)| !line.trim().is_empty());
    match lines.next() {
        Some((_, head)) if head.starts_with("Windows Registry Editor") || head.trim() == "REGEDIT4" => {}
        _ => {
            return Err(ParseError::line(
                1,
                "\"Windows Registry Editor Version 5.00\" expected: not a registry export",
            ));
        }
    }
    let mut lines = lines.peekable();
    while let Some((number, line)) = lines.next() {
        if let Some(path) = line.trim().strip_prefix('[') {
            let path = path
                .strip_suffix(']')
                .ok_or_else(|| ParseError::line(number, "] is missing after the key"))?;
            registry.keys.entry(path.to_owned()).or_default();
            at = Some(path.to_owned());
            continue;
        }
        if line.trim_start().starts_with(';') {
            continue;
        }
        let mut whole = line.trim().to_owned();
        while whole.ends_with('\\') {
            let Some((_, next)) = lines.next() else { break };
            whole.pop();
            whole.push_str(next.trim());
        }
        let Some(key) = at.as_ref().and_then(|path| registry.keys.get_mut(path)) else {
            return Err(ParseError::line(number, "a value before the first key"));
        };
        let (name, value) = entry(&whole).map_err(|error| ParseError { line: Some(number), ..error })?;
        key.insert(name.to_lowercase(), value);
    }
    Ok(registry)
}

fn entry(line: &str) -> Result<(String, RegValue), ParseError> {
    let (name, rest) = match line.strip_prefix("@=") {
        Some(rest) => (String::new(), rest),
        None => {
            let (name, rest) = quoted(line).ok_or_else(|| ParseError::new("\"name\"=value expected"))?;
            (name, rest.strip_prefix('=').ok_or_else(|| ParseError::new("= expected after the name"))?)
        }
    };
    let value = value(rest).map_err(|message| ParseError::field(None, &name, message))?;
    Ok((name, value))
}

fn value(text: &str) -> Result<RegValue, String> {
    if text.starts_with('"') {
        let (content, _) = quoted(text).ok_or("closing quotation mark is missing")?;
        return Ok(RegValue::Text(content));
    }
    let (kind, data) = text.split_once(':').ok_or("a type and a colon expected")?;
    match kind {
        "dword" => u32::from_str_radix(data.trim(), 16)
            .map(RegValue::Number)
            .map_err(|_| format!("{data:?} is not a dword")),
        "hex(2)" | "hex(1)" => hex(data).map(|bytes| RegValue::Text(wide(&bytes))),
        "hex(7)" => hex(data).map(|bytes| {
            let strings = wide_raw(&bytes);
            RegValue::Strings(
                strings.split('\0').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            )
        }),
        _ if kind.starts_with("hex") => hex(data).map(RegValue::Bytes),
        _ => Err(format!("type {kind:?} is unknown")),
    }
}

fn hex(data: &str) -> Result<Vec<u8>, String> {
    let parts = data.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| u8::from_str_radix(part, 16).map_err(|_| format!("{part:?} is not a byte"))).collect()
}

fn wide_raw(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    String::from_utf16_lossy(&pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect::<Vec<_>>())
}

fn wide(bytes: &[u8]) -> String {
    wide_raw(bytes).trim_end_matches('\0').to_owned()
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
