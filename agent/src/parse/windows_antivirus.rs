//! Endpoint protection as Windows tells it: `root\SecurityCenter2` and `MSFT_MpComputerStatus`.

use super::{error::ParseError, moment, records::Record};
use kiemke_schemas::section::antivirus::{Product, ProductState, SignatureState, Signatures};

const OFF: u64 = 0x0000;
const ON: u64 = 0x1000;
const SNOOZED: u64 = 0x2000;
const EXPIRED: u64 = 0x3000;

/// Every product that is registered as antivirus.
pub fn security_center(records: &[Record]) -> Result<Vec<Product>, ParseError> {
    if records.is_empty() {
        return Err(ParseError::new(
            "no record: the class AntiVirusProduct has none, or this is no list of it",
        ));
    }
    // A prompt or a heading above the list reads as a record of its own.
    // Firewalls and finders of spyware are registered beside them, in classes of their own.
    let of_another_class = |r: &&Record| r.get("__CLASS").is_some_and(|class| class != "AntiVirusProduct");
    let named_or_told = |r: &&Record| r.get("displayName").is_some() || r.get("productState").is_some();
    let told = records.iter().filter(named_or_told).filter(|r| !of_another_class(r));
    let (mut products, mut wrong, mut any_read) = (Vec::new(), None, false);
    for record in told {
        match (registered(record), record.get("displayName")) {
            (Ok(product), _) => {
                any_read = true;
                products.push(product);
            }
            (Err(error), name) => {
                wrong = wrong.or(Some(error));
                // A product that says nothing of its state does not hide the others.
                products.extend(name.map(|name| named(name, ProductState::Unknown, SignatureState::Unknown)));
            }
        }
    }
    match (wrong, records.first()) {
        (Some(error), _) if !any_read => Err(error),
        (_, Some(first)) if products.is_empty() => {
            Err(ParseError::field(Some(first.line), "displayName", "is missing"))
        }
        _ => Ok(products),
    }
}

/// Windows XP told the two halves in properties of their own.
fn of_windows_xp(record: &Record) -> Result<Option<(ProductState, SignatureState)>, ParseError> {
    let scans = record.truth("onAccessScanningEnabled")?;
    let current = record.truth("productUptoDate")?;
    if scans.is_none() && current.is_none() {
        return Ok(None);
    }
    let state = match scans {
        Some(true) => ProductState::On,
        Some(false) => ProductState::Off,
        None => ProductState::Unknown,
    };
    Ok(Some((state, current.map_or(SignatureState::Unknown, of_age))))
}

/// How the line begins that `wmic` prints where nothing is registered. Its letters with marks come in many code pages.
const NONE_REGISTERED: &[&str] =
    &["no instance(s) available", "keine instanz", "aucune instance", "no hay instancia", "nessuna istanza"];

/// Whether the list was asked for and is empty.
pub fn says_none(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let one_line = !text.contains('\n');
    one_line && NONE_REGISTERED.iter().any(|start| text.starts_with(start))
}

fn of_age(current: bool) -> SignatureState {
    if current { SignatureState::Current } else { SignatureState::Old }
}

fn registered(record: &Record) -> Result<Product, ParseError> {
    let name = record.required("displayName")?;
    if let Some((state, signatures)) = of_windows_xp(record)?.filter(|_| record.get("productState").is_none())
    {
        return Ok(named(name, state, signatures));
    }
    let state = record.number("productState")?;
    let state = state.ok_or_else(|| ParseError::field(Some(record.line), "productState", "is missing"))?;
    if state > u64::from(u32::MAX) {
        return Err(ParseError::field(Some(record.line), "productState", format!("{state} is over 32 bits")));
    }
    let (state, signatures) = decode(state);
    Ok(named(name, state, signatures))
}

fn named(name: &str, state: ProductState, signatures: SignatureState) -> Product {
    Product {
        name: name.to_owned(),
        vendor: vendor(name),
        version: None,
        state,
        signatures: Signatures { state: signatures, ..Signatures::default() },
        source: "SecurityCenter2".to_owned(),
    }
}

/// The second byte from below tells whether the product is on, the lowest whether its signatures are current.
pub fn decode(product_state: u64) -> (ProductState, SignatureState) {
    let state = match product_state & 0xf000 {
        OFF => ProductState::Off,
        ON => ProductState::On,
        SNOOZED => ProductState::Snoozed,
        EXPIRED => ProductState::Expired,
        _ => ProductState::Unknown,
    };
    let signatures = match product_state & 0x00f0 {
        0x00 => SignatureState::Current,
        0x10 => SignatureState::Old,
        _ => SignatureState::Unknown,
    };
    (state, signatures)
}

