mod services;

#[cfg(windows)]
use crate::probe::Root;
use crate::{
    parse::{error::ParseError, firewall, windows_antivirus},
    probe::windows::{MACHINE, ServiceState, Source, Version, or_absent, or_problem},
};
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::antivirus::{Antivirus, FirewallProfile, Product, ProductState, Signatures},
};

#[cfg(windows)]
pub fn read(_: &Root) -> Section<Antivirus> {
    of(&crate::probe::windows::System)
}

const SECURITY_CENTER: &str = r"root\SecurityCenter2";
const REGISTERED: &str = "SELECT displayName, productState FROM AntiVirusProduct";
const DEFENDER: &str = r"root\Microsoft\Windows\Defender";
const STATUS: &str = "SELECT AMProductVersion, AMRunningMode, AMServiceEnabled, AMEngineVersion, AntivirusEnabled, \
    AntivirusSignatureAge, AntivirusSignatureLastUpdated, AntivirusSignatureVersion, DefenderSignaturesOutOfDate, \
    RealTimeProtectionEnabled FROM MSFT_MpComputerStatus";
/// Older builds do not know every property, and then answer nothing.
const WHOLE_STATUS: &str = "SELECT * FROM MSFT_MpComputerStatus";
const WORKSTATION: u8 = 1;
/// Before Windows 8 the service of this name finds spyware only.
const FIRST_WITH_DEFENDER: (u32, u32) = (6, 2);

pub fn of(source: &dyn Source) -> Section<Antivirus> {
    let mut problems = Vec::new();
    let version = or_problem(source.version(), &mut problems);
    let firewall = firewall(source, &mut problems);
    let client = version.is_none_or(|version| version.product_type == WORKSTATION);
    let registered =
        if client { or_problem(security_center(source), &mut problems) } else { Some(Vec::new()) };
    let complete = registered.is_some();
    let mut products = registered.unwrap_or_default();
    if let Some(defender) = defender(source, version, &mut problems) {
        products.retain(|product| !is_defender(product));
        products.push(defender);
    }
    let others = services::products(source, &mut problems);
    products.extend(
        others
            .into_iter()
            .filter(|other| !products.iter().any(|known| same_maker(known, other)))
            .collect::<Vec<_>>(),
    );
    products.sort_by(|a, b| a.name.cmp(&b.name));
    // None found where not everybody could be asked is not "none".
    if products.is_empty() && !complete {
        return Section { value: None, problems };
    }
    Section { value: Some(Antivirus { products, firewall }), problems }
}

fn unreadable(source: &str, error: &ParseError) -> Problem {
    Problem::new(ProblemKind::Failed, source, error.to_string())
}

/// An empty list counts only while the service that keeps it runs.
fn security_center(source: &dyn Source) -> Result<Vec<Product>, Problem> {
    let records = source.wmi(SECURITY_CENTER, REGISTERED)?;
    if !records.is_empty() {
        return windows_antivirus::security_center(&records)
            .map_err(|error| unreadable(SECURITY_CENTER, &error));
    }
    match source.service("wscsvc")? {
        ServiceState::Running => Ok(Vec::new()),
        ServiceState::Stopped => Err(Problem::new(
            ProblemKind::Failed,
            SECURITY_CENTER,
            "the Security Center service does not run",
        )),
        ServiceState::Absent => {
            Err(Problem::new(ProblemKind::Absent, SECURITY_CENTER, "there is no Security Center service"))
        }
    }
}

/// Defender's own view says more than its entry in the Security Center, but is asked only while it runs: asking
/// a stopped one starts a long search for its provider.
fn defender(source: &dyn Source, version: Option<Version>, problems: &mut Vec<Problem>) -> Option<Product> {
    if version.is_none_or(|version| (version.major, version.minor) < FIRST_WITH_DEFENDER) {
        return None;
    }
    match or_problem(source.service("WinDefend"), problems)? {
        ServiceState::Absent => None,
        ServiceState::Running => status(source, problems),
        // On workstations the Security Center tells why; a server has nobody else to tell it.
        ServiceState::Stopped if version.is_some_and(|version| version.product_type != WORKSTATION) => {
            Some(Product {
                name: "Microsoft Defender Antivirus".to_owned(),
                vendor: Some("Microsoft".to_owned()),
                version: None,
                state: ProductState::Off,
                signatures: Signatures::default(),
                source: "service WinDefend".to_owned(),
            })
        }
        ServiceState::Stopped => None,
    }
}

fn status(source: &dyn Source, problems: &mut Vec<Problem>) -> Option<Product> {
    let records = source.wmi(DEFENDER, STATUS).or_else(|_| source.wmi(DEFENDER, WHOLE_STATUS));
    let records = or_problem(records, problems)?;
    let product =
        windows_antivirus::mp_computer_status(&records).map_err(|error| unreadable(DEFENDER, &error));
    or_problem(product, problems)
}

fn is_defender(product: &Product) -> bool {
    let name = product.name.to_lowercase();
    name.starts_with("windows defender") || name.starts_with("microsoft defender")
}

/// Makers that took another name and left the old one in some of their products.
const RENAMED: &[(&str, &str)] =
    &[("mcafee", "trellix"), ("f-secure", "withsecure"), ("symantec", "broadcom")];

/// A product that registered itself is not counted a second time by its service: what it says of itself stands.
fn same_maker(known: &Product, other: &Product) -> bool {
    let first = |text: &str| {
        let word = text.split([' ', '(']).next().unwrap_or_default().to_lowercase();
        RENAMED.iter().find(|(old, _)| word == *old).map_or(word, |(_, new)| (*new).to_owned())
    };
    let words =
        |product: &Product| [product.vendor.as_deref().unwrap_or(&product.name), &product.name].map(first);
    !is_defender(known) && words(known).iter().any(|word| words(other).contains(word))
}

const POLICY: &str = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";
const GROUP_POLICY: &str = r"SOFTWARE\Policies\Microsoft\WindowsFirewall";

fn firewall(source: &dyn Source, problems: &mut Vec<Problem>) -> Vec<FirewallProfile> {
    let mut keys = or_absent(source.registry(&format!(r"{MACHINE}\{POLICY}"), 1), problems);
    keys.extend(or_absent(source.registry(&format!(r"{MACHINE}\{GROUP_POLICY}"), 1), problems));
    match firewall::windows(&keys) {
        Ok(profiles) => profiles,
        Err(error) if keys.keys.is_empty() => {
            problems.push(Problem::new(ProblemKind::Absent, POLICY, error.to_string()));
            Vec::new()
        }
        Err(error) => {
            problems.push(unreadable(POLICY, &error));
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests;
