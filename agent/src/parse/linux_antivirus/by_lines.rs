//! Kaspersky, Dr.Web, ESET, Trend Micro, Sophos, CrowdStrike: tools that print one fact a line.

use super::{Lines, missing, product};
use crate::parse::{error::ParseError, moment, text};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use kiemke_schemas::section::antivirus::{Product, ProductState, SignatureState, Signatures};

/// `kesl-control --app-info` of versions 10 to 12.
pub fn kaspersky(input: &str) -> Result<Product, ParseError> {
    let lines = Lines::of(input);
    let version = lines.owned("Version").ok_or_else(|| missing("Version", "kesl-control --app-info"))?;
    let guard = lines.get("File Threat Protection").or_else(|| lines.get("File monitoring"));
    let licence = ["License info", "License information", "License status", "Key status"];
    let expired = licence.iter().filter_map(|name| lines.get(name)).any(says_expired);
    let state = match guard.map(str::to_lowercase).as_deref() {
        Some(text) if text.contains("running") => ProductState::On,
        Some(_) if expired => ProductState::Expired,
        Some(text) if text.contains("stopped") || text.contains("unavailable") => ProductState::Off,
        _ => ProductState::Unknown,
    };
    let loaded =
        lines.get("Application databases loaded").or_else(|| lines.get("Anti-virus databases loaded"));
    let made = lines
        .get("Last release date of databases")
        .or_else(|| lines.get("Application databases last release date"));
    let updated_at = made.and_then(moment::iso).filter(|at| *at > Timestamp::UNIX_EPOCH);
    Ok(Product {
        version: Some(version),
        state,
        signatures: Signatures {
            // Without databases it knows no malware, whatever their date.
            state: if loaded == Some("No") { SignatureState::Old } else { SignatureState::Unknown },
            updated_at,
            ..Signatures::default()
        },
        ..product("Kaspersky Endpoint Security", "Kaspersky", "kesl-control")
    })
}

fn says_expired(text: &str) -> bool {
    text.to_lowercase().contains("expired")
}

/// `drweb-ctl --version`, `drweb-ctl baseinfo` and `drweb-ctl license`, one after the other.
pub fn dr_web(input: &str, today: Date) -> Result<Product, ParseError> {
    let lines = Lines::of(input);
    let titled = text::lines(input).find_map(|(_, line)| line.trim().strip_prefix("drweb-ctl "));
    let version = titled.and_then(|rest| rest.split_whitespace().next()).map(str::to_owned);
    let made = lines.get("Virus database timestamp");
    if version.is_none() && made.is_none() {
        return Err(missing("Virus database timestamp", "drweb-ctl"));
    }
    let ends = text::lines(input).find_map(|(_, line)| Some(line.split_once("expires ")?.1));
    let ended = ends.and_then(|text| dashed(text.split_whitespace().next()?)).is_some_and(|end| end < today);
    Ok(Product {
        version,
        // Whether its guard runs is not said here.
        state: if ended { ProductState::Expired } else { ProductState::Unknown },
        signatures: Signatures {
            engine: lines.owned("Core engine version"),
            updated_at: made.and_then(dashed_moment),
            ..Signatures::default()
        },
        ..product("Dr.Web", "Doctor Web", "drweb-ctl")
    })
}

/// `2023-Mar-17`
fn dashed(text: &str) -> Option<Date> {
    jiff::fmt::strtime::parse("%Y-%b-%d", text.trim_matches([',', '.', ')'])).ok()?.to_date().ok()
}

