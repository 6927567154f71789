//! The text of a declared paid extension of an operating system's security support:
//! `<system> đến <date>[: <computer>, …]`, e.g. `Windows 10 đến 13/10/2026: PC-KETOAN, PC-VANTHU`.
//! Without computers it covers every one of the unit that runs the system.

use super::{DeviceFacts, UnitInventory, counting::numbered};
use crate::{date, reference::lifecycle, text::fold};
use jiff::civil::Date;
use std::{fmt, str::FromStr};

pub const PREFIX: &str = "os-extension.";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportExtension {
    pub system: String,
    /// The last day.
    pub until: Date,
    /// Host names or device ids; empty: all of the unit.
    pub computers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidExtension {
    #[error("no end; expected e.g. `Windows 10 đến 13/10/2026: PC-A, PC-B`")]
    NoEnd,
    #[error(transparent)]
    Date(#[from] date::InvalidDate),
    #[error(
        "{0:?} is no operating system whose end of support is known, e.g. `Windows 10`, `Windows Server 2012 R2`"
    )]
    System(String),
    #[error("no computer after the colon; without a colon it covers all of the unit")]
    NoComputer,
}

impl FromStr for SupportExtension {
    type Err = InvalidExtension;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (term, computers) = match text.split_once(':') {
            Some((term, list)) => (term.trim_end(), computers(list)?),
            None => (text.as_str(), Vec::new()),
        };
        let (rest, until) = term.rsplit_once(' ').ok_or(InvalidExtension::NoEnd)?;
        let (system, word) = rest.rsplit_once(' ').ok_or(InvalidExtension::NoEnd)?;
        if !matches!(fold(word).as_str(), "den" | "until") {
            return Err(InvalidExtension::NoEnd);
        }
        let until = date::parse(until)?;
        if !lifecycle().labels().any(|label| names(system, label)) {
            return Err(InvalidExtension::System(system.to_owned()));
        }
        Ok(Self { system: system.to_owned(), until, computers })
    }
}

impl fmt::Display for SupportExtension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} đến {}", self.system, date::day_first(self.until))?;
        if self.computers.is_empty() { Ok(()) } else { write!(f, ": {}", self.computers.join(", ")) }
    }
}

fn computers(list: &str) -> Result<Vec<String>, InvalidExtension> {
    let names = list.split([',', ';']).map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(str::to_owned).collect();
    if names.is_empty() { Err(InvalidExtension::NoComputer) } else { Ok(names) }
}

/// `Windows 10` names `Windows 10 22H2`, and not `Windows 11` or `Windows 1`. A name without a version would
/// extend everything.
fn names(system: &str, label: &str) -> bool {
    let (system, label) = (fold(system), fold(label));
    let versioned = system.bytes().any(|byte| byte.is_ascii_digit()) || system == label;
    let rest = label.strip_prefix(&system);
    versioned && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

impl SupportExtension {
    fn covers(&self, device: &DeviceFacts) -> bool {
        let label = device.operating_system.as_ref().and_then(|system| system.lifecycle.as_deref());
        let wanted = |name: &String| {
            let host = device.host_name.as_deref().map(fold);
            *name == device.device || host.is_some_and(|host| host == fold(name))
        };
        label.is_some_and(|label| names(&self.system, label))
            && (self.computers.is_empty() || self.computers.iter().any(wanted))
    }
}

/// The last day of the longest extension declared for the device.
pub fn extended_until(inventory: &UnitInventory, device: &DeviceFacts) -> Option<Date> {
    let declared = numbered(inventory, "", PREFIX).into_iter();
    let extensions = declared.filter_map(|(_, declared)| declared.value.parse::<SupportExtension>().ok());
    extensions.filter(|extension| extension.covers(device)).map(|extension| extension.until).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn extensions_are_read_and_written_in_one_way() {
        for (text, written) in [
            ("Windows 10 đến 13/10/2026", "Windows 10 đến 13/10/2026"),
            ("windows  10 until 2026-10-13 : PC-A,PC-B ,", "windows 10 đến 13/10/2026: PC-A, PC-B"),
            ("Windows Server 2012 R2 den 13/10/2026: SRV", "Windows Server 2012 R2 đến 13/10/2026: SRV"),
            ("Windows XP đến 8/4/2019", "Windows XP đến 08/04/2019"),
        ] {
            assert_eq!(text.parse::<SupportExtension>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_no_extension_says_why() {
        for (text, expected) in [
            ("Windows 10", "no end; expected e.g. `Windows 10 đến 13/10/2026: PC-A, PC-B`"),
            ("Windows 10 13/10/2026", "no end; expected e.g. `Windows 10 đến 13/10/2026: PC-A, PC-B`"),
            ("Windows 10 đến 31/02/2026", "\"31/02/2026\" is no date; expected yyyy-mm-dd or dd/MM/yyyy"),
            (
                "Windows 10 đến 13/10/2026:",
                "no computer after the colon; without a colon it covers all of the unit",
            ),
        ] {
            assert_eq!(text.parse::<SupportExtension>().unwrap_err().to_string(), expected);
        }
        for system in ["Windows", "Windows 1", "Win10", "Solaris 11"] {
            let error = format!("{system} đến 13/10/2026").parse::<SupportExtension>().unwrap_err();
            assert_eq!(error, InvalidExtension::System(system.into()));
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_accepted_again(text in "Windows (10|7|XP) (đến|until) [0-9]{1,2}/1?[0-9]/20[0-9]{2}(: ?[A-Z,; -]{0,9})?") {
            if let Ok(extension) = text.parse::<SupportExtension>() {
                prop_assert_eq!(extension.to_string().parse(), Ok(extension));
            }
        }
    }
}
