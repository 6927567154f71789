//! What the collector switches on for an agent. By default everything is off: the agent speaks to its
//! collector alone. Nothing in here can change whom it belongs to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

pub const REPORT_INTERVAL_SECONDS: (u32, u32) = (60, 86_400);
pub const SNMP_INTERVAL_SECONDS: (u32, u32) = (30, 86_400);
pub const DEFAULT_SNMP_INTERVAL_SECONDS: u32 = 300;
pub const SNMP_PORT: u16 = 161;
pub const MOST_TARGETS: usize = 64;
pub const MOST_ECHO_URLS: usize = 8;
pub const MOST_LATENCY_TARGETS: usize = 8;
/// RFC 3414 lets nothing shorter be made into a key.
pub const SHORTEST_PASSWORD: usize = 8;
const LONGEST_TEXT: usize = 255;

/// Replaces everything that was switched on before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RemoteSettings {
    /// `None`: as enrolment said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_interval_seconds: Option<u32>,
    /// Asked for the public address instead of the collector.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub echo_urls: Vec<String>,
    /// `host:port`, `[address]:port`: connected to once a minute, beside the collector, to tell how far they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub latency_targets: Vec<String>,
    /// Devices that this agent was elected to poll.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snmp: Vec<SnmpTarget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snmp_interval_seconds: Option<u32>,
    /// Report the tables of neighbours that the operating system keeps anyway.
    pub neighbours: bool,
    /// Ask for every address of the own /24 by ARP.
    pub sweep: bool,
    /// Ask for printers and scanners by multicast DNS.
    pub mdns: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnmpTarget {
    pub role: SnmpRole,
    pub host: SnmpHost,
    #[serde(default = "snmp_port")]
    pub port: u16,
    #[serde(flatten)]
    pub credentials: SnmpCredentials,
}

fn snmp_port() -> u16 {
    SNMP_PORT
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SnmpRole {
    Router,
    Printer,
}

/// `gateway`: whatever routes for the agent; `discovered`: printers that multicast DNS or a sweep found;
/// else an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum SnmpHost {
    Gateway,
    Discovered,
    Address(IpAddr),
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is neither an IP address nor gateway nor discovered")]
pub struct InvalidHost(String);

impl FromStr for SnmpHost {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        match text {
            "gateway" => Ok(Self::Gateway),
            "discovered" => Ok(Self::Discovered),
            _ => text.parse().map(Self::Address).map_err(|_| InvalidHost(text.to_owned())),
        }
    }
}

impl TryFrom<String> for SnmpHost {
    type Error = InvalidHost;

    fn try_from(text: String) -> Result<Self, InvalidHost> {
        text.parse()
    }
}

impl From<SnmpHost> for String {
    fn from(host: SnmpHost) -> Self {
        host.to_string()
    }
}

impl fmt::Display for SnmpHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gateway => f.write_str("gateway"),
            Self::Discovered => f.write_str("discovered"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "version")]