/// `2023-Mar-17 14:22:11`
fn dashed_moment(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace();
    let date = dashed(words.next()?)?;
    let time = words.next().and_then(|time| time.parse().ok()).unwrap_or_default();
    DateTime::from_parts(date, time).to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// `upd --version`, `upd --list-modules` and `lic --status` of ESET's products, one after the other.
pub fn eset(input: &str, today: Date) -> Result<Product, ParseError> {
    let lines = Lines::of(input);
    // `upd (eea) 8.1.3.0`
    let version = text::lines(input).find_map(|(_, line)| {
        let rest = line.split_once("(eea)").or_else(|| line.split_once("(efs)"))?.1;
        rest.split_whitespace().next().map(str::to_owned)
    });
    // `EM002  26789 (20230301)  Detection engine`
    let engine = text::lines(input).find(|(_, line)| line.contains("EM002")).map(|(_, line)| line);
    if version.is_none() && engine.is_none() {
        return Err(missing("EM002", "ESET's upd and lic"));
    }
    let mut words =
        engine.map(str::split_whitespace).into_iter().flatten().skip_while(|w| *w != "EM002").skip(1);
    let number = words.next().map(str::to_owned);
    let made = words.next().and_then(|day| {
        let day = jiff::fmt::strtime::parse("%Y%m%d", day.trim_matches(['(', ')'])).ok()?.to_date().ok()?;
        day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    });
    let ends: Option<Date> = lines.get("License Validity").and_then(|text| text.get(..10)?.parse().ok());
    Ok(Product {
        version,
        state: if ends.is_some_and(|end| end < today) {
            ProductState::Expired
        } else {
            ProductState::Unknown
        },
        signatures: Signatures { version: number, updated_at: made, ..Signatures::default() },
        ..product("ESET", "ESET", "upd, lic")
    })
}

/// `dsa_query -c GetComponentInfo`: the agent also runs where its anti-malware module is not bought.
pub fn deep_security(input: &str) -> Result<Product, ParseError> {
    let lines = Lines::of(input);
    let mode = lines.get("Component.AM.mode");
    let version = lines.owned("Component.Core.version");
    if mode.is_none() && version.is_none() {
        return Err(missing("Component.AM.mode", "dsa_query"));
    }
    Ok(Product {
        version,
        state: super::on_or_off(mode),
        signatures: Signatures {
            version: lines.owned("Component.AM.version.pattern.VSAPI"),
            engine: lines.owned("Component.AM.version.engine.VSAPI"),
            ..Signatures::default()
        },
        ..product("Trend Micro Deep Security", "Trend Micro", "dsa_query")
    })
}

/// `savdstatus` of Sophos Anti-Virus 9: `Sophos Anti-Virus is active`, `… is inactive`,
/// `… is active but on-access scanning is not running`.
pub fn sophos(input: &str) -> Result<Product, ParseError> {
    let said = text::lines(input)
        .map(|(_, line)| line.to_lowercase())
        .find(|line| line.contains("sophos anti-virus is"));
    let said = said.ok_or_else(|| missing("Sophos Anti-Virus is …", "savdstatus"))?;
    let off = said.contains("is inactive") || said.contains("not running") || said.contains("is not active");
    Ok(Product {
        state: if off { ProductState::Off } else { ProductState::On },
        ..product("Sophos Anti-Virus", "Sophos", "savdstatus")
    })
}

/// `falconctl -g --version --rfm-state`: on a kernel that it does not know the sensor runs and does nothing.
pub fn crowd_strike(input: &str) -> Result<Product, ParseError> {
    let value = |name: &str| {
        input.split([',', '\n']).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key.trim() == name).then(|| value.trim().trim_end_matches('.').trim_matches('"').to_owned())
        })
    };
    let version = value("version").ok_or_else(|| missing("version", "falconctl"))?;
    let reduced = value("rfm-state").as_deref() == Some("true");
    Ok(Product {
        version: Some(version),
        state: if reduced { ProductState::Off } else { ProductState::Unknown },
        ..product("CrowdStrike Falcon", "CrowdStrike", "falconctl")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        "2026-11-21".parse().unwrap()
    }

    fn at(text: &str) -> Option<Timestamp> {
        text.parse().ok()
    }

    const KESL_10: &str = "Name:                        Kaspersky Endpoint Security 10 SP1 for Linux\n\
        Version:                     10.1.0.5960\nKey status:                  Valid\n\
        License expiration date:     2019-07-09\nLast release date of databases:  2018-08-23 04:11:00\n\
        Anti-virus databases loaded: Yes\nFile monitoring:             Available and stopped\n";

    #[test]
    fn kaspersky_old_and_new() {
        let old = kaspersky(KESL_10).unwrap();
        assert_eq!((old.state, old.signatures.state), (ProductState::Off, SignatureState::Unknown));
        assert_eq!(
            (old.version.as_deref(), old.signatures.updated_at),
            (Some("10.1.0.5960"), at("2018-08-23T04:11:00Z"))
        );
        let new = "Name: Kaspersky Endpoint Security 12.1 for Linux\nVersion: 12.1.0.1396\n\
            License information: The key is valid\nApplication databases loaded: Yes\n\
            Last release date of databases: 2026-11-20 10:00:00\nFile Threat Protection: Available and running\n";
        assert_eq!(kaspersky(new).unwrap().state, ProductState::On);
        let ended = "Version: 12.1\nLicense information: The license has expired\nApplication databases loaded: No\n\
            Last release date of databases: 1970-01-01 00:00:00\nFile Threat Protection: Unavailable due to license limitation\n";
        let ended = kaspersky(ended).unwrap();
        assert_eq!((ended.state, ended.signatures.state), (ProductState::Expired, SignatureState::Old));
        assert_eq!(ended.signatures.updated_at, None);
        assert!(kaspersky("no such option\n").is_err());
    }

    #[test]
    fn dr_web_dates_its_database_and_its_licence() {
        let text = "drweb-ctl 11.1.9.2103151524\nCore engine version: 7.00.59.12300\n\
            Virus database timestamp: 2023-Mar-17 14:22:11\nVirus database fingerprint: 1\nLicense number 12345678, expires 2027-Jan-31 (71 days left).\n";
        let found = dr_web(text, today()).unwrap();
        assert_eq!(
            (found.state, found.version.as_deref()),
            (ProductState::Unknown, Some("11.1.9.2103151524"))
        );
        assert_eq!(found.signatures.updated_at, at("2023-03-17T14:22:11Z"));
        let ended = dr_web(&text.replace("2027-Jan-31", "2026-Nov-20"), today()).unwrap();
        assert_eq!(ended.state, ProductState::Expired);
        assert!(dr_web("command not found\n", today()).is_err());
    }

    #[test]
    fn eset_modules_and_licence() {
        let text = "upd (eea) 10.2.12.0\nEM000  1140 (20230101)  Update module\nEM002  26789 (20230301)  Detection engine\nLicense Validity: 2026-11-20\n";
        let found = eset(text, today()).unwrap();
        assert_eq!((found.state, found.version.as_deref()), (ProductState::Expired, Some("10.2.12.0")));
        assert_eq!(found.signatures.version.as_deref(), Some("26789"));
        assert_eq!(found.signatures.updated_at, at("2023-03-01T00:00:00Z"));
        assert_eq!(
            eset(&text.replace("2026-11-20", "2026-11-21"), today()).unwrap().state,
            ProductState::Unknown
        );
        assert!(eset("", today()).is_err());
    }

    #[test]
    fn deep_security_without_its_module_is_off() {
        let text = "Component.AM.mode: on\nComponent.AM.version.pattern.VSAPI: 17.401.00\nComponent.Core.version: 20.0.0.5137\n";
        let found = deep_security(text).unwrap();
        assert_eq!((found.state, found.signatures.version.as_deref()), (ProductState::On, Some("17.401.00")));
        assert_eq!(deep_security(&text.replace(" on", " off")).unwrap().state, ProductState::Off);
        assert!(deep_security("HTTP Status: 403 - Forbidden\n").is_err());
    }

    #[test]
    fn sophos_and_crowd_strike() {
        let state = |text| sophos(text).unwrap().state;
        assert_eq!(state("Sophos Anti-Virus is active\n"), ProductState::On);
        assert_eq!(
            state("Sophos Anti-Virus is active but on-access scanning is not running\n"),
            ProductState::Off
        );
        assert_eq!(state("Sophos Anti-Virus is inactive\n"), ProductState::Off);
        assert!(sophos("x\n").is_err());
        let falcon = crowd_strike("version = 7.10.16303.0\nrfm-state=false.\n").unwrap();
        assert_eq!((falcon.version.as_deref(), falcon.state), (Some("7.10.16303.0"), ProductState::Unknown));
        assert_eq!(crowd_strike("version = 7.1, rfm-state=true.\n").unwrap().state, ProductState::Off);
        assert!(crowd_strike("ERROR\n").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(Version: |EM002 |License Validity: |expires |drweb-ctl |version = |[ -~é]{0,20}|\n)*") {
            let _ = (kaspersky(&text), dr_web(&text, today()), eset(&text, today()));
            let _ = (deep_security(&text), sophos(&text), crowd_strike(&text));
        }
    }
}
