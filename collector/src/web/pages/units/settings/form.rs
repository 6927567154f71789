//! The settings of a unit as fields of a form, and back. A password is never put into a page: left empty it
//! stays what it was.

use crate::{
    settings::unit::UnitSettings,
    web::{
        error::WebError,
        i18n::{Lang, code},
    },
};
use kiemke_schemas::settings::{
    InvalidSettings, SnmpAuthentication, SnmpCredentials, SnmpPrivacy, SnmpRole, SnmpTarget,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

pub const VERSIONS: &[&str] = &["1", "2c", "3"];
pub const AUTHENTICATIONS: &[(&str, &str)] = &[
    ("md5", "MD5"),
    ("sha1", "SHA-1"),
    ("sha224", "SHA-224"),
    ("sha256", "SHA-256"),
    ("sha384", "SHA-384"),
    ("sha512", "SHA-512"),
];
pub const PRIVACIES: &[(&str, &str)] =
    &[("des", "DES"), ("aes128", "AES-128"), ("aes192", "AES-192"), ("aes256", "AES-256")];

pub struct Fields {
    pub switches: [Switch; 3],
    pub numbers: [Number; 3],
    pub lists: [List; 2],
    pub own_snmp: bool,
}

/// On, off, or as the unit above says.
pub struct Switch {
    pub name: &'static str,
    pub label: String,
    pub value: &'static str,
}

/// One entry a line, or as the unit above says.
pub struct List {
    pub name: &'static str,
    /// The field that says whose list holds.
    pub whose: &'static str,
    pub title: String,
    pub label: String,
    pub own: bool,
    pub text: String,
}

pub struct Number {
    pub name: &'static str,
    pub label: String,
    pub value: String,
}

/// A target; the last one of a form is empty.
#[derive(Default)]
pub struct Row {
    pub number: usize,
    pub printer: bool,
    pub host: String,
    pub port: String,
    pub version: &'static str,
    pub user: String,
    pub authentication: String,
    pub privacy: String,
    pub known: bool,
}

fn switch(name: &'static str, label: String, value: Option<bool>) -> Switch {
    let value = match value {
        None => "",
        Some(true) => "on",
        Some(false) => "off",
    };
    Switch { name, label, value }
}

/// Whose list holds, and the list.
const ECHO: [&str; 2] = ["echo", "echo_urls"];
const LATENCY: [&str; 2] = ["latency", "latency_targets"];

fn list(l: Lang, [whose, name]: [&'static str; 2], own: Option<&Vec<String>>, texts: (&str, &str)) -> List {
    List {
        name,
        whose,
        title: l.t(texts.0),
        label: l.t(texts.1),
        own: own.is_some(),
        text: own.map(|own| own.join("\n")).unwrap_or_default(),
    }
}

fn number(name: &'static str, label: String, value: Option<u32>) -> Number {
    Number { name, label, value: value.map(|value| value.to_string()).unwrap_or_default() }
}

impl Fields {
    pub fn of(l: Lang, own: &UnitSettings) -> Self {
        Self {
            switches: [
                switch("neighbours", l.t("settings-neighbours"), own.neighbours),
                switch("sweep", l.t("settings-sweep"), own.sweep),
                switch("mdns", l.t("settings-mdns"), own.mdns),
            ],
            numbers: [
                number(
                    "report_interval_seconds",
                    l.t("settings-report-interval"),
                    own.report_interval_seconds,
                ),
                number("snmp_interval_seconds", l.t("settings-snmp-interval"), own.snmp_interval_seconds),
                number("failover_minutes", l.t("settings-failover"), own.failover_minutes),
            ],
            lists: [
                list(l, ECHO, own.echo_urls.as_ref(), ("settings-echo", "settings-echo-urls")),
                list(
                    l,
                    LATENCY,
                    own.latency_targets.as_ref(),
                    ("settings-latency", "settings-latency-targets"),
                ),
            ],
            own_snmp: own.snmp.is_some(),
        }
    }
}

pub fn rows(own: &UnitSettings) -> Vec<Row> {
    let targets = own.snmp.iter().flatten().map(|target| {
        let mut row = Row {
            printer: target.role == SnmpRole::Printer,
            host: target.host.to_string(),
            port: target.port.to_string(),
            version: target.credentials.version(),
            known: true,
            ..Row::default()
        };
        if let SnmpCredentials::V3 { user, authentication, privacy } = &target.credentials {
            row.user.clone_from(user);
            row.authentication = authentication.as_ref().map(|one| code(one.protocol)).unwrap_or_default();
            row.privacy = privacy.as_ref().map(|one| code(one.protocol)).unwrap_or_default();
        }
        row
    });
    let empty = Row { port: "161".into(), version: "2c", ..Row::default() };
    targets.chain([empty]).enumerate().map(|(number, row)| Row { number, ..row }).collect()
}

fn invalid(field: &'static str, message: &'static str, value: &str) -> WebError {
    WebError::Invalid { field, message, value: value.to_owned() }
}

type Pairs<'a> = BTreeMap<&'a str, &'a str>;

pub fn read(pairs: &[(String, String)]) -> Result<UnitSettings, WebError> {
    let pairs: Pairs<'_> = pairs.iter().map(|(name, value)| (name.as_str(), value.trim())).collect();
    let get = |name: &str| pairs.get(name).copied().unwrap_or_default();
    let whole = |field: &'static str, message: &'static str| match get(field) {
        "" => Ok(None),
        text => text.parse::<u32>().map(Some).map_err(|_| invalid(field, message, text)),
    };
    let switched = |name: &str| match get(name) {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    let list = |[whose, name]: [&str; 2]| {
        let lines = || get(name).lines().map(str::trim).filter(|line| !line.is_empty());
        (get(whose) == "own").then(|| lines().map(str::to_owned).collect())
    };
    Ok(UnitSettings {
        report_interval_seconds: whole("report_interval_seconds", "error-settings-report-interval")?,
        snmp_interval_seconds: whole("snmp_interval_seconds", "error-settings-snmp-interval")?,
        failover_minutes: whole("failover_minutes", "error-settings-failover")?,
        neighbours: switched("neighbours"),
        sweep: switched("sweep"),
        mdns: switched("mdns"),
        echo_urls: list(ECHO),
        latency_targets: list(LATENCY),
        snmp: if get("snmp") == "own" { Some(targets(&pairs)?) } else { None },
    })
}

fn targets(pairs: &Pairs<'_>) -> Result<Vec<SnmpTarget>, WebError> {
    let mut found = Vec::new();
    for number in 0.. {
        let get = |name: &str| pairs.get(format!("snmp.{number}.{name}").as_str()).copied();
        let Some(host) = get("host") else { break };
        if !host.is_empty() && get("remove").is_none() {
            found.push(target(host, |name| get(name).unwrap_or_default())?);
        }
    }
    Ok(found)
}

fn target<'a>(host: &str, get: impl Fn(&str) -> &'a str) -> Result<SnmpTarget, WebError> {
    let port = get("port");
    Ok(SnmpTarget {
        role: if get("role") == "printer" { SnmpRole::Printer } else { SnmpRole::Router },
        host: host.parse().map_err(|_| invalid("host", "error-settings-host", host))?,
        port: port.parse().map_err(|_| invalid("port", "error-settings-port", port))?,
        credentials: credentials(get)?,
    })
}

fn credentials<'a>(get: impl Fn(&str) -> &'a str) -> Result<SnmpCredentials, WebError> {
    let community = get("community").to_owned();
    Ok(match get("version") {
        "1" => SnmpCredentials::V1 { community },
        "2c" => SnmpCredentials::V2c { community },
        "3" => SnmpCredentials::V3 {
            user: get("user").to_owned(),
            authentication: protocol(get("authentication"))?.map(|protocol| SnmpAuthentication {
                protocol,
                password: get("authentication_password").into(),
            }),
            privacy: protocol(get("privacy"))?
                .map(|protocol| SnmpPrivacy { protocol, password: get("privacy_password").into() }),
        },
        other => return Err(invalid("version", "error-settings-version", other)),
    })
}

fn protocol<T: DeserializeOwned>(text: &str) -> Result<Option<T>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = serde_json::from_value(Value::String(text.to_owned()));
    read.map(Some).map_err(|_| invalid("protocol", "error-settings-protocol", text))
}