const VENDORS: &[(&str, &str)] = &[
    ("avast", "Avast"),
    ("avg", "AVG"),
    ("avira", "Avira"),
    ("bitdefender", "Bitdefender"),
    ("bkav", "Bkav"),
    ("check point", "Check Point"),
    ("cmc", "CMC"),
    ("cortex xdr", "Palo Alto Networks"),
    ("crowdstrike", "CrowdStrike"),
    ("dr.web", "Doctor Web"),
    ("eset", "ESET"),
    ("f-secure", "F-Secure"),
    ("forticlient", "Fortinet"),
    ("kaspersky", "Kaspersky"),
    ("malwarebytes", "Malwarebytes"),
    ("mcafee", "McAfee"),
    ("defender", "Microsoft"),
    ("microsoft", "Microsoft"),
    ("norton", "NortonLifeLock"),
    ("panda", "Panda"),
    ("sentinel", "SentinelOne"),
    ("sophos", "Sophos"),
    ("symantec", "Broadcom"),
    ("trend micro", "Trend Micro"),
    ("trellix", "Trellix"),
    ("viettel", "Viettel"),
    ("withsecure", "WithSecure"),
    ("360 total security", "Qihoo 360"),
];

fn vendor(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    VENDORS.iter().find(|(mark, _)| name.contains(mark)).map(|(_, vendor)| (*vendor).to_owned())
}

/// Defender calls signatures old after so many days, where it does not say it itself.
const CURRENT_DAYS: u64 = 7;
/// "Never" in the two widths that versions of Windows use.
const NEVER: [u64; 2] = [65_535, 4_294_967_295];

/// Microsoft Defender's own view.
pub fn mp_computer_status(records: &[Record]) -> Result<Product, ParseError> {
    let first = records.first().ok_or_else(|| ParseError::new("no record of MSFT_MpComputerStatus"))?;
    let told = |record: &&Record| {
        ["AntivirusEnabled", "AMServiceEnabled", "AMRunningMode", "RealTimeProtectionEnabled"]
            .iter()
            .any(|name| record.get(name).is_some())
    };
    let record = records.iter().find(told).ok_or_else(|| {
        ParseError::field(Some(first.line), "AntivirusEnabled", "is missing: no MSFT_MpComputerStatus")
    })?;
    let text = |name: &str| record.get(name).filter(|text| *text != "0.0.0.0").map(str::to_owned);
    let updated = record.get("AntivirusSignatureLastUpdated");
    Ok(Product {
        name: "Microsoft Defender Antivirus".to_owned(),
        vendor: Some("Microsoft".to_owned()),
        version: text("AMProductVersion"),
        state: defender_state(record)?,
        signatures: Signatures {
            state: defender_signatures(record)?,
            version: text("AntivirusSignatureVersion"),
            engine: text("AMEngineVersion"),
            updated_at: updated.and_then(moment::windows),
        },
        source: "MSFT_MpComputerStatus".to_owned(),
    })
}

fn defender_state(record: &Record) -> Result<ProductState, ParseError> {
    let mode = record.get("AMRunningMode").unwrap_or_default().to_lowercase();
    if mode.contains("passive") || mode.contains("edr block") {
        return Ok(ProductState::Passive);
    }
    let off = |name| Ok::<_, ParseError>(record.truth(name)? == Some(false));
    let stopped = off("AMServiceEnabled")? || off("AntivirusEnabled")? || off("RealTimeProtectionEnabled")?;
    if stopped || mode == "not running" {
        return Ok(ProductState::Off);
    }
    let told = record.truth("AntivirusEnabled")?.or(record.truth("RealTimeProtectionEnabled")?);
    Ok(if told.is_some() { ProductState::On } else { ProductState::Unknown })
}

