use jiff::civil::Date;
use kiemke_schemas::section::operating_system::{Family, OperatingSystem};
use serde::Deserialize;

const CYCLES: &str = include_str!("../../reference/os-lifecycle.csv");

/// One supported stretch of one operating system.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Cycle {
    /// `windows`, `windows-server`, `debian`, …
    pub product: String,
    /// Windows: the build (`10.0.19045`, `6.1.7601`); elsewhere the release (`12`, `22.04`).
    pub release: String,
    /// Windows: `home-pro`, `enterprise`, `ltsc`, `iot-ltsc`; empty: every edition.
    pub edition: String,
    /// As a person writes it: `Windows 10 22H2`.
    pub label: String,
    /// The last day of security updates without a paid extension.
    pub security_ends_on: Date,
    pub source: String,
}

pub struct LifecycleTable(Vec<Cycle>);

impl LifecycleTable {
    pub(super) fn embedded() -> Self {
        Self(super::rows(CYCLES).collect())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|cycle| cycle.label.as_str())
    }

    /// `None` where the table has no such cycle: unknown, not unsupported.
    pub fn find(&self, system: &OperatingSystem) -> Option<&Cycle> {
        match system.family {
            Family::Windows => self.find_windows(system),
            Family::Linux => self.find_linux(system),
            Family::Macos | Family::Other => None,
        }
    }

    fn find_windows(&self, system: &OperatingSystem) -> Option<&Cycle> {
        let build = windows_build(system)?;
        let server = system.server.unwrap_or_else(|| system.name.to_ascii_lowercase().contains("server"));
        let product = if server { "windows-server" } else { "windows" };
        let edition = windows_edition(system);
        let of_build = || self.0.iter().filter(|c| c.product == product && c.release == build);
        of_build()
            .find(|c| Some(c.edition.as_str()) == edition)
            .or_else(|| of_build().find(|c| c.edition.is_empty()))
    }

    fn find_linux(&self, system: &OperatingSystem) -> Option<&Cycle> {
        let name = system.name.to_ascii_lowercase();
        let product = LINUX.iter().find(|(part, _)| name.contains(part))?.1;
        let version = system.version.as_deref()?.split_whitespace().next()?;
        let release = if product == "ubuntu" { major_minor(version) } else { version.split('.').next()? };
        self.0.iter().find(|c| c.product == product && c.release == release)
    }
}

/// Part of the lower-case name, product of the table; longer names first.
const LINUX: [(&str, &str); 12] = [
    ("centos stream", "centos-stream"),
    ("centos", "centos"),
    ("red hat", "rhel"),
    ("rocky", "rocky"),
    ("alma", "almalinux"),
    ("oracle", "oracle-linux"),
    ("fedora", "fedora"),
    ("opensuse", "opensuse-leap"),
    ("suse", "sles"),
    ("kubuntu", "ubuntu"),
    ("ubuntu", "ubuntu"),
    ("debian", "debian"),
];

fn major_minor(version: &str) -> &str {
    version.match_indices('.').nth(1).map_or(version, |(second, _)| &version[..second])
}

/// `10.0.19045.4651` → `10.0.19045`; service packs raise the build of older systems.
fn windows_build(system: &OperatingSystem) -> Option<String> {
    let parts: Vec<&str> = system.build.as_deref()?.split('.').take(3).collect();
    (parts.len() == 3).then(|| parts.join("."))
}

/// By EditionID, else by the name. Home, Pro and Pro Education end earlier than Enterprise and Education.
fn windows_edition(system: &OperatingSystem) -> Option<&'static str> {
    let id = system.edition.as_deref().unwrap_or(&system.name).to_ascii_lowercase();
    let has = |part: &str| id.contains(part);
    if has("iotenterprises") || (has("iot") && has("ltsc")) {
        Some("iot-ltsc")
    } else if has("enterprises") || has("ltsc") || has("ltsb") {
        Some("ltsc")
    } else if has("professionaleducation") || has("pro education") {
        Some("home-pro")
    } else if has("enterprise") || has("education") {
        Some("enterprise")
    } else if has("pro") || has("core") || has("home") || has("workstation") || has("single language") {
        Some("home-pro")
    } else {
        None
    }
}
