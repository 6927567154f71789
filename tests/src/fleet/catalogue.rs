//! Makers, models, programs and products to draw from; the CSV files lie in `data/`.

use anyhow::{Context, Result};
use jiff::civil::Date;
use kiemke_schemas::section::{hardware::Chassis, operating_system::Family, peripheral::Kind};
use serde::{Deserialize, de::DeserializeOwned};

#[derive(Debug, Clone, Deserialize)]
pub struct Model {
    pub maker: String,
    pub model: String,
    pub chassis: Chassis,
    pub serial_length: usize,
    pub weight: u32,
    pub processor: String,
    pub cores: u32,
    pub threads: u32,
    pub mhz: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct OperatingSystemRow {
    pub family: Family,
    pub name: String,
    pub version: String,
    pub edition: Option<String>,
    pub build: Option<String>,
    pub support_ends: Date,
    pub weight: u32,
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Client,
    Server,
}

#[derive(Debug, Clone, Deserialize)]
pub struct PeripheralModel {
    pub kind: Kind,
    pub vendor: String,
    pub model: String,
    pub usb_vendor: Option<String>,
    pub usb_product: Option<String>,
    pub serial_prefix: String,
    pub serial_length: usize,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ProtectionModel {
    pub name: String,
    pub vendor: String,
    pub version: String,
    pub weight: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Program {
    pub name: String,
    pub publisher: String,
    /// Separated by `;`.
    pub versions: String,
}

pub struct Catalogue {
    pub models: Vec<Model>,
    pub operating_systems: Vec<OperatingSystemRow>,
    pub peripherals: Vec<PeripheralModel>,
    pub protection: Vec<ProtectionModel>,
    pub programs: Vec<Program>,
    pub packages: Vec<&'static str>,
}

impl Catalogue {
    pub fn load() -> Result<Self> {
        Ok(Self {
            models: table("models", include_str!("data/models.csv"))?,
            operating_systems: table("operating-systems", include_str!("data/operating-systems.csv"))?,
            peripherals: table("peripherals", include_str!("data/peripherals.csv"))?,
            protection: table("protection", include_str!("data/protection.csv"))?,
            programs: table("programs", include_str!("data/programs.csv"))?,
            packages: include_str!("data/packages.txt").lines().collect(),
        })
    }

    /// The operating systems of a role whose security support ends at least a year after `today`.
    pub fn supported(&self, role: Role, today: Date) -> Vec<&OperatingSystemRow> {
        let limit = today.saturating_add(jiff::Span::new().years(1));
        self.operating_systems.iter().filter(|row| row.role == role && row.support_ends >= limit).collect()
    }
}

fn table<T: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<T>> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
    rows.collect::<Result<_, _>>().with_context(|| format!("data/{name}.csv"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_healthy_system_has_a_year_of_support_left() {
        let catalogue = Catalogue::load().unwrap();
        let names = |today| -> Vec<_> {
            catalogue.supported(Role::Client, today).iter().map(|row| row.name.clone()).collect()
        };
        assert_eq!(names(date(2026, 10, 12))[0], "Windows 11 Pro");
        assert_eq!(names(date(2026, 10, 13))[0], "Windows 11 Enterprise");
        assert_eq!(names(date(2029, 1, 1)), ["Windows 11 IoT Enterprise LTSC"]);
    }
}
