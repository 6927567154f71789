//! What the command-line tools of products on Linux print.

mod by_lines;
pub use by_lines::{crowd_strike, deep_security, dr_web, eset, kaspersky, sophos};

use super::{error::ParseError, moment, text};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::section::antivirus::{Product, ProductState, SignatureState, Signatures};
use serde_json::Value;

/// `Name: value` lines wherever they stand; lists and tables between them are left alone.
struct Lines<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Lines<'a> {
    fn of(input: &'a str) -> Self {
        let pairs = text::lines(input).filter_map(|(_, line)| {
            let line = line.trim().trim_start_matches("- ");
            // SentinelOne aligns its values with spaces in place of a colon.
            let (name, value) = line.split_once(": ").or_else(|| line.split_once("  "))?;
            Some((name.trim().trim_end_matches(':'), value.trim()))
        });
        Self(pairs.collect())
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        (!found.1.is_empty()).then_some(found.1)
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

fn product(name: &str, vendor: &str, source: &str) -> Product {
    Product {
        name: name.to_owned(),
        vendor: Some(vendor.to_owned()),
        version: None,
        state: ProductState::Unknown,
        signatures: Signatures::default(),
        source: source.to_owned(),
    }
}

fn on_or_off(text: Option<&str>) -> ProductState {
    match text.map(str::to_lowercase).as_deref() {
        Some(text) if text.starts_with("disabled") || text.starts_with("not installed") => ProductState::Off,
        Some("on" | "enabled" | "running" | "active" | "true" | "loaded") => ProductState::On,
        Some("off" | "disabled" | "stopped" | "inactive" | "false" | "not loaded") => ProductState::Off,
        Some("expired") => ProductState::Expired,
        _ => ProductState::Unknown,
    }
}

/// `bduitool get ps`
pub fn bitdefender(input: &str) -> Result<Product, ParseError> {
    let lines = Lines::of(input);
    let version =
        lines.owned("Product version").ok_or_else(|| missing("Product version", "bduitool get ps"))?;
    let signatures = match lines.get("New security content available") {
        Some("no") => SignatureState::Current,
        Some("yes") => SignatureState::Old,
        _ => SignatureState::Unknown,
    };
    Ok(Product {
        version: Some(version),
        state: on_or_off(lines.get("Antimalware status")),
        signatures: Signatures {
            state: signatures,
            version: None,
            engine: lines.owned("Engines version"),
            updated_at: lines.get("Last security content update").and_then(moment::iso),
        },
        ..product("Bitdefender Endpoint Security Tools", "Bitdefender", "bduitool")
    })
}

/// `sentinelctl status` of Linux and of Windows.
pub fn sentinel_one(input: &str) -> Result<Product, ParseError> {
    let lines = Lines::of(input);
    let version = ["Agent version", "Monitor Build id", "Version"].iter().find_map(|name| lines.owned(name));
    let disabled =
        lines.get("Disable State").is_some_and(|text| !text.to_lowercase().starts_with("not disabled"));
    let told =
        ["Agent state", "Agent operational state", "Protection"].iter().find_map(|name| lines.get(name));
    let state = told.map_or_else(|| parts_of_sentinel_one(input), |told| on_or_off(Some(told)));
    if version.is_none() && state == ProductState::Unknown {
        return Err(missing("Agent version", "sentinelctl"));
    }
    Ok(Product {
        version,
        state: if disabled { ProductState::Off } else { state },
        signatures: Signatures { engine: lines.owned("DFI library version"), ..Signatures::default() },
        ..product("SentinelOne", "SentinelOne", "sentinelctl")
    })
}

/// `SentinelMonitor is loaded`, `SentinelAgent is not loaded`; that it does not run as a protected process (PPL)
/// says nothing.
fn parts_of_sentinel_one(input: &str) -> ProductState {
    let told = |line: &str| {
        let said = line
            .trim()
            .strip_prefix("SentinelAgent is ")
            .or(line.trim().strip_prefix("SentinelMonitor is "))?;
        let said = said.trim_end_matches('.').to_lowercase();
        Some(match said.as_str() {
            "loaded" | "running" => ProductState::On,
            "not loaded" | "not running" => ProductState::Off,
            _ => ProductState::Unknown,
        })
    };
    let states: Vec<_> = text::lines(input).filter_map(|(_, line)| told(line)).collect();
    let has = |state| states.contains(&state);
    [ProductState::Off, ProductState::On]
        .into_iter()
        .find(|state| has(*state))
        .unwrap_or(ProductState::Unknown)
}

/// `cytool info`, `cytool info query` and `cytool runtime query` of one computer, one after the other.
pub fn cortex(input: &str) -> Result<Product, ParseError> {
    let lines = Lines::of(input);
    let titled = text::lines(input).find_map(|(_, line)| {
        let line = line.trim();
        let version = line.split_whitespace().last()?;
        let numbers = version.chars().all(|c| c.is_ascii_digit() || c == '.');
        (line.starts_with("Cortex XDR") && numbers).then(|| version.to_owned())
    });
    let version = titled.or_else(|| lines.owned("Agent Version")).or_else(|| lines.owned("Version"));
    let state = daemon_state(input);
    let content = lines.owned("Content Version");
    if version.is_none() && content.is_none() && state == ProductState::Unknown {
        return Err(ParseError::new("neither a version nor a state: not an output of cytool"));
    }
    Ok(Product {
        version,
        state,
        signatures: Signatures { version: content, ..Signatures::default() },
        ..product("Cortex XDR", "Palo Alto Networks", "cytool")
    })
}

/// `pmd  1234  root  Running  …` on Linux, `cyserver  Running` on Windows.
fn daemon_state(input: &str) -> ProductState {
    for (_, line) in text::lines(input) {
        let words: Vec<String> = line.split_whitespace().map(str::to_lowercase).collect();
        let daemon = words.iter().any(|name| matches!(name.as_str(), "pmd" | "cyserver" | "cysvc"));
        let state = words.iter().map(|word| on_or_off(Some(word))).find(|s| *s != ProductState::Unknown);
        if let (true, Some(state)) = (daemon, state) {
            return state;
        }
    }
    ProductState::Unknown
}

/// `mdatp health`, with `--output json` or without.
pub fn defender(input: &str) -> Result<Product, ParseError> {
    let health = match text::lines(input).position(|(_, line)| line.trim_start().starts_with('{')) {
        Some(before) => Health::json(input, before)?,
        None => Health::text(input),
    };
    if health.get("appVersion").is_none() && health.get("realTimeProtectionEnabled").is_none() {
        return Err(missing("realTimeProtectionEnabled", "mdatp health"));
    }
    let signatures = match health.get("definitionsStatus").as_deref() {
        Some("upToDate" | "up_to_date" | "up to date") => SignatureState::Current,
        Some("outOfDate" | "out_of_date" | "expired") => SignatureState::Old,
        _ => SignatureState::Unknown,
    };
    Ok(Product {
        version: health.get("appVersion"),
        state: health.state()?,
        signatures: Signatures {
            state: signatures,
            version: health.get("definitionsVersion"),
            engine: health.get("engineVersion"),
            updated_at: health.moment("definitionsUpdated"),
        },
        ..product("Microsoft Defender", "Microsoft", "mdatp")
    })
}

/// Values of `mdatp health` as text, whichever form they came in.
struct Health(Vec<(String, String)>);

impl Health {
    /// With warnings around the object, so many lines before it.
    fn json(input: &str, before: usize) -> Result<Self, ParseError> {
        let start = input.split_inclusive('\n').take(before).map(str::len).sum();
        let object = input.get(start..).unwrap_or_default();
        let object = object.rfind('}').and_then(|end| object.get(..=end)).unwrap_or(object);
        let value: Value = serde_json::from_str(object)
            .map_err(|error| ParseError::line(before + error.line(), format!("not JSON: {error}")))?;
        let Value::Object(fields) = value else { return Err(ParseError::new("an object expected")) };
        Ok(Self(fields.into_iter().filter_map(|(name, value)| Some((name, plain(&value)?))).collect()))
    }

    fn text(input: &str) -> Self {
        let fields = text::lines(input).filter_map(|(_, line)| line.split_once(':'));
        // `"1.1.25010.1" [channel: production]`, `true [managed]`
        let clean =
            |value: &str| value.split(" [").next().unwrap_or(value).trim().trim_matches('"').to_owned();
        Self(fields.map(|(name, value)| (in_camel_case(name.trim()), clean(value))).collect())
    }

    fn get(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        found.filter(|value| !value.is_empty() && value != "unavailable")
    }

    fn state(&self) -> Result<ProductState, ParseError> {
        let enabled = self.truth("realTimeProtectionEnabled")?;
        let available = self.truth("realTimeProtectionAvailable")?.unwrap_or(true);
        Ok(if self.has_expired() {
            ProductState::Expired
        } else if self.truth("licensed")? == Some(false) {
            ProductState::Off
        } else if self.truth("passiveModeEnabled")? == Some(true) {
            ProductState::Passive
        } else {
            match enabled {
                Some(enabled) if enabled && available => ProductState::On,
                Some(_) => ProductState::Off,
                None => ProductState::Unknown,
            }
        })
    }

    /// At the time of the output, which it tells by the age of the definitions: a recording may be years old.
    fn has_expired(&self) -> bool {
        let minutes = self.get("definitionsUpdatedMinutesAgo").and_then(|text| text.parse().ok());
        let age = minutes.and_then(SignedDuration::try_from_mins);
        let said = self.moment("definitionsUpdated").zip(age);
        let said = said.and_then(|(updated, age)| updated.checked_add(age).ok());
        self.moment("productExpiration").zip(said).is_some_and(|(end, said)| end < said)
    }

    fn moment(&self, name: &str) -> Option<Timestamp> {
        let text = self.get(name)?;
        moment::milliseconds(&text).or_else(|| moment::month_name(&text)).or_else(|| moment::iso(&text))
    }

    fn truth(&self, name: &str) -> Result<Option<bool>, ParseError> {
        match self.get(name).as_deref() {
            None => Ok(None),
            Some("true" | "enabled") => Ok(Some(true)),
            Some("false" | "disabled") => Ok(Some(false)),
            Some(other) => Err(ParseError::field(None, name, format!("{other:?} is neither true nor false"))),
        }
    }
}

/// Newer versions wrap values: `{"value": true}`, `{"$type": "upToDate"}`.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Object(fields) => {
            let given = fields.get("value").filter(|value| !value.is_object());
            given.or(fields.get("$type")).and_then(plain)
        }
        Value::Null | Value::Array(_) => None,
    }
}

fn in_camel_case(name: &str) -> String {
    let mut words = name.split(['_', ' ']).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut text, word| {
        let mut letters = word.chars();
        text.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        text.push_str(letters.as_str());
        text
    })
}

fn missing(field: &str, command: &str) -> ParseError {
    ParseError::field(None, field, format!("is missing: not an output of {command}"))
}

#[cfg(test)]
mod tests;
