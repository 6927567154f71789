//! The fields a person may declare, and what each accepts. `import declarations` and the web page check a
//! value here before anything is stored.
//!
//! | of | fields |
//! |---|---|
//! | a unit | `staff.official`, `staff.trial`, `staff.professional`, `one-stop-desks`, `line.N`, `os-extension.N`, `proposal.*` |
//! | a system, network appendix | `server.N`, `line.N`, `internet.*`, `cernet`, `vdxp.*`, `ndxp.*`, `other.*`, `proposal.*` |
//! | a system, infrastructure appendix | `manager`, `investment`, `investment-year`, `architecture`, `records.*`, `digitisation.*`, `service`, `direction`, `infrastructure.proposal.*` |
//! | a system, software appendix | `software.*` |
//!
//! `os-extension.N` is a paid extension of an operating system's security support: while it runs, the
//! computers it names (all of the unit where it names none) raise no `endpoint.os-unsupported`.

use crate::{
    inventory::{DeclaredLine, SupportExtension},
    money::{self, InvalidMoney},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    WholeNumber,
    /// Whole đồng.
    Money,
    /// See [`DeclaredLine`].
    Line,
    /// Host name or device id of a server of the system.
    Server,
    /// See [`SupportExtension`].
    SupportExtension,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Unit,
    System,
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// `line.`, `os-extension.` and `server.` stand for `line.1`, `line.2`, …
    pub name: &'static str,
    pub owner: Owner,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidField {
    #[error("there is no such field; see the template, `export declarations --format csv`")]
    Unknown,
    #[error("is a field of a system, but the column system is empty")]
    NeedsSystem,
    #[error("is a field of the unit itself, but the column system is not empty")]
    NotOfSystem,
    #[error("{0:?} is no whole number")]
    WholeNumber(String),
    #[error(transparent)]
    Money(#[from] InvalidMoney),
    #[error(transparent)]
    Line(#[from] crate::inventory::declared_line::InvalidLine),
    #[error(transparent)]
    Extension(#[from] crate::inventory::support_extension::InvalidExtension),
    #[error("has {0} characters, over the limit of {MAX_CHARACTERS}")]
    TooLong(usize),
    #[error("holds the control character {0:?}")]
    Control(char),
}

/// What a cell of a spreadsheet can show without being cut.
const MAX_CHARACTERS: usize = 2_000;

const fn field(name: &'static str, owner: Owner, kind: Kind) -> Field {
    Field { name, owner, kind }
}

const fn of_system(name: &'static str) -> Field {
    field(name, Owner::System, Kind::Text)
}

pub const CATALOGUE: &[Field] = &[
    field("staff.official", Owner::Unit, Kind::WholeNumber),
    field("staff.trial", Owner::Unit, Kind::WholeNumber),
    field("staff.professional", Owner::Unit, Kind::WholeNumber),
    field("one-stop-desks", Owner::Unit, Kind::WholeNumber),
    field("line.", Owner::Both, Kind::Line),
    field("os-extension.", Owner::Unit, Kind::SupportExtension),
    field("proposal.text", Owner::Both, Kind::Text),
    field("proposal.total", Owner::Both, Kind::Money),
    field("proposal.allocated", Owner::Both, Kind::Text),
    field("proposal.source", Owner::Both, Kind::Text),
    field("server.", Owner::System, Kind::Server),
    of_system("internet.connected-systems"),
    of_system("internet.purpose"),
    of_system("cernet"),
    of_system("vdxp.connected-systems"),
    of_system("vdxp.purpose"),
    of_system("ndxp.connected-systems"),
    of_system("ndxp.purpose"),
    of_system("other.connected-systems"),
    of_system("other.purpose"),
    of_system("manager"),
    of_system("investment"),
    of_system("investment-year"),
    of_system("architecture"),
    of_system("records.online"),
    of_system("records.direct"),
    of_system("digitisation.infrastructure"),
    of_system("digitisation.format"),
    of_system("digitisation.records"),
    of_system("service"),
    of_system("direction"),
    of_system("infrastructure.proposal.text"),
    field("infrastructure.proposal.total", Owner::System, Kind::Money),
    of_system("infrastructure.proposal.allocated"),
    of_system("infrastructure.proposal.source"),
    of_system("software.origin"),
    of_system("software.developer"),
    of_system("software.source-code"),
    of_system("software.accounts"),
    of_system("software.daily-logins"),
    of_system("software.active-accounts"),
    of_system("software.top-functions"),
    of_system("software.integrations"),
    of_system("software.basis"),
    of_system("software.available-data"),
    of_system("software.attachments"),
    of_system("software.proposal.text"),
    field("software.proposal.total", Owner::System, Kind::Money),
    of_system("software.proposal.allocated"),
    of_system("software.proposal.source"),
];

/// The fields a template shows for every unit even while nothing is declared.
pub const UNIT_TEMPLATE: &[&str] = &[
    "staff.official",
    "staff.trial",
    "staff.professional",
    "one-stop-desks",
    "line.1",
    "line.2",
    "os-extension.1",
    "proposal.text",
    "proposal.total",
    "proposal.allocated",
    "proposal.source",
];

/// The catalogue's entry of a field name; numbered fields count from 1 without leading zeros.
pub fn find(name: &str) -> Option<&'static Field> {
    CATALOGUE.iter().find(|field| match name.strip_prefix(field.name) {
        Some("") => !field.name.ends_with('.'),
        Some(number) => field.name.ends_with('.') && is_ordinal(number),
        None => false,
    })
}

fn is_ordinal(text: &str) -> bool {
    text.len() <= 3
        && !text.starts_with('0')
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Checks a value and gives it as it is stored. An empty value means: nothing is declared (any more).
pub fn check(system: &str, name: &str, value: &str) -> Result<Option<String>, InvalidField> {
    let field = find(name).ok_or(InvalidField::Unknown)?;
    match (field.owner, system.is_empty()) {
        (Owner::System, true) => return Err(InvalidField::NeedsSystem),
        (Owner::Unit, false) => return Err(InvalidField::NotOfSystem),
        _ => {}
    }
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    check_text(value)?;
    Ok(Some(match field.kind {
        Kind::WholeNumber => whole_number(value)?.to_string(),
        Kind::Money => money::parse(value)?.to_string(),
        Kind::Line => value.parse::<DeclaredLine>()?.to_string(),
        Kind::SupportExtension => value.parse::<SupportExtension>()?.to_string(),
        Kind::Server | Kind::Text => value.to_owned(),
    }))
}

fn check_text(value: &str) -> Result<(), InvalidField> {
    let characters = value.chars().count();
    if characters > MAX_CHARACTERS {
        return Err(InvalidField::TooLong(characters));
    }
    value.chars().find(|c| c.is_control() && *c != '\n').map_or(Ok(()), |c| Err(InvalidField::Control(c)))
}

fn whole_number(value: &str) -> Result<u32, InvalidField> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| InvalidField::WholeNumber(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_checked_by_the_kind_of_their_field() {
        let ok = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(check("", "staff.official", " 50 "), ok("50"));
        assert_eq!(check("", "staff.official", ""), Ok(None));
        assert_eq!(check("", "staff.official", "5,5"), Err(InvalidField::WholeNumber("5,5".into())));
        assert_eq!(check("", "staff.official", "-1"), Err(InvalidField::WholeNumber("-1".into())));
        assert_eq!(check("", "line.2", "FPT   300 mbps"), ok("FPT 300 Mbps"));
        assert_eq!(check("", "proposal.total", "1.234.567 đồng"), ok("1234567"));
        assert_eq!(
            check("", "os-extension.1", "Windows 10 until 2026-10-13"),
            ok("Windows 10 đến 13/10/2026")
        );
        assert_eq!(
            check("Kiosk - DVC", "cernet", "Đảm bảo (02 đường mỗi đường 15 Mb)"),
            ok("Đảm bảo (02 đường mỗi đường 15 Mb)")
        );
        assert_eq!(check("", "cernet", "Đảm bảo"), Err(InvalidField::NeedsSystem));
        assert_eq!(check("Kiosk - DVC", "staff.official", "5"), Err(InvalidField::NotOfSystem));
    }

    #[test]
    fn names_outside_the_catalogue_are_unknown() {
        for name in
            ["line", "line.", "line.0", "line.01", "line.x", "staff", "staff.official.1", "budget", ""]
        {
            assert_eq!(check("", name, "1"), Err(InvalidField::Unknown), "{name}");
        }
        assert_eq!(find("line.12").map(|field| field.kind), Some(Kind::Line));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_accepted_again(name in "(line|server|staff)\\.[a-z0-9]{1,9}", value in "\\PC{0,30}") {
            if let Ok(Some(stored)) = check("", &name, &value) {
                prop_assert_eq!(check("", &name, &stored), Ok(Some(stored.clone())));
            }
        }
    }
}
