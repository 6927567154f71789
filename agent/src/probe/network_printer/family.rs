//! What a model is by its name, as far as makers name their families consistently.

mod makers;

use super::vendor;
use kiemke_schemas::section::peripheral::Kind;
use makers::{COMMON, MAKERS, Maker, Row, Scope};
use regex_lite::Regex;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Printer,
    Multifunction,
    Scanner,
    /// Projectors, servers for USB devices, displays.
    Other,
}

impl Family {
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::Printer => Some(Kind::Printer),
            Self::Multifunction => Some(Kind::Multifunction),
            Self::Scanner => Some(Kind::Scanner),
            Self::Other => None,
        }
    }
}

/// `None` for names that tell nothing.
pub fn of(name: &str) -> Option<Family> {
    of_maker(name, &[])
}

/// As [`of`], of a thing whose maker may be known by other means than its name: `M205` is one thing of Epson and
/// another of Samsung.
pub fn of_maker(name: &str, makers: &[&str]) -> Option<Family> {
    if let Some(family) = first(name, COMMON.iter()) {
        return Some(family);
    }
    let named = vendor::by_text(name).map(|vendor| vendor.name);
    let known: Vec<&str> = if named.is_some() { named.into_iter().collect() } else { makers.to_vec() };
    let rows =
        |brand: &str| MAKERS.iter().find(|maker| maker.brands.contains(&brand)).map(|maker| maker.rows);
    let own = known.iter().filter_map(|brand| first(name, rows(brand)?.iter())).next();
    let of_anyone = |maker: &'static Maker| maker.rows.iter().filter(|(_, scope, _)| *scope == Scope::Anyone);
    own.or_else(|| named.is_none().then(|| first(name, MAKERS.iter().flat_map(of_anyone)))?)
}

/// Patterns are compiled when they are needed: an agent reads a few names an hour, and keeping all of them costs
/// more memory than that is worth.
fn first(name: &str, mut rows: impl Iterator<Item = &'static Row>) -> Option<Family> {
    let fits =
        |pattern: &str| Regex::new(&format!("(?i){pattern}")).is_ok_and(|pattern| pattern.is_match(name));
    rows.find(|(_, _, pattern)| fits(pattern)).map(|(family, ..)| *family)
}

#[cfg(test)]
mod tests;