/// What the collector says of settings that it does not keep, in the reader's language.
pub fn refused(error: anyhow::Error) -> WebError {
    let Some(wrong) = error.downcast_ref::<InvalidSettings>() else { return error.into() };
    let (message, field) = match wrong.field.trim_start_matches(|c: char| !c.is_ascii_digit()) {
        _ if wrong.field == "report_interval_seconds" => {
            ("error-settings-report-interval", "report_interval_seconds")
        }
        _ if wrong.field == "snmp_interval_seconds" => {
            ("error-settings-snmp-interval", "snmp_interval_seconds")
        }
        _ if wrong.field == "failover_minutes" => ("error-settings-failover", "failover_minutes"),
        _ if wrong.field.starts_with("echo_urls") => ("error-settings-echo", "echo_urls"),
        _ if wrong.field.starts_with("latency_targets") => ("error-settings-latency", "latency_targets"),
        _ if wrong.field == "snmp" => ("error-settings-many", "snmp"),
        rest if rest.ends_with(".community") => ("error-settings-community", "community"),
        rest if rest.ends_with(".user") => ("error-settings-user", "user"),
        rest if rest.ends_with(".password") => ("error-settings-password", "password"),
        rest if rest.ends_with(".authentication") => ("error-settings-authentication", "authentication"),
        rest if rest.ends_with(".port") => ("error-settings-port", "port"),
        _ => ("error-settings-host", "host"),
    };
    invalid(field, message, &wrong.field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &[(&str, &str)]) -> Vec<(String, String)> {
        text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_reads_as_the_settings_it_shows() {
        let own: UnitSettings = serde_json::from_value(serde_json::json!({
            "neighbours": true, "sweep": false, "report_interval_seconds": 900,
            "snmp": [{"role": "router", "host": "gateway", "version": "3", "user": "u",
                      "authentication": {"protocol": "sha256", "password": ""}}]
        }))
        .unwrap();
        let (fields, rows) = (Fields::of(Lang::Vi, &own), rows(&own));
        assert_eq!((rows.len(), rows[0].known, rows[1].known), (2, true, false));
        let row = &rows[0];
        let mut sent: Vec<_> = fields.switches.iter().map(|switch| (switch.name, switch.value)).collect();
        sent.extend(fields.numbers.iter().map(|number| (number.name, number.value.as_str())));
        sent.extend([
            ("snmp", "own"),
            ("snmp.0.role", "router"),
            ("snmp.0.host", &row.host),
            ("snmp.0.port", &row.port),
            ("snmp.0.version", row.version),
            ("snmp.0.user", &row.user),
            ("snmp.0.authentication", &row.authentication),
            ("snmp.0.privacy", &row.privacy),
            ("snmp.1.host", ""),
        ]);
        assert_eq!(read(&pairs(&sent)).unwrap(), own);
    }

    #[test]
    fn nothing_own_takes_from_above_and_an_emptied_list_switches_off() {
        assert_eq!(read(&[]).unwrap(), UnitSettings::default());
        let sent = pairs(&[
            ("snmp", "own"),
            ("snmp.0.host", "10.0.0.1"),
            ("snmp.0.remove", "on"),
            ("echo", "own"),
            ("echo_urls", "\n"),
            ("latency", "own"),
            ("latency_targets", " a.vn:443\r\n\r\n10.0.0.1:80\r\n"),
        ]);
        let read = read(&sent).unwrap();
        assert_eq!((read.snmp, read.echo_urls), (Some(Vec::new()), Some(Vec::new())));
        assert_eq!(read.latency_targets.unwrap(), ["a.vn:443", "10.0.0.1:80"]);
    }

    #[test]
    fn what_cannot_be_read_names_the_field() {
        let message = |sent: &[(&str, &str)]| match read(&pairs(sent)) {
            Err(WebError::Invalid { message, .. }) => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(message(&[("failover_minutes", "soon")]), "error-settings-failover");
        let row = |field, value| {
            let mut sent = vec![
                ("snmp", "own"),
                ("snmp.0.host", "10.0.0.1"),
                ("snmp.0.port", "161"),
                ("snmp.0.version", "3"),
            ];
            sent.retain(|(name, _)| *name != field);
            sent.push((field, value));
            message(&sent)
        };
        assert_eq!(row("snmp.0.host", "router.local"), "error-settings-host");
        assert_eq!(row("snmp.0.port", "x"), "error-settings-port");
        assert_eq!(row("snmp.0.version", "4"), "error-settings-version");
        assert_eq!(row("snmp.0.authentication", "crc"), "error-settings-protocol");
        let wrong = InvalidSettings { field: "snmp.0.privacy.password".into(), message: String::new() };
        assert!(matches!(
            refused(wrong.into()),
            WebError::Invalid { message: "error-settings-password", .. }
        ));
    }
}