pub enum SnmpCredentials {
    #[serde(rename = "1")]
    V1 { community: String },
    #[serde(rename = "2c")]
    V2c { community: String },
    #[serde(rename = "3")]
    V3 {
        user: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authentication: Option<SnmpAuthentication>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        privacy: Option<SnmpPrivacy>,
    },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnmpAuthentication {
    pub protocol: AuthenticationProtocol,
    pub password: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnmpPrivacy {
    pub protocol: PrivacyProtocol,
    pub password: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AuthenticationProtocol {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrivacyProtocol {
    Des,
    Aes128,
    Aes192,
    Aes256,
}

impl SnmpCredentials {
    pub fn version(&self) -> &'static str {
        match self {
            Self::V1 { .. } => "1",
            Self::V2c { .. } => "2c",
            Self::V3 { .. } => "3",
        }
    }

    /// The same without what opens the device.
    pub fn without_secrets(&self) -> Self {
        match self.clone() {
            Self::V1 { .. } => Self::V1 { community: String::new() },
            Self::V2c { .. } => Self::V2c { community: String::new() },
            Self::V3 { user, authentication, privacy } => Self::V3 {
                user,
                authentication: authentication
                    .map(|one| SnmpAuthentication { password: String::new(), ..one }),
                privacy: privacy.map(|one| SnmpPrivacy { password: String::new(), ..one }),
            },
        }
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        match self {
            Self::V1 { community } | Self::V2c { community } => text("community", community),
            Self::V3 { user, authentication, privacy } => {
                text("user", user)?;
                if privacy.is_some() && authentication.is_none() {
                    return Err(("authentication", "needed with privacy".into()));
                }
                authentication
                    .as_ref()
                    .map_or(Ok(()), |one| password("authentication.password", &one.password))?;
                privacy.as_ref().map_or(Ok(()), |one| password("privacy.password", &one.password))
            }
        }
    }
}

/// Never what opens the device: settings stand in logs.
impl fmt::Debug for SnmpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SNMP version {}", self.version())
    }
}

fn text(field: &'static str, value: &str) -> Result<(), (&'static str, String)> {
    if value.is_empty() || value.len() > LONGEST_TEXT {
        return Err((field, format!("1 to {LONGEST_TEXT} bytes expected")));
    }
    Ok(())
}

fn password(field: &'static str, value: &str) -> Result<(), (&'static str, String)> {
    if value.len() < SHORTEST_PASSWORD {
        return Err((field, format!("shorter than {SHORTEST_PASSWORD} characters")));
    }
    text(field, value)
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field {field}: {message}")]
pub struct InvalidSettings {
    pub field: String,
    pub message: String,
}

fn invalid<T>(field: impl Into<String>, message: impl Into<String>) -> Result<T, InvalidSettings> {
    Err(InvalidSettings { field: field.into(), message: message.into() })
}

impl RemoteSettings {
    pub fn without_secrets(&self) -> Self {
        let mut shown = self.clone();
        shown.snmp.iter_mut().for_each(|target| target.credentials = target.credentials.without_secrets());
        shown
    }

    pub fn is_quiet(&self) -> bool {
        *self == Self { report_interval_seconds: self.report_interval_seconds, ..Self::default() }
    }

    /// Both sides ask: the collector before it keeps settings, the agent before it obeys them.
    pub fn check(&self) -> Result<(), InvalidSettings> {
        within("report_interval_seconds", self.report_interval_seconds, REPORT_INTERVAL_SECONDS)?;
        within("snmp_interval_seconds", self.snmp_interval_seconds, SNMP_INTERVAL_SECONDS)?;
        if self.echo_urls.len() > MOST_ECHO_URLS {
            return invalid("echo_urls", format!("more than {MOST_ECHO_URLS}"));
        }
        for (at, url) in self.echo_urls.iter().enumerate() {
            if !is_web_address(url) {
                return invalid(format!("echo_urls.{at}"), format!("{url:?} is no http:// or https:// URL"));
            }
        }
        if self.latency_targets.len() > MOST_LATENCY_TARGETS {
            return invalid("latency_targets", format!("more than {MOST_LATENCY_TARGETS}"));
        }
        for (at, target) in self.latency_targets.iter().enumerate() {
            if host_and_port(target).is_none() {
                return invalid(format!("latency_targets.{at}"), format!("{target:?} is no host:port"));
            }
        }
        if self.snmp.len() > MOST_TARGETS {
            return invalid("snmp", format!("more than {MOST_TARGETS} targets"));
        }
        for (at, target) in self.snmp.iter().enumerate() {
            target.check().or_else(|(field, message)| invalid(format!("snmp.{at}.{field}"), message))?;
        }
        Ok(())
    }
}

impl SnmpTarget {
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        match (self.role, self.host) {
            (SnmpRole::Router, SnmpHost::Discovered) => Err(("host", "discovered is for printers".into())),
            (SnmpRole::Printer, SnmpHost::Gateway) => Err(("host", "gateway is for routers".into())),
            (_, SnmpHost::Address(address)) if address.is_multicast() || address.is_unspecified() => {
                Err(("host", format!("{address} is the address of no device")))
            }
            _ if self.port == 0 => Err(("port", "1 to 65535 expected".into())),
            _ => self.credentials.check(),
        }
    }
}

fn within(field: &str, value: Option<u32>, (least, most): (u32, u32)) -> Result<(), InvalidSettings> {
    match value {
        Some(value) if !(least..=most).contains(&value) => {
            invalid(field, format!("{value} is not from {least} to {most}"))
        }
        _ => Ok(()),
    }
}

/// What a target of latency says; an IPv6 address stands in brackets there.
pub fn host_and_port(target: &str) -> Option<(&str, u16)> {
    let (host, port) = target.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port > 0)?;
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if let Some(address) = address {
        return address.parse::<Ipv6Addr>().ok().map(|_| (address, port));
    }
    let is_name = |host: &str| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
            && (1..=LONGEST_TEXT).contains(&host.len())
    };
    is_name(host).then_some((host, port))
}

