use super::kind::Kind;
use crate::inventory::Protection;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::section::antivirus::{Product, ProductState, SignatureState};
use serde::{Deserialize, Serialize};

/// One thing a person can find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Unique: a document replaces the one of the same key.
    pub key: String,
    pub kind: Kind,
    /// The computer it is, or hangs on.
    pub device: Option<String>,
    pub id: String,
    /// Root first, its own unit last.
    pub units: Vec<UnitName>,
    pub title: String,
    /// Found by any three or more characters in a row: host names, serials.
    pub names: Vec<String>,
    /// Other names of what it is: it is found by them, and nobody reads them.
    pub synonyms: Vec<String>,
    /// What tells it from others of its title (model, serial, address): shown with every hit.
    pub facts: Vec<String>,
    /// What hangs on it.
    pub things: Vec<Thing>,
    /// Searched beside all that; shown where it matched.
    pub text: Vec<String>,
    /// Names of the operating system; the first is the one to count by.
    pub systems: Vec<String>,
    pub protection: Option<ProtectionStatus>,
    pub isps: Vec<Isp>,
    /// Rule ids of its open flags.
    pub flags: Vec<String>,
    pub serials: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitName {
    pub code: String,
    pub name: String,
    pub full_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    pub kind: Kind,
    /// With its serial.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isp {
    pub name: String,
    pub asn: Option<u32>,
}

impl Document {
    pub fn new(key: String, kind: Kind, id: String, units: Vec<UnitName>, title: String) -> Self {
        Self {
            key,
            kind,
            device: None,
            id,
            units,
            title,
            names: Vec::new(),
            synonyms: Vec::new(),
            facts: Vec::new(),
            things: Vec::new(),
            text: Vec::new(),
            systems: Vec::new(),
            protection: None,
            isps: Vec::new(),
            flags: Vec::new(),
            serials: Vec::new(),
        }
    }

    /// Code of its own unit.
    pub fn unit(&self) -> &str {
        self.units.last().map_or("", |unit| unit.code.as_str())
    }

    /// `Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh`
    pub fn unit_path(&self) -> String {
        let names: Vec<&str> = self.units.iter().rev().map(|unit| unit.full_name.as_str()).collect();
        names.join(", ")
    }
}

/// The values of `av:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProtectionStatus {
    /// The probe worked and found no product.
    None,
    /// Products, none of them on.
    Off,
    /// On, with signatures that are too old.
    Old,
    On,
    Unknown,
}

impl ProtectionStatus {
    pub const ALL: [Self; 5] = [Self::None, Self::Off, Self::Old, Self::On, Self::Unknown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Off => "off",
            Self::Old => "old",
            Self::On => "on",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    pub fn of(protection: &Protection, now: Timestamp, old_after_days: u32) -> Self {
        let Protection::Installed { products, .. } = protection else {
            return if matches!(protection, Protection::Absent) { Self::None } else { Self::Unknown };
        };
        let mut on = products.iter().filter(|product| product.state == ProductState::On).peekable();
        if on.peek().is_some() {
            let old = |product: &Product| has_old_signatures(product, now, old_after_days);
            return if on.all(old) { Self::Old } else { Self::On };
        }
        let unknown = products.iter().any(|product| product.state == ProductState::Unknown);
        if unknown { Self::Unknown } else { Self::Off }
    }
}

fn has_old_signatures(product: &Product, now: Timestamp, old_after_days: u32) -> bool {
    match product.signatures.updated_at {
        Some(made) => now.duration_since(made) > SignedDuration::from_hours(24 * i64::from(old_after_days)),
        None => product.signatures.state == SignatureState::Old,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiemke_schemas::section::antivirus::Signatures;

    fn product(state: ProductState, updated_at: Option<&str>) -> Product {
        Product {
            name: "ClamAV".into(),
            vendor: None,
            version: None,
            state,
            signatures: Signatures {
                updated_at: updated_at.map(|at| at.parse().unwrap()),
                ..Default::default()
            },
            source: "clamd".into(),
        }
    }

    fn status(products: Vec<Product>) -> &'static str {
        let now: Timestamp = "2024-07-10T00:00:00Z".parse().unwrap();
        ProtectionStatus::of(&Protection::Installed { products, observed_at: now }, now, 7).as_str()
    }

    #[test]
    fn the_best_product_decides() {
        let fresh = || product(ProductState::On, Some("2024-07-09T00:00:00Z"));
        let old = || product(ProductState::On, Some("2024-07-02T00:00:00Z"));
        assert_eq!(status(vec![old(), fresh()]), "on");
        assert_eq!(status(vec![old(), product(ProductState::Off, None)]), "old");
        assert_eq!(status(vec![product(ProductState::Passive, None)]), "off");
        assert_eq!(
            status(vec![product(ProductState::Expired, None), product(ProductState::Unknown, None)]),
            "unknown"
        );
    }

    #[test]
    fn absent_and_unknown_differ() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(ProtectionStatus::of(&Protection::Absent, now, 7).as_str(), "none");
        assert_eq!(ProtectionStatus::of(&Protection::Unknown, now, 7).as_str(), "unknown");
    }
}