fn defender_signatures(record: &Record) -> Result<SignatureState, ParseError> {
    if let Some(old) = record.truth("DefenderSignaturesOutOfDate")? {
        return Ok(of_age(!old));
    }
    Ok(match record.number("AntivirusSignatureAge")? {
        None => SignatureState::Unknown,
        Some(days) if NEVER.contains(&days) => SignatureState::Unknown,
        Some(days) if days <= CURRENT_DAYS => SignatureState::Current,
        Some(_) => SignatureState::Old,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::records;

    #[test]
    fn product_states_by_bytes() {
        for (state, expected) in [
            (266_240, (ProductState::On, SignatureState::Current)),
            (266_256, (ProductState::On, SignatureState::Old)),
            (397_568, (ProductState::On, SignatureState::Current)),
            (397_584, (ProductState::On, SignatureState::Old)),
            (393_472, (ProductState::Off, SignatureState::Current)),
            (262_144, (ProductState::Off, SignatureState::Current)),
            (0x06_2100, (ProductState::Snoozed, SignatureState::Current)),
            (0x06_3100, (ProductState::Expired, SignatureState::Current)),
            (0x06_4120, (ProductState::Unknown, SignatureState::Unknown)),
        ] {
            assert_eq!(decode(state), expected, "{state}");
        }
    }

    #[test]
    fn an_empty_list_is_told_in_words() {
        assert!(
            says_none("No Instance(s) Available.\r\r\n") && says_none("Keine Instanzen verf\u{fffd}gbar.\n")
        );
        assert!(!says_none("") && !says_none("ERROR: Invalid namespace\n"));
    }

    #[test]
    fn a_record_without_state_is_an_error() {
        let error = |text| security_center(&records::read(text).unwrap()).unwrap_err().to_string();
        assert_eq!(error("displayName : X\n"), "line 1: field productState: is missing");
        assert_eq!(error("productState : 1\n"), "line 1: field displayName: is missing");
        assert_eq!(
            error("displayName : X\nproductState : on\n"),
            "line 2: field productState: \"on\" is not a whole number"
        );
        assert!(error("").starts_with("no record"));
    }

    #[test]
    fn a_product_without_state_does_not_hide_the_others() {
        let text = "displayName : A\nproductState :\n\ndisplayName : B\nproductState : 266240\n\n\
            displayName : C\nproductState : on\n\ndisplayName : D\nproductState : 4294967296\n";
        let found = security_center(&records::read(text).unwrap()).unwrap();
        let states: Vec<_> = found.iter().map(|product| (product.name.as_str(), product.state)).collect();
        let unknown = ProductState::Unknown;
        assert_eq!(states, [("A", unknown), ("B", ProductState::On), ("C", unknown), ("D", unknown)]);
    }

    #[test]
    fn defender_below_a_prompt_and_with_vietnamese_dates() {
        let text = "PS C:\\> Get-MpComputerStatus\n\n\nAntivirusEnabled : True\n\
            AntivirusSignatureLastUpdated : 05/07/2013 3:01:45 CH\n";
        let found = defender(text);
        assert_eq!(found.state, ProductState::On);
        assert_eq!(found.signatures.updated_at.unwrap().to_string(), "2013-07-05T15:01:45Z");
    }

    fn defender(text: &str) -> Product {
        mp_computer_status(&records::read(text).unwrap()).unwrap()
    }

    #[test]
    fn defender_is_on_off_or_passive() {
        let state = |text| defender(text).state;
        assert_eq!(state("AntivirusEnabled : True\nRealTimeProtectionEnabled : True\n"), ProductState::On);
        assert_eq!(state("AntivirusEnabled : True\nRealTimeProtectionEnabled : False\n"), ProductState::Off);
        assert_eq!(state("AMServiceEnabled : False\nAntivirusEnabled : False\n"), ProductState::Off);
        assert_eq!(state("AntivirusEnabled : True\nAMRunningMode : Passive Mode\n"), ProductState::Passive);
    }

    #[test]
    fn what_ends_before_it_says_so_is_not_on() {
        let found = defender("AMProductVersion : 4.18.1\nAMRunningMode : Normal\nAMServiceEnabled : True\n");
        assert_eq!(found.state, ProductState::Unknown);
        let table = "AMRunningMode AntivirusEnabled RealTimeProtectionEnabled\n------------- ---------------- -------------------------\n\
            Normal                    True                     False\n";
        assert_eq!(defender(table).state, ProductState::Off);
    }

    #[test]
    fn tables_other_classes_and_windows_xp() {
        let found = |text| {
            let products = security_center(&records::read(text).unwrap()).unwrap();
            products.into_iter().map(|p| (p.name, p.state, p.signatures.state)).collect::<Vec<_>>()
        };
        let (on, off) = (ProductState::On, ProductState::Off);
        let (current, old) = (SignatureState::Current, SignatureState::Old);
        assert_eq!(
            found(
                "displayName      productState\n-----------      ------------\nWindows Defender       393472\nBkav Endpoint          266256\n"
            ),
            [("Windows Defender".to_owned(), off, current), ("Bkav Endpoint".to_owned(), on, old)]
        );
        assert_eq!(
            found(
                "__CLASS : FirewallProduct\ndisplayName : ESET Firewall\nproductState : 266240\n\n\
                __CLASS : AntiVirusProduct\ndisplayName : ESET Security\nproductState : 266240\n"
            ),
            [("ESET Security".to_owned(), on, current)]
        );
        assert_eq!(
            found(
                "displayName=Symantec Endpoint Protection\nonAccessScanningEnabled=TRUE\nproductUptoDate=FALSE\n"
            ),
            [("Symantec Endpoint Protection".to_owned(), on, old)]
        );
    }

    #[test]
    fn signatures_by_age_unless_defender_says_it() {
        let state = |text: &str| defender(&format!("AntivirusEnabled=True\n{text}")).signatures.state;
        assert_eq!(state("AntivirusSignatureAge=0"), SignatureState::Current);
        assert_eq!(state("AntivirusSignatureAge=8"), SignatureState::Old);
        assert_eq!(state("AntivirusSignatureAge=65535"), SignatureState::Unknown);
        assert_eq!(state("AntivirusSignatureAge=0\nDefenderSignaturesOutOfDate=True"), SignatureState::Old);
        assert_eq!(state(""), SignatureState::Unknown);
    }
}