/// The shape only: who asks parses it.
fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    text.len() <= 2048 && !host.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Result<SnmpTarget, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_target_says_role_host_and_version() {
        let read = target(r#"{"role":"router","host":"gateway","version":"2c","community":"c"}"#).unwrap();
        assert_eq!((read.host, read.port, read.credentials.version()), (SnmpHost::Gateway, 161, "2c"));
        assert!(!format!("{read:?}").contains("\"c\""));
        let error = target(r#"{"role":"router","host":"router.local","version":"1","community":"c"}"#);
        assert!(error.unwrap_err().to_string().contains("\"router.local\" is neither an IP address"));
    }

    #[test]
    fn wrong_settings_name_the_field() {
        let error = |settings: RemoteSettings| settings.check().unwrap_err().to_string();
        let interval = RemoteSettings { report_interval_seconds: Some(5), ..Default::default() };
        assert_eq!(error(interval), "field report_interval_seconds: 5 is not from 60 to 86400");
        let url = RemoteSettings { echo_urls: vec!["ftp://x".into()], ..Default::default() };
        assert_eq!(error(url), "field echo_urls.0: \"ftp://x\" is no http:// or https:// URL");
        let far = RemoteSettings {
            latency_targets: vec!["a.vn:443".into(), "::1:443".into()],
            ..Default::default()
        };
        assert_eq!(error(far), "field latency_targets.1: \"::1:443\" is no host:port");
        let of = |text| RemoteSettings { snmp: vec![target(text).unwrap()], ..Default::default() };
        let short = of(
            r#"{"role":"router","host":"10.0.0.1","version":"3","user":"u","authentication":{"protocol":"sha256","password":"short"}}"#,
        );
        assert_eq!(error(short), "field snmp.0.authentication.password: shorter than 8 characters");
        let gateway = of(r#"{"role":"printer","host":"gateway","version":"1","community":"c"}"#);
        assert_eq!(error(gateway), "field snmp.0.host: gateway is for routers");
        let nobody = of(r#"{"role":"router","host":"0.0.0.0","version":"1","community":"c"}"#);
        assert_eq!(error(nobody), "field snmp.0.host: 0.0.0.0 is the address of no device");
    }

    #[test]
    fn a_target_of_latency_is_a_host_and_a_port() {
        assert_eq!(host_and_port("dichvucong.gov.vn:443"), Some(("dichvucong.gov.vn", 443)));
        assert_eq!(host_and_port("10.0.0.1:80"), Some(("10.0.0.1", 80)));
        assert_eq!(host_and_port("[2001:db8::1]:443"), Some(("2001:db8::1", 443)));
        for wrong in
            ["", "host", "host:", ":443", "host:0", "host:65536", "[host]:443", "a b:1", "https://a:443"]
        {
            assert_eq!(host_and_port(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_is_switched_on_by_default_and_what_is_shown_opens_nothing() {
        assert!(RemoteSettings::default().is_quiet());
        assert_eq!(serde_json::from_str::<RemoteSettings>("{}").unwrap(), RemoteSettings::default());
        let settings = RemoteSettings {
            snmp: vec![
                target(r#"{"role":"router","host":"10.0.0.1","version":"2c","community":"hidden"}"#).unwrap(),
            ],
            ..Default::default()
        };
        assert!(!settings.is_quiet());
        let shown = serde_json::to_string(&settings.without_secrets()).unwrap();
        assert!(!shown.contains("hidden") && shown.contains("10.0.0.1"), "{shown}");
    }
}
